/// The type byte of a message from the client. Special packets (startup, SSLRequest, GSSENCRequest, CancelRequest) have
/// none.
///
/// Source: PostgreSQL documentation, "Message Formats"; `libpq/protocol.h`.
@frozen
public enum FrontendMessageType: UInt8, Sendable, CaseIterable {
    case bind = 0x42  // B
    case close = 0x43  // C
    case copyData = 0x64  // d
    case copyDone = 0x63  // c
    case copyFail = 0x66  // f
    case describe = 0x44  // D
    case execute = 0x45  // E
    case flush = 0x48  // H
    case functionCall = 0x46  // F
    case parse = 0x50  // P
    /// PasswordMessage, SASLInitialResponse, SASLResponse or GSSResponse, by what was asked.
    case password = 0x70  // p
    case query = 0x51  // Q
    case sync = 0x53  // S
    case terminate = 0x58  // X

    /// The largest length that PostgreSQL itself accepts for this type once a session runs.
    @inlinable public var lengthLimit: Int {
        switch self {
        case .bind, .copyData, .functionCall, .parse, .query: PostgresLimits.message
        case .close, .copyDone, .copyFail, .describe, .execute, .flush, .sync, .terminate: PostgresLimits.smallMessage
        case .password: PostgresLimits.authentication
        }
    }
}
