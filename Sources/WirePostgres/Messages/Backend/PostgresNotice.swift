public import Bytes

/// An error or a notice of our own.
public struct PostgresNotice: Error, Equatable, Sendable {
    public enum Severity: Sendable {
        /// The statement failed; the session goes on.
        case error
        /// The session ends.
        case fatal
        /// The server ends.
        case panic
        case warning
        case notice
        case info
        case log
        case debug

        /// Errors go in an ErrorResponse, all others in a NoticeResponse.
        public var isError: Bool { self == .error || self == .fatal || self == .panic }

        var name: StaticString {
            switch self {
            case .error: "ERROR"
            case .fatal: "FATAL"
            case .panic: "PANIC"
            case .warning: "WARNING"
            case .notice: "NOTICE"
            case .info: "INFO"
            case .log: "LOG"
            case .debug: "DEBUG"
            }
        }
    }

    public var severity: Severity
    public var state: SQLState
    /// Texts are cut at a zero byte.
    public var message: String
    public var detail: String?
    public var hint: String?
    /// In characters of the query, from 1.
    public var position: Int?
    public var context: String?
    /// Any further fields, in order, with their texts.
    public var others: [(NoticeField, String)] = []

    public init(
        _ severity: Severity, _ state: SQLState, _ message: String, detail: String? = nil, hint: String? = nil,
        position: Int? = nil, context: String? = nil
    ) {
        self.severity = severity
        self.state = state
        self.message = message
        self.detail = detail
        self.hint = hint
        self.position = position
        self.context = context
    }

    /// An ErrorResponse or a NoticeResponse, as the severity asks.
    public func encode(onto out: inout ByteBuffer) {
        let mark = out.beginMessage(severity.isError ? BackendMessageType.errorResponse : .noticeResponse)
        for field in [NoticeField.localizedSeverity, .severity] {
            out.append(field.rawValue)
            out.append(severity.name)
            out.append(0 as UInt8)
        }
        out.append(NoticeField.state.rawValue)
        for index in 0..<5 { out.append(state.byte(index)) }
        out.append(0 as UInt8)
        Self.append(.message, message, onto: &out)
        Self.append(.detail, detail, onto: &out)
        Self.append(.hint, hint, onto: &out)
        Self.append(.position, position.map { String($0) }, onto: &out)
        Self.append(.context, context, onto: &out)
        for (field, text) in others { Self.append(field, text, onto: &out) }
        out.append(0 as UInt8)
        out.endMessage(mark)
    }

    private static func append(_ field: NoticeField, _ text: String?, onto out: inout ByteBuffer) {
        guard let text, field.rawValue != 0 else { return }
        out.append(field.rawValue)
        out.append(cutAtZero: text)
    }

    public static func == (left: PostgresNotice, right: PostgresNotice) -> Bool {
        left.severity == right.severity && left.state == right.state && left.message == right.message
            && left.detail == right.detail && left.hint == right.hint && left.position == right.position
            && left.context == right.context && left.others.elementsEqual(right.others, by: ==)
    }
}
