internal import Audit
internal import Inspection

/// What the proxy knows of a statement text, kept as long as anybody uses it. Immutable, confined to its loop.
///
/// Texts that leave nothing in their session and are recorded alike may share one.
final class StatementInfo {
    let summary: StatementSummary
    /// See `StatementSummary.isPlain`.
    let isPlain: Bool
    let exposure: StatementExposure
    /// What may be names of custom settings (`a.b`) in the text of a statement that may set any out of sight.
    let customNames: [SQLText]
    /// One per statement of the batch, at least one.
    private let parts: [Part]

    struct Part {
        var auditText: AuditStatementText
        var kind: StatementKind
    }

    init(summary: StatementSummary, auditTexts: [AuditStatementText], text: UnsafeRawBufferPointer? = nil) {
        self.summary = summary
        isPlain = summary.isPlain
        customNames = summary.isPlain ? [] : text.map { Self.dottedNames($0) } ?? []
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

    /// Words with a dot in them, at most 16.
    private static func dottedNames(_ text: UnsafeRawBufferPointer) -> [SQLText] {
        var names: [SQLText] = []
        func isPart(_ byte: UInt8) -> Bool {
            byte == 0x2E || byte == 0x5F || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
        }
        for word in text.prefix(8192).split(whereSeparator: { !isPart($0) }) where word.contains(0x2E) {
            guard let first = word.first, first > 0x39, word.last != 0x2E, word.count < 128 else { continue }
            let name = SQLText(Array(word)).lowercased
            if !names.contains(name) { names.append(name) }
            if names.count == 16 { break }
        }
        return names
    }

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
    /// Something may go back to its default.
    var resets: Bool {
        !isPlain
            && statements.contains { statement in
                statement.effects.contains {
                    switch $0 {
                    case .setting(.reset), .setting(.resetAll), .discard(.all), .execute: true
                    default: false
                    }
                }
            }
    }

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

    /// DISCARD ALL, which is allowed as the only statement of a query.
    var isDiscardAll: Bool { !isPlain && statements.count == 1 && statements[0].effects == [.discard(.all)] }

    var beginsTransaction: Bool {
        !isPlain
            && statements.contains { statement in
                statement.effects.contains { if case .transaction(.begin) = $0 { true } else { false } }
            }
    }
}
