/// The first five bytes of every message after startup.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 1 | type |
/// | 1 | 4 | length in bytes, big-endian, counts itself but not the type |
/// | 5 | length - 4 | payload |
@frozen
public struct PostgresFrameHeader: Equatable, Sendable {
    /// Bytes of type and length.
    public static let size = 5

    public let type: UInt8
    /// As declared: 4...`PostgresLimits.message`.
    public let length: Int

    @inlinable
    init(type: UInt8, length: Int) {
        self.type = type
        self.length = length
    }

    /// Bytes of the whole message with its header.
    @inlinable public var frameCount: Int { length &+ 1 }

    /// Bytes behind the header.
    @inlinable public var payloadCount: Int { length &- 4 }

    /// The header at the front of `bytes`, of which nothing is consumed; nil when fewer than 5 bytes are there.
    ///
    /// - Throws: `lengthTooSmall`, or `lengthTooLarge` above `limit` bytes, which is at most `PostgresLimits.message`.
    @inlinable
    public static func peek(
        _ bytes: UnsafeRawBufferPointer, limit: Int = PostgresLimits.message
    ) throws(PostgresWireError) -> PostgresFrameHeader? {
        guard bytes.count >= size, let base = bytes.baseAddress else { return nil }
        let type = unsafe base.load(as: UInt8.self)
        let length = Int(UInt32(bigEndian: unsafe base.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        // One comparison for both ends: a length below 4 wraps to a huge number.
        guard UInt(bitPattern: length &- 4) <= UInt(bitPattern: limit &- 4) else {
            throw refusal(type: type, length: length, limit: limit)
        }
        return PostgresFrameHeader(type: type, length: length)
    }

    /// The header of a client's message, held to that type's own limit; see `peek`.
    @inlinable
    public static func peekFrontend(
        _ bytes: UnsafeRawBufferPointer
    ) throws(PostgresWireError) -> (header: PostgresFrameHeader, type: FrontendMessageType)? {
        guard let header = unsafe try peek(bytes) else { return nil }
        guard let type = FrontendMessageType(rawValue: header.type) else {
            throw .unknownMessage(type: header.type)
        }
        guard header.length <= type.lengthLimit else {
            throw .lengthTooLarge(type: header.type, length: header.length, limit: type.lengthLimit)
        }
        return (header, type)
    }

    /// The header of a server's message, held to that type's own limit; see `peek`.
    @inlinable
    public static func peekBackend(
        _ bytes: UnsafeRawBufferPointer
    ) throws(PostgresWireError) -> (header: PostgresFrameHeader, type: BackendMessageType)? {
        guard let header = unsafe try peek(bytes) else { return nil }
        guard let type = BackendMessageType(rawValue: header.type) else {
            throw .unknownMessage(type: header.type)
        }
        guard header.length <= type.lengthLimit else {
            throw .lengthTooLarge(type: header.type, length: header.length, limit: type.lengthLimit)
        }
        return (header, type)
    }

    @usableFromInline
    static func refusal(type: UInt8, length: Int, limit: Int) -> PostgresWireError {
        length < 4
            ? .lengthTooSmall(type: type, length: length) : .lengthTooLarge(type: type, length: length, limit: limit)
    }
}
