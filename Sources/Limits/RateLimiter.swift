import Synchronization

/// Rates per user for the whole process.
///
/// Each loop takes its tokens in slices of about ten milliseconds' worth and hands them out by itself, so a statement
/// costs a comparison and a subtraction; the lock of the user's bucket is taken once per slice. The sum over all loops
/// never exceeds the limit. (A lock instead of an actor: a slice is needed within the statement's own turn, and one
/// uncontended lock is a thousand times cheaper than a hop to another executor. In a cluster, shares of the cluster's
/// limit arrive by `set` from whoever negotiates them.)
public final class RateLimiter: Sendable {
    private let buckets = Mutex<[String: RateBucket]>([:])

    public init() {}

    /// Sets, changes or (with nil) ends a user's limit; holds for open sessions too.
    /// - Parameter now: monotonic nanoseconds.
    public func set(_ limit: RateLimit?, for user: String, now: UInt64) {
        buckets.withLock { buckets in
            if let bucket = buckets[user] {
                bucket.set(limit, now: now)
            } else if let limit {
                buckets[user] = RateBucket(limit, now: now)
            }
        }
    }

    /// Forgets the users not in `users`; their open sessions are no longer limited.
    public func retain(users: Set<String>) {
        buckets.withLock { buckets in
            for (user, bucket) in buckets where !users.contains(user) {
                bucket.set(nil, now: 0)
                buckets[user] = nil
            }
        }
    }

    func bucket(for user: String) -> RateBucket? { buckets.withLock { $0[user] } }
}

/// What a loop keeps of `RateLimiter`. Confined to its loop.
public final class RateLimiterShard: @unchecked Sendable {  // Confined to its loop.
    private let limiter: RateLimiter
    private var allowances: [String: RateAllowance] = [:]

    public init(_ limiter: RateLimiter) { self.limiter = limiter }

    /// The user's share on this loop, to be kept by each of its sessions; nil for a user without a limit. Asked at
    /// login and after a reload, not per statement.
    public func allowance(for user: String) -> RateAllowance? {
        guard let bucket = limiter.bucket(for: user) else {
            allowances[user] = nil
            return nil
        }
        if let known = allowances[user], known.bucket === bucket { return known }
        let new = RateAllowance(bucket)
        allowances[user] = new
        return new
    }
}

/// A user's tokens on one loop. Confined to that loop.
public final class RateAllowance: @unchecked Sendable {  // Confined to its loop.
    let bucket: RateBucket
    private var tokens: UInt64 = 0
    /// Unused tokens go back after this, so that a loop without traffic doesn't keep them from the others.
    private var expiry: UInt64 = 0

    init(_ bucket: RateBucket) { self.bucket = bucket }

    /// Takes one token.
    /// - Parameter now: monotonic nanoseconds.
    /// - Returns: 0 when allowed, else the nanoseconds after which it is worth asking again.
    public func take(now: UInt64) -> UInt64 {
        if tokens > 0, now < expiry {
            tokens -= 1
            return 0
        }
        return refill(now)
    }

    private func refill(_ now: UInt64) -> UInt64 {
        let (granted, delay) = bucket.exchange(unused: tokens, now: now)
        tokens = granted
        guard granted > 0 else { return max(delay, 1) }
        expiry = now &+ RateBucket.sliceLife
        tokens -= 1
        return 0
    }
}

/// A user's bucket, shared by the loops.
final class RateBucket: Sendable {
    static let sliceLife: UInt64 = 20_000_000
    /// Slices per second and per burst.
    private static let slices: UInt64 = 100

    private let bucket: Mutex<TokenBucket?>

    init(_ limit: RateLimit, now: UInt64) { bucket = Mutex(TokenBucket(limit, now: now)) }

    func set(_ limit: RateLimit?, now: UInt64) {
        bucket.withLock { bucket in
            guard let limit else { return bucket = nil }
            if bucket == nil { bucket = TokenBucket(limit, now: now) } else { bucket?.change(limit, now: now) }
        }
    }

    /// Takes back what a slice left over and gives the next slice, or the time to wait for one token.
    func exchange(unused: UInt64, now: UInt64) -> (granted: UInt64, delay: UInt64) {
        bucket.withLock { bucket in
            // No limit any more: a large slice, so that the lock is met rarely.
            guard var current = bucket else { return (1000, 0) }
            current.giveBack(unused)
            let slice = max(1, min(current.limit.rate, current.limit.burst) / Self.slices)
            let granted = current.takeUpTo(slice, now: now)
            let delay = granted > 0 ? 0 : current.delay(now: now)
            bucket = current
            return (granted, delay)
        }
    }
}
