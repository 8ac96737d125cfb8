internal import Audit
internal import Inspection

/// What the proxy knows of a statement text, kept as long as anybody uses it. Immutable, confined to its loop.
///
/// Texts that leave nothing in their session and are recorded alike may share one.
final class StatementInfo {
    let summary: StatementSummary
    let exposure: StatementExposure
    /// One per statement of the batch, at least one.
    private let parts: [Part]

    struct Part {
        var auditText: AuditStatementText
        var kind: StatementKind
    }

    init(summary: StatementSummary, auditTexts: [AuditStatementText]) {
        self.summary = summary
        exposure = StatementExposure(summary)
        let kinds = summary.statements.map(\.kind)
        let count = max(kinds.count, 1)
        parts = (0..<count).map { index in
            Part(
                auditText: index < auditTexts.count ? auditTexts[index] : AuditStatementText(),
                kind: index < kinds.count ? kinds[index] : .empty)
        }
    }

    /// Statements that are recorded one by one.
    var count: Int { parts.count }

    func auditText(_ position: Int) -> AuditStatementText { parts[min(position, parts.count - 1)].auditText }

    func kind(_ position: Int) -> StatementKind { parts[min(position, parts.count - 1)].kind }

    func auditKind(_ position: Int) -> AuditKind { AuditKind(kind(position).name) }

    /// For the metric label `query_type`.
    func isRead(_ position: Int) -> Bool {
        switch kind(position) {
        case .select, .show, .copyOut, .fetch, .explain, .empty: true
        default: false
        }
    }
}

extension StatementSummary {
    /// Prepared statements are named in the text itself, so that shared names must be written into it.
    var namesPrepared: Bool {
        !isPlain
            && statements.contains { statement in
                statement.effects.contains {
                    switch $0 {
                    case .prepare, .execute, .deallocate(.some): true
                    default: false
                    }
                }
            }
    }

    var beginsTransaction: Bool {
        !isPlain
            && statements.contains { statement in
                statement.effects.contains { if case .transaction(.begin) = $0 { true } else { false } }
            }
    }
}
