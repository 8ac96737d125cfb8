internal import Audit
internal import Bytes
internal import Core
internal import Inspection
internal import Limits
internal import Proxy
internal import Sockets
internal import WirePostgres

/// Why the proxy itself refuses a statement; the session lives on.
enum StatementRefusal: Equatable {
    case rateLimit
    /// A transaction block in a pool of mode `statement`.
    case transactionBlock
    /// By the client itself, before it had a connection.
    case cancelled
    /// No connection could be had.
    case unavailable(PostgresFailure)

    var notice: PostgresNotice {
        switch self {
        case .rateLimit:
            PostgresNotice(.error, .configurationLimitExceeded, "rate limit exceeded for this user")
        case .transactionBlock:
            PostgresNotice(.error, .featureNotSupported, "transaction blocks are not allowed in statement pooling")
        case .cancelled:
            PostgresNotice(.error, .queryCanceled, "canceling statement due to user request")
        case .unavailable(let failure): failure.notice(.error)
        }
    }

    var reason: String {
        switch self {
        case .rateLimit: "rate_limit"
        case .transactionBlock: "transaction_block"
        case .cancelled: "cancelled"
        case .unavailable(let failure): failure.reason
        }
    }
}

// The phases that a statement passes before it may have a connection.
extension PostgresSession {
    /// Judges a statement. Nil: it may go on.
    ///
    /// In order: limits, then the pool's mode. Policy, injection, threats and learning have their place behind these, and
    /// rewriting before routing.
    @inline(__always)
    func judge(_ statement: StatementInfo) -> StatementRefusal? {
        if let allowance, isAtBatchStart, allowance.take(now: loop.nowNs) > 0 { return .rateLimit }
        if mode == .statement, statement.summary.beginsTransaction { return .transactionBlock }
        return nil
    }

    /// Nothing of this client is at the server, so that a refusal can be answered at once.
    private var isAtBatchStart: Bool { server?.tracker.isQuiescent ?? true }

    /// Answers a refused request of either protocol. False: the answers before it must come first.
    func refuse(
        _ refusal: StatementRefusal, _ type: FrontendMessageType, _ header: PostgresFrameHeader,
        _ cursor: inout FrameCursor
    ) -> Bool {
        type == .query || type == .functionCall
            ? refuseQuery(refusal, header, &cursor) : refuseExtended(refusal, header, &cursor)
    }

    /// Answers a refused simple query. False: the answers before it must come first.
    func refuseQuery(
        _ refusal: StatementRefusal, _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) -> Bool {
        guard answersAreDone() else { return false }
        recordRefused(refusal)
        refusal.notice.encode(onto: &output)
        ReadyForQuery.encode(server?.transaction ?? .idle, onto: &output)
        discard(header, &cursor)
        return true
    }

    /// Answers a refused message of the extended protocol, whose rest is skipped up to Sync.
    func refuseExtended(
        _ refusal: StatementRefusal, _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) -> Bool {
        guard answersAreDone() else { return false }
        recordRefused(refusal)
        refusal.notice.encode(onto: &output)
        isSkippingToSync = true
        discard(header, &cursor)
        return true
    }

    private func answersAreDone() -> Bool {
        if isAtBatchStart {
            waitsForQuiet = false
            return true
        }
        waitsForQuiet = true
        isInputBlocked = true
        return false
    }

    private func recordRefused(_ refusal: StatementRefusal) {
        guard let audit = context.audit else { return }
        audit.record(
            "statement_refused", session: record.audit, fields: [.text("reason", refusal.reason)], at: loop.wallNs)
    }
}
