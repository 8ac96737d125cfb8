public import Bytes

/// Q: runs one string of statements by the simple protocol.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | text, zero |
@frozen
public struct QueryMessage: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.query.rawValue }

    /// Where the text lies in the payload, without its terminator.
    public let text: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        text = try reader.cString()
    }

    /// - Throws: `zeroByteInString`, before anything is written.
    public static func encode(_ text: String, onto out: inout ByteBuffer) throws(PostgresWireError) {
        try text.checkZeroFree()
        let mark = out.beginMessage(.query)
        out.append(cString: text)
        out.endMessage(mark)
    }

    /// For texts of our own, such as a reset.
    public static func encode(_ text: StaticString, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.query)
        out.append(text)
        out.append(0 as UInt8)
        out.endMessage(mark)
    }

    /// `text` holds no zero byte: it was cut out of a message.
    public static func encode(_ text: UnsafeRawBufferPointer, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.query)
        unsafe out.append(cutAtZero: text)
        out.endMessage(mark)
    }
}
