/// The type byte of a message from the server.
///
/// Source: PostgreSQL documentation, "Message Formats"; `libpq/protocol.h`.
@frozen
public enum BackendMessageType: UInt8, Sendable, CaseIterable {
    case authentication = 0x52  // R
    case backendKeyData = 0x4B  // K
    case bindComplete = 0x32  // 2
    case closeComplete = 0x33  // 3
    case commandComplete = 0x43  // C
    case copyBothResponse = 0x57  // W
    case copyData = 0x64  // d
    case copyDone = 0x63  // c
    case copyInResponse = 0x47  // G
    case copyOutResponse = 0x48  // H
    case dataRow = 0x44  // D
    case emptyQueryResponse = 0x49  // I
    case errorResponse = 0x45  // E
    case functionCallResponse = 0x56  // V
    case negotiateProtocolVersion = 0x76  // v
    case noData = 0x6E  // n
    case noticeResponse = 0x4E  // N
    case notificationResponse = 0x41  // A
    case parameterDescription = 0x74  // t
    case parameterStatus = 0x53  // S
    case parseComplete = 0x31  // 1
    case portalSuspended = 0x73  // s
    case readyForQuery = 0x5A  // Z
    case rowDescription = 0x54  // T

    /// May come at any time, as an answer to nothing.
    @inlinable public var isAsynchronous: Bool {
        self == .noticeResponse || self == .parameterStatus || self == .notificationResponse
    }

    /// The largest length we accept: what must be held whole is bounded tighter than what is streamed.
    @inlinable public var lengthLimit: Int {
        switch self {
        case .copyData, .dataRow, .errorResponse, .functionCallResponse, .noticeResponse, .parameterDescription,
            .rowDescription:
            // Errors and notices quote values of any length.
            PostgresLimits.message
        case .authentication: PostgresLimits.authentication
        case .backendKeyData, .bindComplete, .closeComplete, .commandComplete, .copyBothResponse, .copyDone,
            .copyInResponse, .copyOutResponse, .emptyQueryResponse, .negotiateProtocolVersion, .noData,
            .notificationResponse, .parameterStatus, .parseComplete, .portalSuspended, .readyForQuery:
            PostgresLimits.heldMessage
        }
    }
}
