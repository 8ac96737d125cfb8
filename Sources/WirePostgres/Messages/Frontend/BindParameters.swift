public import Bytes

/// The body of a Bind, checked whole: formats, values, result formats. Ranges count from the body's first byte.
///
/// O(number of values): for inspection and tests; forwarding needs none of it.
public struct BindParameters: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.bind.rawValue }

    /// 2 bytes each.
    public let formats: Range<Int>
    public let valueCount: Int
    /// All the values with their lengths.
    public let values: Range<Int>
    /// 2 bytes each.
    public let resultFormats: Range<Int>

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        formats = try reader.range(2 * Int(reader.u16()))
        valueCount = Int(try reader.u16())
        let start = reader.offset
        for _ in 0..<valueCount { _ = try reader.field() }
        values = start..<reader.offset
        resultFormats = try reader.range(2 * Int(reader.u16()))
    }
}

extension ByteReader {
    /// A length and as many bytes; nil for length -1, which is NULL.
    @inlinable
    public mutating func field() throws(ByteReaderError) -> Range<Int>? {
        let start = offset
        let length = try i32()
        if length == -1 { return nil }
        guard length >= 0 else { throw .invalid(at: start) }
        return try range(Int(length))
    }
}

extension ByteBuffer {
    /// A length and the text's UTF-8; length -1 for nil.
    @inlinable
    mutating func append(field text: String?) {
        guard let text else { return append(bigEndian: -1 as Int32) }
        append(bigEndian: UInt32(truncatingIfNeeded: text.utf8.count))
        append(utf8: text)
    }
}
