public import Bytes

/// f: gives up a copy into the server, which makes the statement fail.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | reason, zero |
public struct CopyFailMessage: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.copyFail.rawValue }

    public let reason: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        reason = try reader.cString()
    }

    public static func encode(reason: String, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.copyFail)
        out.append(cutAtZero: reason)
        out.endMessage(mark)
    }
}
