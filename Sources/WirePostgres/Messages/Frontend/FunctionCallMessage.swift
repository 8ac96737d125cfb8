public import Bytes

/// F: calls a function by its OID ("fast path"). Answered by FunctionCallResponse and ReadyForQuery.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | function's OID |
/// | 4 | 2 | number of argument formats: 0, 1 or one per argument |
/// | | 2 each | format |
/// | | 2 | number of arguments |
/// | | 4 + n each | argument's length, -1: NULL; argument |
/// | | 2 | result's format |
public struct FunctionCallMessage: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.functionCall.rawValue }

    public let function: UInt32
    /// 2 bytes each.
    public let formats: Range<Int>
    public let argumentCount: Int
    /// All the arguments with their lengths.
    public let arguments: Range<Int>
    public let resultFormat: UInt16

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        function = try reader.u32()
        formats = try reader.range(2 * Int(reader.u16()))
        argumentCount = Int(try reader.u16())
        let start = reader.offset
        for _ in 0..<argumentCount { _ = try reader.field() }
        arguments = start..<reader.offset
        resultFormat = try reader.u16()
    }

    /// Arguments in text format, nil for NULL.
    public static func encode(function: UInt32, arguments: [String?], onto out: inout ByteBuffer) {
        precondition(arguments.count <= UInt16.max)
        let mark = out.beginMessage(.functionCall)
        out.append(bigEndian: function)
        out.append(bigEndian: 0 as UInt16)
        out.append(bigEndian: UInt16(arguments.count))
        for argument in arguments { out.append(field: argument) }
        out.append(bigEndian: 0 as UInt16)
        out.endMessage(mark)
    }
}
