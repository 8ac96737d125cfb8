public import Bytes

/// C: a statement has ended well.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | tag such as `INSERT 0 5` or `SET`, zero |
@frozen
public struct CommandComplete: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.commandComplete.rawValue }

    public let tag: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        tag = try reader.cString()
    }

    /// The number that ends a tag, which counts rows; nil when the tag ends without one. Reads backwards from the end,
    /// so a long tag costs no more.
    @inlinable
    public static func rows(tag: UnsafeRawBufferPointer) -> UInt64? {
        var index = tag.count
        while index > 0, ASCII.isDigit(unsafe tag[index - 1]) { index -= 1 }
        guard index > 0, index < tag.count, unsafe tag[index - 1] == UInt8(ascii: " ") else { return nil }
        return unsafe tag.slice(index..<tag.count).decimal
    }

    public static func encode(_ tag: StaticString, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.commandComplete)
        out.append(tag)
        out.append(0 as UInt8)
        out.endMessage(mark)
    }

    /// `SELECT 12` and its like.
    public static func encode(_ tag: StaticString, rows: Int, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.commandComplete)
        out.append(tag)
        out.append(UInt8(ascii: " "))
        out.append(decimal: rows)
        out.append(0 as UInt8)
        out.endMessage(mark)
    }
}
