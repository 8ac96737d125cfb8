public import Bytes

/// One message, read from its payload (the bytes behind the header).
///
/// What a message keeps of variable length is a range of offsets into that payload, so that nothing is copied: cut it out
/// with `payload.slice(range)`. Messages that are read once per session own their text instead.
public protocol PostgresMessage {
    /// The type byte, for errors.
    static var typeByte: UInt8 { get }

    /// Reads the payload's fields in order; bytes left over are the caller's to refuse.
    init(from reader: inout ByteReader) throws(ByteReaderError)
}

extension PostgresMessage {
    /// Decodes a whole payload.
    ///
    /// - Throws: `malformed`, also when bytes are left over.
    @inlinable
    public init(payload: UnsafeRawBufferPointer) throws(PostgresWireError) {
        do throws(ByteReaderError) {
            var reader = unsafe ByteReader(payload)
            self = try Self(from: &reader)
            try reader.finish()
        } catch {
            throw .malformed(type: Self.typeByte, error)
        }
    }
}

/// Where a message under construction began.
@frozen
public struct MessageMark: Sendable {
    @usableFromInline let offset: Int

    @inlinable
    init(offset: Int) {
        self.offset = offset
    }
}

extension ByteBuffer {
    /// Writes a header whose length `endMessage` fills in.
    @inlinable
    public mutating func beginMessage(_ type: FrontendMessageType) -> MessageMark { beginMessage(type.rawValue) }

    @inlinable
    public mutating func beginMessage(_ type: BackendMessageType) -> MessageMark { beginMessage(type.rawValue) }

    @inlinable
    mutating func beginMessage(_ type: UInt8) -> MessageMark {
        append(type)
        let mark = MessageMark(offset: count)
        append(bigEndian: 0 as UInt32)
        return mark
    }

    /// Fills in the length of the message that began at `mark`; nothing may have been consumed in between.
    @inlinable
    public mutating func endMessage(_ mark: MessageMark) {
        patch(bigEndian: UInt32(truncatingIfNeeded: count &- mark.offset), at: mark.offset)
    }

    /// A message without payload: 5 bytes.
    @inlinable
    public mutating func appendEmptyMessage(_ type: FrontendMessageType) {
        append(type.rawValue)
        append(bigEndian: 4 as UInt32)
    }

    @inlinable
    public mutating func appendEmptyMessage(_ type: BackendMessageType) {
        append(type.rawValue)
        append(bigEndian: 4 as UInt32)
    }

    /// A header alone, for a payload of `payloadCount` bytes that follows by other means.
    @inlinable
    public mutating func appendHeader(type: UInt8, payloadCount: Int) {
        append(type)
        append(bigEndian: UInt32(truncatingIfNeeded: payloadCount &+ 4))
    }

    /// The text up to its first zero byte, and a terminator: for what is only shown to a reader.
    @inlinable
    mutating func append(cutAtZero text: String) {
        var text = text
        text.withUTF8 { unsafe append(cutAtZero: UnsafeRawBufferPointer($0)) }
    }

    /// The bytes up to the first zero byte, and a terminator.
    @inlinable
    mutating func append(cutAtZero bytes: UnsafeRawBufferPointer) {
        unsafe append(bytes.slice(0..<(bytes.firstOffset(of: 0) ?? bytes.count)))
        append(0 as UInt8)
    }
}

extension String {
    /// Refuses text that the protocol cannot carry whole: cut short it would mean something else to the server.
    func checkZeroFree() throws(PostgresWireError) {
        if utf8.contains(0) { throw .zeroByteInString }
    }
}
