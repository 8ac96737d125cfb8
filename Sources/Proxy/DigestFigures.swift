public import Telemetry

/// What statements of one shape have come to.
public struct DigestFigures: Sendable {
    public var count: UInt64 = 0
    public var errors: UInt64 = 0
    /// Returned or changed.
    public var rows: UInt64 = 0
    /// From arrival to the end of the reply, ns.
    public var totalNs: UInt64 = 0
    public var maxNs: UInt64 = 0
    /// Wall clock, ns since the epoch.
    public var firstSeenNs: UInt64 = 0
    public var lastSeenNs: UInt64 = 0
    /// By `DurationBuckets`.
    public var buckets = InlineArray<19, UInt64>(repeating: 0)

    public init() {}

    @inline(__always)
    public mutating func add(durationNs: UInt64, rows: UInt64, isError: Bool, wallNs: UInt64) {
        count &+= 1
        errors &+= isError ? 1 : 0
        self.rows &+= rows
        totalNs &+= durationNs
        maxNs = max(maxNs, durationNs)
        lastSeenNs = wallNs
        buckets[DurationBuckets.index(durationNs)] &+= 1
    }

    public static func += (sum: inout DigestFigures, other: DigestFigures) {
        guard other.count > 0 else { return }
        sum.firstSeenNs = sum.count == 0 ? other.firstSeenNs : min(sum.firstSeenNs, other.firstSeenNs)
        sum.lastSeenNs = max(sum.lastSeenNs, other.lastSeenNs)
        sum.count &+= other.count
        sum.errors &+= other.errors
        sum.rows &+= other.rows
        sum.totalNs &+= other.totalNs
        sum.maxNs = max(sum.maxNs, other.maxNs)
        for index in 0..<DurationBuckets.count { sum.buckets[index] &+= other.buckets[index] }
    }

    /// The duration that a share of the statements does not exceed, as exact as the buckets are: the bound of the one in
    /// which it lies, at most the longest seen.
    /// - Parameter share: 0 to 1.
    public func percentileNs(_ share: Double) -> UInt64 {
        let wanted = UInt64((Double(count) * share).rounded(.up))
        var passed: UInt64 = 0
        for index in 0..<DurationBuckets.count {
            passed &+= buckets[index]
            guard passed >= wanted, passed > 0 else { continue }
            return index < DurationBuckets.bounds.count ? min(DurationBuckets.bounds[index], maxNs) : maxNs
        }
        return maxNs
    }
}

/// Figures with what they are of: a copy for the control side.
public struct DigestInfo: Sendable {
    public var database: String
    public var hash: UInt64
    /// `select`, `insert`, …
    public var kind: String
    /// Literals replaced, cut at `DigestTable.textLimit`.
    public var text: String
    public var figures: DigestFigures

    public init(database: String, hash: UInt64, kind: String, text: String, figures: DigestFigures) {
        self.database = database
        self.hash = hash
        self.kind = kind
        self.text = text
        self.figures = figures
    }
}
