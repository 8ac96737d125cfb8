public import Bytes

/// C: closes a statement or a portal; one that does not exist is no error.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 1 | S statement, P portal |
/// | 1 | any | name, zero |
@frozen
public struct CloseMessage: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.close.rawValue }

    public let target: DescribeTarget
    public let name: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        guard let target = DescribeTarget(rawValue: try reader.u8()) else { throw .invalid(at: 0) }
        self.target = target
        name = try reader.cString()
    }

    @inlinable
    public static func encode(_ target: DescribeTarget, name: UnsafeRawBufferPointer, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.close)
        out.append(target.rawValue)
        unsafe out.append(cutAtZero: name)
        out.endMessage(mark)
    }

    /// `name` is one of ours: it is cut at a zero byte.
    public static func encode(_ target: DescribeTarget, name: String, onto out: inout ByteBuffer) {
        var name = name
        name.withUTF8 { unsafe encode(target, name: UnsafeRawBufferPointer($0), onto: &out) }
    }
}
