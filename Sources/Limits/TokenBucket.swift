/// How often something may happen.
public struct RateLimit: Sendable, Equatable {
    /// Per second, 1 to `maximum`.
    public let rate: UInt64
    /// At once after a pause, 1 to `maximum`.
    public let burst: UInt64

    /// A billion per second: a token per nanosecond, the clock's own grain.
    public static let maximum: UInt64 = 1_000_000_000

    /// Values out of range are brought into it.
    /// - Parameter burst: nil for one second's worth.
    public init(rate: UInt64, burst: UInt64? = nil) {
        self.rate = min(max(rate, 1), Self.maximum)
        self.burst = min(max(burst ?? rate, 1), Self.maximum)
    }
}

/// A token bucket in whole numbers: the level is kept in billionths of a token, so that `rate` tokens per second are
/// exactly `rate` units per nanosecond and nothing is ever rounded away. Holds no clock; times are monotonic
/// nanoseconds, and one that lies before the latest counts as the latest.
public struct TokenBucket: Sendable, Equatable {
    private static let unit: UInt64 = 1_000_000_000

    public private(set) var limit: RateLimit
    private var level: UInt64
    private var updated: UInt64

    /// Full.
    public init(_ limit: RateLimit, now: UInt64) {
        self.limit = limit
        level = limit.burst * Self.unit
        updated = now
    }

    /// Goes on under another limit with the tokens there are.
    public mutating func change(_ new: RateLimit, now: UInt64) {
        fill(now)
        limit = new
        level = min(level, new.burst * Self.unit)
    }

    /// Takes `count` tokens if that many are there.
    public mutating func take(_ count: UInt64 = 1, now: UInt64) -> Bool {
        fill(now)
        guard count <= level / Self.unit else { return false }
        level -= count * Self.unit
        return true
    }

    /// Takes as many as are there, at most `count`.
    public mutating func takeUpTo(_ count: UInt64, now: UInt64) -> UInt64 {
        fill(now)
        let taken = min(count, level / Self.unit)
        level -= taken * Self.unit
        return taken
    }

    /// Puts back tokens that were taken and not used; what doesn't fit is lost.
    public mutating func giveBack(_ count: UInt64) {
        let room = limit.burst * Self.unit - level
        level += count <= room / Self.unit ? count * Self.unit : room
    }

    /// Nanoseconds until `count` tokens are there, if nobody takes any; `count` is at most the burst.
    public mutating func delay(_ count: UInt64 = 1, now: UInt64) -> UInt64 {
        fill(now)
        let needed = min(count, limit.burst) * Self.unit
        return needed <= level ? 0 : (needed - level + limit.rate - 1) / limit.rate
    }

    private mutating func fill(_ now: UInt64) {
        guard now > updated else { return }
        let (gained, overflow) = (now - updated).multipliedReportingOverflow(by: limit.rate)
        updated = now
        let full = limit.burst * Self.unit
        level = overflow || gained >= full - level ? full : level + gained
    }
}
