public import Bytes

/// t: the parameter types of a statement.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 2 | number of parameters, 0...65,535 |
/// | | 4 each | type OID |
public struct ParameterDescription: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.parameterDescription.rawValue }

    /// The OIDs, 4 bytes each, big-endian.
    public let types: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        types = try reader.range(4 * Int(reader.u16()))
    }

    /// At most 65,535 types.
    public static func encode(_ types: [UInt32], onto out: inout ByteBuffer) {
        precondition(types.count <= UInt16.max)
        let mark = out.beginMessage(.parameterDescription)
        out.append(bigEndian: UInt16(types.count))
        for type in types { out.append(bigEndian: type) }
        out.endMessage(mark)
    }
}
