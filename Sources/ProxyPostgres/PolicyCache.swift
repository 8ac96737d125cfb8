internal import Core
internal import Inspection
internal import Policy

/// A text as policy sees it, and what was said of it last. Confined to its loop.
final class JudgedText {
    let batch: BatchSummary
    private var ruling: (policy: UInt64, names: UInt64, database: String, ruling: Ruling)?

    init(_ batch: BatchSummary) { self.batch = batch }

    /// Nothing that is judged lies in the text's constants: the same holds of every text of its skeleton.
    var isOfItsSkeleton: Bool {
        !batch.isCut && batch.statements.allSatisfy { $0.named.isEmpty && $0.opaque.isEmpty && $0.unparsed == nil }
    }

    /// - Parameter names: tells search paths apart.
    func ruling(by policy: AccessPolicy, names: UInt64, at place: PolicyPlace, now: Int64) -> Ruling {
        if let known = ruling, known.policy == policy.number, known.names == names, known.database == place.database,
            now < known.ruling.expires ?? .max
        {
            return known.ruling
        }
        let made = policy.judge(batch, at: place, now: now)
        ruling = (policy.number, names, place.database, made)
        return made
    }
}

/// What texts name, kept per loop. Bounded: a flood of texts that never come again pushes out itself.
final class PolicyCache {
    /// Bytes of text kept per loop, of each kind.
    static let budget = 4 << 20

    private let texts = ByteKeyedCache<JudgedText>(budget: PolicyCache.budget)
    private let skeletons = ByteKeyedCache<JudgedText>(budget: PolicyCache.budget)
    private var skeleton = LiteralSkeleton()

    func find(_ text: UnsafeRawBufferPointer, isWhole: Bool, lexing: PostgresLexing) -> JudgedText {
        // Others read the same bytes in another way, or see a part of them.
        guard isWhole, lexing == PostgresLexing() else {
            return JudgedText(BatchSummary(postgres: text, lexing, isTruncated: !isWhole))
        }
        if let known = texts.find(text) { return known }
        let bones = skeleton.make(text)
        if let bones, let known = skeletons.find(bones) { return known }
        let made = JudgedText(BatchSummary(postgres: text, lexing))
        if let bones, made.isOfItsSkeleton { skeletons.insert(bones, made) } else { texts.insert(text, made) }
        return made
    }
}
