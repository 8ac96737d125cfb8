public import Bytes

/// Z: the server waits for the next query.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 1 | I idle, T in a transaction, E in a failed one |
@frozen
public struct ReadyForQuery: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.readyForQuery.rawValue }

    public let status: TransactionStatus

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        guard let status = TransactionStatus(rawValue: try reader.u8()) else { throw .invalid(at: 0) }
        self.status = status
    }

    @inlinable
    public static func encode(_ status: TransactionStatus, onto out: inout ByteBuffer) {
        out.appendHeader(type: typeByte, payloadCount: 1)
        out.append(status.rawValue)
    }
}
