internal import Bytes

/// The first packet on a connection, and each packet until a StartupMessage came: these have no type byte.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | length in bytes, big-endian, counts itself: 8...10,000 |
/// | 4 | 4 | protocol version or request code, see `ProtocolVersion` |
/// | 8 | length - 8 | depends on the code |
public enum StartupPacket: Equatable, Sendable {
    case startup(StartupMessage)
    case sslRequest
    case gssEncryptionRequest
    case cancel(CancelRequest)

    /// The declared length of the packet at the front of `bytes`, itself included; nil when fewer than 4 bytes are there.
    ///
    /// - Throws: `lengthTooSmall` below 8, `lengthTooLarge` above `PostgresLimits.startupPacket`, with type 0.
    @inlinable
    public static func peek(_ bytes: UnsafeRawBufferPointer) throws(PostgresWireError) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let length = Int(UInt32(bigEndian: unsafe bytes.loadUnaligned(as: UInt32.self)))
        guard length >= 8 else { throw .lengthTooSmall(type: 0, length: length) }
        guard length <= PostgresLimits.startupPacket else {
            throw .lengthTooLarge(type: 0, length: length, limit: PostgresLimits.startupPacket)
        }
        return length
    }

    /// Decodes one whole packet: exactly the bytes that `peek` declared, the length included.
    public init(packet: UnsafeRawBufferPointer) throws(PostgresWireError) {
        guard let length = unsafe try Self.peek(packet), length == packet.count else {
            throw .malformed(type: 0, .truncated(need: 8, have: packet.count))
        }
        let code = UInt32(bigEndian: unsafe packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        let payload = unsafe packet.slice(8..<length)
        switch ProtocolVersion(rawValue: code) {
        case .sslRequest:
            guard length == 8 else { throw .malformed(type: 0, .trailing(count: length - 8)) }
            self = .sslRequest
        case .gssEncryptionRequest:
            guard length == 8 else { throw .malformed(type: 0, .trailing(count: length - 8)) }
            self = .gssEncryptionRequest
        case .cancelRequest:
            self = .cancel(unsafe try CancelRequest(payload: payload))
        case let version where version.major == 3:
            self = .startup(unsafe try StartupMessage(version: version, payload: payload))
        default:
            throw .unsupportedProtocol(code: code)
        }
    }
}
