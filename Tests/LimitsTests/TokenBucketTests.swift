import Testing

@testable import Limits

@Suite struct TokenBucketTests {
    static let second: UInt64 = 1_000_000_000

    @Test func startsFullAndRefillsExactly() {
        var bucket = TokenBucket(RateLimit(rate: 3, burst: 2), now: 0)
        #expect(bucket.take(2, now: 0) == true)
        #expect(bucket.take(now: 0) == false)
        #expect(bucket.delay(now: 0) == 333_333_334)
        #expect(bucket.take(now: 333_333_333) == false)
        #expect(bucket.take(now: 333_333_334) == true)
        // No fraction is lost however the time is cut up.
        var taken = 0
        var other = TokenBucket(RateLimit(rate: 3, burst: 1), now: 0)
        for now in stride(from: 0, to: 100 * Self.second, by: 7_777_777) where other.take(now: now) { taken += 1 }
        #expect((296...301).contains(taken))
    }

    @Test func neverMoreThanTheBurst() {
        var bucket = TokenBucket(RateLimit(rate: 1000, burst: 5), now: 0)
        #expect(bucket.takeUpTo(100, now: .max) == 5)
        bucket.giveBack(3)
        bucket.giveBack(.max)
        #expect(bucket.takeUpTo(100, now: .max) == 5)
    }

    @Test func timeBackwardsIsNoTime() {
        var bucket = TokenBucket(RateLimit(rate: 1, burst: 1), now: 10 * Self.second)
        #expect(bucket.take(now: 10 * Self.second) == true)
        #expect(bucket.take(now: 0) == false)
        #expect(bucket.take(now: 11 * Self.second) == true)
    }

    @Test func extremesDontTrap() {
        var bucket = TokenBucket(RateLimit(rate: .max, burst: .max), now: 0)
        #expect(bucket.takeUpTo(.max, now: 0) == RateLimit.maximum)
        #expect(bucket.take(.max, now: .max) == false)
        #expect(bucket.delay(.max, now: .max) == 0)
        var slow = TokenBucket(RateLimit(rate: 0, burst: 0), now: .max)
        #expect(slow.take(now: .max) == true)
        #expect(slow.delay(.max, now: .max) == Self.second)
    }

    @Test func changedLimitKeepsTokens() {
        var bucket = TokenBucket(RateLimit(rate: 10, burst: 10), now: 0)
        bucket.change(RateLimit(rate: 1, burst: 4), now: 0)
        #expect(bucket.takeUpTo(10, now: 0) == 4)
        bucket.change(RateLimit(rate: 100, burst: 100), now: 0)
        #expect(bucket.takeUpTo(10, now: 0) == 0)
    }
}
