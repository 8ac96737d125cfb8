public import Bytes

/// D: one row.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 2 | number of columns |
/// | | 4 + n each | value's length, -1: NULL; value |
///
/// Only the count is read: `ByteReader.field()` gives the values one by one from `fields` on.
@frozen
public struct DataRow: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.dataRow.rawValue }

    public let columnCount: Int
    /// All the values with their lengths, not looked at.
    public let fields: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        columnCount = Int(try reader.u16())
        fields = reader.rest()
    }

    /// Calls `body` with each value's place in `payload`, nil for NULL, and checks that nothing is left over.
    @inlinable
    public static func forEachField(
        in payload: UnsafeRawBufferPointer, _ body: (Range<Int>?) -> Void
    ) throws(PostgresWireError) {
        do throws(ByteReaderError) {
            var reader = unsafe ByteReader(payload)
            for _ in 0..<Int(try reader.u16()) { body(try reader.field()) }
            try reader.finish()
        } catch {
            throw .malformed(type: typeByte, error)
        }
    }

    /// Values in text format, nil for NULL; at most 65,535.
    public static func encode(_ values: [String?], onto out: inout ByteBuffer) {
        precondition(values.count <= UInt16.max)
        let mark = out.beginMessage(.dataRow)
        out.append(bigEndian: UInt16(values.count))
        for value in values { out.append(field: value) }
        out.endMessage(mark)
    }
}
