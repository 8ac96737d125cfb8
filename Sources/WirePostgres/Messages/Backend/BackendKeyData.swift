public import Bytes

/// K: what a CancelRequest for this connection must hold.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | process id |
/// | 4 | 4 in protocol 3.0, 4...256 in 3.2 | secret key |
public struct BackendKeyData: PostgresMessage, Hashable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.backendKeyData.rawValue }

    public let processID: Int32
    /// `PostgresLimits.cancelKey` bytes.
    public let key: [UInt8]

    public init(processID: Int32, key: [UInt8]) {
        self.processID = processID
        self.key = key
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        processID = try reader.i32()
        guard PostgresLimits.cancelKey.contains(reader.remaining) else { throw .invalid(at: 4) }
        var key: [UInt8] = []
        key.reserveCapacity(reader.remaining)
        while !reader.isAtEnd { key.append(try reader.u8()) }
        self.key = key
    }

    /// The request that cancels what this connection runs.
    public var cancelRequest: CancelRequest { CancelRequest(processID: processID, key: key) }

    public func encode(onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.backendKeyData)
        out.append(bigEndian: processID)
        out.append(key)
        out.endMessage(mark)
    }
}
