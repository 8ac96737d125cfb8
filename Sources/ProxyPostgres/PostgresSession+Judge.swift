internal import Audit
internal import Bytes
internal import Core
internal import Inspection
internal import Limits
internal import Policy
internal import Proxy
internal import Sockets
internal import Telemetry
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
    /// The user may not; `id` finds the event in the audit log.
    case policy(Ruling.Refusal, id: String)
    /// It looks injected.
    case injection(Detection, id: String)

    var notice: PostgresNotice {
        switch self {
        case .rateLimit:
            PostgresNotice(.error, .configurationLimitExceeded, "rate limit exceeded for this user")
        case .transactionBlock:
            PostgresNotice(.error, .featureNotSupported, "transaction blocks are not allowed in statement pooling")
        case .cancelled:
            PostgresNotice(.error, .queryCanceled, "canceling statement due to user request")
        case .unavailable(let failure): failure.notice(.error)
        case .policy(let refusal, let id): refusal.notice(id: id)
        case .injection(_, let id):
            PostgresNotice(
                .error, .statementBlocked, "statement blocked: it looks like an SQL injection",
                detail: "Error id: \(id)")
        }
    }

    /// The statement is refused for what it is: a transaction fails by it.
    var isOfSafety: Bool {
        switch self {
        case .policy, .injection: true
        default: false
        }
    }

    /// One of `RouteMetrics.refusalReasons`.
    var metricReason: String { if case .unavailable = self { "unavailable" } else { reason } }

    var reason: String {
        switch self {
        case .rateLimit: "rate_limit"
        case .transactionBlock: "transaction_block"
        case .cancelled: "cancelled"
        case .unavailable(let failure): failure.reason
        case .policy(let refusal, _):
            switch refusal.cause {
            case .notGranted: "not_granted"
            case .denied: "denied"
            case .unparsed: "not_inspected"
            }
        case .injection: "injection"
        }
    }
}

// The phases that a statement passes before it may have a connection.
extension PostgresSession {
    /// Judges a statement. Nil: it may go on.
    ///
    /// In order: limits, the pool's mode, policy, injection. Threats and learning have their place behind these, and
    /// rewriting before routing.
    @inline(__always)
    func judge(
        _ statement: StatementInfo, _ text: UnsafeRawBufferPointer, isWhole: Bool = true
    ) -> StatementRefusal? {
        let isAgain = access.hasCounted
        access.hasCounted = false
        if let allowance, !isAgain, isAtBatchStart, allowance.take(now: loop.nowNs) > 0 { return .rateLimit }
        if mode == .statement, statement.summary.beginsTransaction { return .transactionBlock }
        if access.epoch != context.runtime.snapshot.epoch { renewAccess() }
        guard access.isActive else { return nil }
        return judgeSafety(statement, text, isWhole: isWhole, isAgain: isAgain)
    }

    /// Nothing of this client is at the server, so that a refusal can be answered at once.
    private var isAtBatchStart: Bool { server?.tracker.isQuiescent ?? true }

    /// Answers a refused request of either protocol. False: the answers before it must come first.
    func refuse(
        _ refusal: StatementRefusal, _ type: FrontendMessageType, _ header: PostgresFrameHeader,
        _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        type == .query || type == .functionCall
            ? try refuseQuery(refusal, header, &cursor) : try refuseExtended(refusal, header, &cursor)
    }

    /// Answers a refused simple query. False: the answers before it must come first.
    func refuseQuery(
        _ refusal: StatementRefusal, _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        if refusal.isOfSafety, let server { return try refuse(refusal, .query, server, header, &cursor) }
        guard answersAreDone() else { return false }
        recordRefused(refusal)
        refusal.notice.encode(onto: &output)
        discard(header, &cursor)
        ReadyForQuery.encode(server?.transaction ?? .idle, onto: &output)
        return true
    }

    /// Answers a refused message of the extended protocol, whose rest is skipped up to Sync.
    func refuseExtended(
        _ refusal: StatementRefusal, _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        if refusal.isOfSafety, let server { return try refuse(refusal, .parse, server, header, &cursor) }
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

    func recordRefused(_ refusal: StatementRefusal) {
        context.metrics.add(route.metrics.refused(refusal.metricReason))
        guard let audit = context.audit else { return }
        var fields: [AuditField] = [.text("reason", refusal.reason)]
        if case .policy(let refused, let id) = refusal {
            fields += [
                .text("error_id", id), .text("object", refused.name), .text("object_kind", refused.kind.rawValue),
                .text("actions", refused.actions.description),
            ]
            if !refused.rule.isEmpty { fields.append(.text("rule", refused.rule)) }
        }
        if case .injection(let detection, let id) = refusal {
            fields += [.text("error_id", id)] + detection.fields
        }
        audit.record("statement_refused", session: record.audit, fields: fields, at: loop.wallNs)
    }
}
