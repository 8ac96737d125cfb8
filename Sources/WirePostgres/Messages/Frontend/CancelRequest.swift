public import Bytes

/// Asks to cancel what another connection runs; comes on a connection of its own and has no answer.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | length, 12 + key's |
/// | 4 | 4 | 80877102 |
/// | 8 | 4 | process id |
/// | 12 | 4 in protocol 3.0, 4...256 in 3.2 | secret key |
public struct CancelRequest: Hashable, Sendable {
    public let processID: Int32
    /// `PostgresLimits.cancelKey` bytes.
    public let key: [UInt8]

    public init(processID: Int32, key: [UInt8]) {
        self.processID = processID
        self.key = key
    }

    /// Decodes what follows the request code.
    public init(payload: UnsafeRawBufferPointer) throws(PostgresWireError) {
        guard PostgresLimits.cancelKey.contains(payload.count - 4) else {
            throw .malformed(type: 0, .invalid(at: 0))
        }
        processID = Int32(bigEndian: unsafe payload.loadUnaligned(as: Int32.self))
        key = unsafe Array(payload.slice(4..<payload.count))
    }

    public func encode(onto out: inout ByteBuffer) {
        out.append(bigEndian: UInt32(truncatingIfNeeded: 12 + key.count))
        out.append(bigEndian: ProtocolVersion.cancelRequest.rawValue)
        out.append(bigEndian: processID)
        out.append(key)
    }
}
