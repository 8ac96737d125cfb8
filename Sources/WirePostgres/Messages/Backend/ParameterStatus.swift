public import Bytes

/// S: a setting's value, at the start and whenever it changes.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | name, zero |
/// | | any | value, zero |
public struct ParameterStatus: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.parameterStatus.rawValue }

    public let name: Range<Int>
    public let value: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        name = try reader.cString()
        value = try reader.cString()
    }

    /// Both are cut at a zero byte.
    public static func encode(name: String, value: String, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.parameterStatus)
        out.append(cutAtZero: name)
        out.append(cutAtZero: value)
        out.endMessage(mark)
    }
}
