public import Bytes

/// A: a NOTIFY on a channel that this connection listens to.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | process id of the notifier |
/// | 4 | any | channel, zero |
/// | | any | payload, zero |
public struct NotificationResponse: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.notificationResponse.rawValue }

    public let processID: Int32
    public let channel: Range<Int>
    public let payload: Range<Int>

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        processID = try reader.i32()
        channel = try reader.cString()
        payload = try reader.cString()
    }

    /// Both texts are cut at a zero byte.
    public static func encode(processID: Int32, channel: String, payload: String, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.notificationResponse)
        out.append(bigEndian: processID)
        out.append(cutAtZero: channel)
        out.append(cutAtZero: payload)
        out.endMessage(mark)
    }
}
