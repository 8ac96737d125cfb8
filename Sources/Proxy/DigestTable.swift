internal import Synchronization

/// How much a loop's table of digests holds; any thread.
public final class DigestLoad: Sendable {
    fileprivate let kept = Atomic<Int>(0)
    fileprivate let gone = Atomic<UInt64>(0)

    /// Shapes counted.
    public var shapes: Int { kept.load(ordering: .relaxed) }
    /// Shapes that had to make room for others, since the start.
    public var forgotten: UInt64 { gone.load(ordering: .relaxed) }
}

/// Where statements of one shape in one database are counted. Confined to its loop.
public final class StatementDigest {
    let key: DigestTable.Key
    let kind: StaticString
    let text: [UInt8]
    /// For as long as this object lives. A statement's figures are added through it without counting a reference.
    public let counter: UnsafeMutablePointer<Counter>

    public struct Counter {
        public var figures = DigestFigures()
        /// As the table knows it.
        public let database: UInt32
        /// The table has forgotten the shape: what is added now is lost.
        public fileprivate(set) var isForgotten = false
    }

    fileprivate init(key: DigestTable.Key, kind: StaticString, text: [UInt8], wallNs: UInt64) {
        self.key = key
        self.kind = kind
        self.text = text
        counter = .allocate(capacity: 1)
        counter.initialize(to: Counter(database: key.database))
        counter.pointee.figures.firstSeenNs = wallNs
    }

    deinit { counter.deallocate() }

    fileprivate var figures: DigestFigures { counter.pointee.figures }
}

/// The shapes of a loop's statements, each counted by database. Confined to its loop.
///
/// Bounded: when a new shape comes and there is no room, the least used of a few goes, and its figures are added to those
/// of `forgotten`. So a flood of new shapes pushes out itself rather than what an application does all day.
public final class DigestTable {
    /// Bytes of a statement's text that are kept.
    public static let textLimit = 1024
    /// Names of databases told apart; the others are counted as `*`.
    static let databaseLimit = 1024
    /// How many are compared for the least used.
    private static let candidates = 8

    struct Key: Hashable {
        let database: UInt32
        let hash: UInt64
    }

    /// Shapes kept; 0 keeps none.
    public let limit: Int
    private var digests: [StatementDigest] = []
    private var places: [Key: Int] = [:]
    private var databases = ["*"]
    private var numbers: [String: UInt32] = ["*": 0]
    private var hand = 0
    /// Of the shapes that had to go.
    public private(set) var forgotten = DigestFigures()
    public let load = DigestLoad()

    public init(limit: Int) { self.limit = max(limit, 0) }

    public var count: Int { digests.count }

    /// A number for a database's name.
    public func number(of database: String) -> UInt32 {
        if let known = numbers[database] { return known }
        guard databases.count < Self.databaseLimit else { return 0 }
        let number = UInt32(databases.count)
        databases.append(database)
        numbers[database] = number
        return number
    }

    /// The digest of a shape; made, with the text of this statement, when there is none. Nil when none are kept.
    /// - Parameter hash: of the statement's shape.
    public func digest(
        database: UInt32, hash: UInt64, kind: StaticString, wallNs: UInt64, text: () -> [UInt8]
    ) -> StatementDigest? {
        guard limit > 0 else { return nil }
        let key = Key(database: database, hash: hash)
        if let place = places[key] { return digests[place] }
        let made = StatementDigest(key: key, kind: kind, text: text(), wallNs: wallNs)
        if digests.count < limit {
            places[key] = digests.count
            digests.append(made)
            load.kept.store(digests.count, ordering: .relaxed)
        } else {
            replace(leastUsed(), by: made)
        }
        return made
    }

    private func leastUsed() -> Int {
        var best = hand
        for step in 0..<min(Self.candidates, digests.count) {
            let place = (hand + step) % digests.count
            let (one, other) = (digests[place].figures, digests[best].figures)
            if (one.count, one.lastSeenNs) < (other.count, other.lastSeenNs) { best = place }
        }
        hand = (hand + Self.candidates) % digests.count
        return best
    }

    private func replace(_ place: Int, by made: StatementDigest) {
        let old = digests[place]
        old.counter.pointee.isForgotten = true
        forgotten += old.figures
        load.gone.add(1, ordering: .relaxed)
        places[old.key] = nil
        places[made.key] = place
        digests[place] = made
    }

    /// Forgets everything, figures too.
    public func reset() {
        for digest in digests { digest.counter.pointee.isForgotten = true }
        digests = []
        places = [:]
        hand = 0
        forgotten = DigestFigures()
        load.kept.store(0, ordering: .relaxed)
    }

    /// A copy of all there is.
    public var all: [DigestInfo] {
        digests.map { digest in
            DigestInfo(
                database: databases[Int(digest.key.database)], hash: digest.key.hash, kind: "\(digest.kind)",
                text: String(decoding: digest.text, as: UTF8.self), figures: digest.figures)
        }
    }
}

extension DigestInfo {
    /// One list of several loops' lists, each shape of a database once, the one that took most time first.
    public static func merged(_ lists: [[DigestInfo]]) -> [DigestInfo] {
        struct Key: Hashable {
            let database: String
            let hash: UInt64
        }
        var sums: [Key: DigestInfo] = [:]
        for info in lists.joined() {
            sums[Key(database: info.database, hash: info.hash)]?.figures += info.figures
            if sums[Key(database: info.database, hash: info.hash)] == nil {
                sums[Key(database: info.database, hash: info.hash)] = info
            }
        }
        return sums.values.sorted { ($0.figures.totalNs, $0.hash) > ($1.figures.totalNs, $1.hash) }
    }
}
