/// The largest lengths that we accept. Lengths are in bytes and count themselves but not the type byte.
public enum PostgresLimits {
    /// PostgreSQL's own MAX_STARTUP_PACKET_LENGTH (`libpq/pqcomm.h`).
    public static let startupPacket = 10_000
    /// Any message before AuthenticationOk, either way. PostgreSQL takes at most 65,535 (PG_MAX_AUTH_TOKEN_LENGTH).
    public static let authentication = 65_536
    /// Any message: PostgreSQL's MaxAllocSize, 1 GiB - 1.
    public static let message = 0x3FFF_FFFF
    /// Messages without bulk data (Describe, Close, Execute, Sync, Flush, Terminate, CopyDone, CopyFail): PostgreSQL's
    /// PQ_SMALL_MESSAGE_LIMIT.
    public static let smallMessage = 10_000
    /// Server messages that a proxy must hold whole to understand them (parameters, keys, notifications).
    public static let heldMessage = 1 << 20
    /// Bytes of a cancel key: 4 in protocol 3.0, 4...256 in 3.2 (MAX_CANCEL_KEY_LENGTH).
    public static let cancelKey = 4...256
    /// Parameters in one startup packet: above what 10,000 bytes can hold with names and values of 1 byte.
    public static let startupParameters = 2_500
    /// SASL mechanisms that a server may list.
    public static let saslMechanisms = 32
    /// Fields of one ErrorResponse or NoticeResponse.
    public static let noticeFields = 64
}
