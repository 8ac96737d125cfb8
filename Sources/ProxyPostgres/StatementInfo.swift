internal import Audit
internal import Inspection
internal import Proxy

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
        var text: StatementText
        var kind: StatementKind
    }

    /// Where the first statement was counted last.
    private var digest: StatementDigest?
    private var counter: UnsafeMutablePointer<StatementDigest.Counter>?

    init(summary: StatementSummary, texts: [StatementText], text: UnsafeRawBufferPointer? = nil) {
        self.summary = summary
        isPlain = summary.isPlain
        customNames = summary.isPlain ? [] : text.map { Self.dottedNames($0) } ?? []
        exposure = StatementExposure(summary)
        let kinds = summary.statements.map(\.kind)
        let count = max(kinds.count, 1)
        parts = (0..<count).map { index in
            Part(
                text: index < texts.count ? texts[index] : StatementText(),
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

    func auditText(_ position: Int) -> AuditStatementText { parts[min(position, parts.count - 1)].text.audit }

    /// Where the statement at `position` is counted; nil when it is not. Good until the next call.
    @inline(__always)
    func counter(
        _ position: Int, database: UInt32, in digests: DigestTable, wallNs: UInt64
    ) -> UnsafeMutablePointer<StatementDigest.Counter>? {
        if position == 0, let counter, counter.pointee.database == database, !counter.pointee.isForgotten {
            return counter
        }
        return findCounter(position, database, digests, wallNs)
    }

    private func findCounter(
        _ position: Int, _ database: UInt32, _ digests: DigestTable, _ wallNs: UInt64
    ) -> UnsafeMutablePointer<StatementDigest.Counter>? {
        let part = parts[min(position, parts.count - 1)]
        guard !part.text.digest.isEmpty else { return nil }
        // Statements of a batch have one hash between them.
        let hash = summary.shapeHash &+ UInt64(position) &* 0x9e37_79b9_7f4a_7c15
        let found = digests.digest(database: database, hash: hash, kind: part.kind.name, wallNs: wallNs) {
            part.text.digest
        }
        if position == 0 { (digest, counter) = (found, found?.counter) }
        return found?.counter
    }

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

/// A statement's text as it is recorded.
struct StatementText {
    var audit = AuditStatementText()
    /// Literals replaced; empty where statements are not counted.
    var digest: [UInt8] = []
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
                    case .prepare, .execute, .plan, .deallocate(.some): true
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
