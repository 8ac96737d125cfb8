public import Bytes

/// E: runs a portal.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | portal's name, zero |
/// | | 4 | most rows to send, 0: all |
@frozen
public struct ExecuteMessage: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.execute.rawValue }

    public let portal: Range<Int>
    /// PostgreSQL takes 0 and below as no limit.
    public let maximumRows: Int32

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        portal = try reader.cString()
        maximumRows = try reader.i32()
    }

    /// `portal` is one of ours: it is cut at a zero byte.
    public static func encode(portal: String = "", maximumRows: Int32 = 0, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.execute)
        out.append(cutAtZero: portal)
        out.append(bigEndian: maximumRows)
        out.endMessage(mark)
    }
}
