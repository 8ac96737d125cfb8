public import Bytes

/// V: a function's result.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | length, -1: NULL |
/// | 4 | n | value |
public struct FunctionCallResponse: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.functionCallResponse.rawValue }

    /// Nil: NULL.
    public let value: Range<Int>?

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        value = try reader.field()
    }

    public static func encode(_ value: String?, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.functionCallResponse)
        out.append(field: value)
        out.endMessage(mark)
    }
}
