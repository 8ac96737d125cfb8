internal import Audit
internal import Core
internal import Inspection
internal import Proxy

/// Statement texts and what is known of them. Confined to its loop.
///
/// A text that comes again costs one hash, one look-up and one comparison. Most texts with literals never do: so a text is
/// kept at its second coming only; those without effects are found by their skeleton, and share what is recorded alike.
final class StatementCache {
    /// Bytes of text kept per loop and lexing.
    static let budget = 8 << 20

    private var texts: [PostgresLexing: ByteKeyedCache<StatementInfo>] = [:]
    private var lastLexing = PostgresLexing()
    private var lastTexts = ByteKeyedCache<StatementInfo>(budget: StatementCache.budget)
    /// By redacted text.
    private let shapes = ByteKeyedCache<StatementInfo>(budget: StatementCache.budget)
    /// By kind, for when nothing is audited.
    private var kinds: [StatementKind: StatementInfo] = [:]
    /// By skeleton: plain statements that differ from one seen before in the values of constants alone.
    private let skeletons = ByteKeyedCache<StatementInfo>(budget: StatementCache.budget)
    private var skeleton = LiteralSkeleton()
    /// Hashes of texts seen lately, by their low bits.
    private var seen: [UInt64] = Array(repeating: 0, count: 4096)

    /// A function called by the function-call message, whose text is not known.
    let functionCall: StatementInfo

    /// Statements are counted by their shapes.
    private let keepsDigests: Bool

    init(keepsDigests: Bool) {
        self.keepsDigests = keepsDigests
        functionCall = StatementInfo(summary: StatementSummary([], isTruncated: true), texts: [])
        texts[lastLexing] = lastTexts
    }

    /// - Parameters:
    ///   - text: without the terminating zero byte.
    ///   - isWhole: false when it is only the beginning of what was sent.
    func find(
        _ text: UnsafeRawBufferPointer, isWhole: Bool, lexing: PostgresLexing, audit: AuditOptions
    ) -> StatementInfo {
        guard isWhole else { return make(text, StatementSummary(text, lexing, isTruncated: true), lexing, audit) }
        let known = cache(lexing)
        let hash = known.hash(text)
        if let info = known.find(text, hash: hash) { return info }
        // What is the same for every value may be known; where literals are recorded nothing is.
        guard lexing.encoding == .asciiSafe, !audit.keepsLiterals, let bones = skeleton.make(text) else {
            let info = judged(text, lexing, audit)
            if wasSeen(hash) { known.insert(text, info) }
            return info
        }
        let shape = skeletons.hash(bones)
        if let info = skeletons.find(bones, hash: shape) { return info }
        let info = judged(text, lexing, audit)
        if wasSeen(hash) { known.insert(text, info) }
        if info.isPlain, info.count == 1, wasSeen(shape) { skeletons.insert(bones, info) }
        return info
    }

    /// Reads a text that is not known.
    private func judged(
        _ text: UnsafeRawBufferPointer, _ lexing: PostgresLexing, _ audit: AuditOptions
    ) -> StatementInfo {
        let summary = StatementSummary(text, lexing)
        guard summary.isPlain, summary.statements.count == 1 else { return make(text, summary, lexing, audit) }
        return audit.isActive || keepsDigests ? shaped(text, summary, lexing, audit) : ofKind(summary)
    }

    /// True at the second coming of a hash, unless others took its place in between.
    private func wasSeen(_ hash: UInt64) -> Bool {
        let place = Int(truncatingIfNeeded: hash) & (seen.count - 1)
        if seen[place] == hash { return true }
        seen[place] = hash
        return false
    }

    private func cache(_ lexing: PostgresLexing) -> ByteKeyedCache<StatementInfo> {
        if lexing == lastLexing { return lastTexts }
        let found = texts[lexing] ?? ByteKeyedCache<StatementInfo>(budget: Self.budget)
        texts[lexing] = found
        lastLexing = lexing
        lastTexts = found
        return found
    }

    /// A text without effects: recorded like all of its shape.
    private func shaped(
        _ text: UnsafeRawBufferPointer, _ summary: StatementSummary, _ lexing: PostgresLexing, _ audit: AuditOptions
    ) -> StatementInfo {
        if audit.keepsLiterals { return make(text, summary, lexing, audit) }
        let redacted = RedactedText.make(text, lexing, limit: audit.textLimit)
        return redacted.withUnsafeBytes { bytes in
            if let known = shapes.find(bytes) { return known }
            let recorded = record(redacted: bytes, text, summary, lexing, audit)
            let info = StatementInfo(summary: summary, texts: [recorded])
            shapes.insert(bytes, info)
            return info
        }
    }

    private func ofKind(_ summary: StatementSummary) -> StatementInfo {
        // Flags belong to the text; only those without any are alike.
        guard summary.flags.isEmpty else { return StatementInfo(summary: summary, texts: []) }
        if let known = kinds[summary.kind] { return known }
        let info = StatementInfo(summary: summary, texts: [])
        kinds[summary.kind] = info
        return info
    }

    private func make(
        _ text: UnsafeRawBufferPointer, _ summary: StatementSummary, _ lexing: PostgresLexing, _ audit: AuditOptions
    ) -> StatementInfo {
        guard audit.isActive || keepsDigests else { return StatementInfo(summary: summary, texts: [], text: text) }
        let recorded = summary.statements.map { statement in
            record(
                UnsafeRawBufferPointer(rebasing: text[statement.range.clamped(to: 0..<text.count)]), summary, lexing,
                audit)
        }
        return StatementInfo(
            summary: summary, texts: recorded.isEmpty ? [record(text, summary, lexing, audit)] : recorded,
            text: text)
    }

    private func record(
        _ text: UnsafeRawBufferPointer, _ summary: StatementSummary, _ lexing: PostgresLexing, _ audit: AuditOptions
    ) -> StatementText {
        guard audit.keepsLiterals else {
            return RedactedText.make(text, lexing, limit: audit.textLimit).withUnsafeBytes {
                record(redacted: $0, text, summary, lexing, audit)
            }
        }
        let recorded = AuditStatementText(text, isRedacted: false, hash: summary.shapeHash, limit: audit.textLimit)
        return StatementText(audit: recorded, digest: digest(text, lexing))
    }

    private func record(
        redacted: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer, _ summary: StatementSummary,
        _ lexing: PostgresLexing, _ audit: AuditOptions
    ) -> StatementText {
        var record = StatementText()
        if keepsDigests {
            record.digest = redacted.count <= DigestTable.textLimit ? Array(redacted) : digest(text, lexing)
        }
        guard audit.isActive else { return record }
        record.audit = AuditStatementText(
            redacted, isRedacted: true, hash: summary.shapeHash, limit: audit.textLimit + 8,
            isCut: isCut(redacted, audit.textLimit))
        return record
    }

    private func digest(_ text: UnsafeRawBufferPointer, _ lexing: PostgresLexing) -> [UInt8] {
        keepsDigests ? RedactedText.make(text, lexing, limit: DigestTable.textLimit) : []
    }

    /// `RedactedText` ends what it has cut at the limit with an ellipsis.
    private func isCut(_ redacted: UnsafeRawBufferPointer, _ limit: Int) -> Bool {
        redacted.count >= limit && redacted.suffix(3).elementsEqual("…".utf8)
    }
}

extension StatementKind {
    /// As it stands in the audit log and in metrics.
    var name: StaticString {
        switch self {
        case .empty: "empty"
        case .select: "select"
        case .insert: "insert"
        case .update: "update"
        case .delete: "delete"
        case .merge: "merge"
        case .copyIn: "copy_in"
        case .copyOut: "copy_out"
        case .ddl: "ddl"
        case .nonTransactional: "ddl_nontransactional"
        case .utility: "utility"
        case .set: "set"
        case .show: "show"
        case .transaction: "transaction"
        case .prepare: "prepare"
        case .execute: "execute"
        case .deallocate: "deallocate"
        case .declare: "declare"
        case .fetch: "fetch"
        case .close: "close"
        case .listen: "listen"
        case .notify: "notify"
        case .call: "call"
        case .do: "do"
        case .explain: "explain"
        case .lock: "lock"
        case .discard: "discard"
        case .unknown: "unknown"
        }
    }
}
