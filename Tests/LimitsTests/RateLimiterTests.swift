import Testing

@testable import Limits

@Suite struct RateLimiterTests {
    static let second: UInt64 = 1_000_000_000
    let limiter = RateLimiter()

    @Test func loopsTogetherStayWithinTheLimit() throws {
        limiter.set(RateLimit(rate: 1000, burst: 100), for: "alice", now: 0)
        let shares = try (0..<4).map { _ in try #require(RateLimiterShard(limiter).allowance(for: "alice")) }
        var allowed = 0
        // Every loop asks 10,000 times a second, for ten seconds.
        for now in stride(from: 0 as UInt64, to: 10 * Self.second, by: 100_000) {
            for share in shares where share.take(now: now) == 0 { allowed += 1 }
        }
        #expect(allowed <= 100 + 10_000)
        #expect(allowed >= 10_000)
    }

    @Test func oneBusyLoopGetsWhatIdleOnesLeave() throws {
        limiter.set(RateLimit(rate: 1000), for: "alice", now: 0)
        let idle = try #require(RateLimiterShard(limiter).allowance(for: "alice"))
        let busy = try #require(RateLimiterShard(limiter).allowance(for: "alice"))
        #expect(idle.take(now: 0) == 0)
        var allowed = 0
        for now in stride(from: 0 as UInt64, to: 10 * Self.second, by: 100_000) where busy.take(now: now) == 0 {
            allowed += 1
        }
        #expect((10_900...11_000).contains(allowed))
    }

    @Test func saysWhenToAskAgain() throws {
        limiter.set(RateLimit(rate: 2, burst: 1), for: "alice", now: 0)
        let share = try #require(RateLimiterShard(limiter).allowance(for: "alice"))
        #expect(share.take(now: 0) == 0)
        #expect(share.take(now: 0) == Self.second / 2)
        #expect(share.take(now: Self.second / 2) == 0)
    }

    @Test func reloadReachesOpenSessions() throws {
        let shard = RateLimiterShard(limiter)
        #expect(shard.allowance(for: "alice") == nil)
        limiter.set(RateLimit(rate: 1), for: "alice", now: 0)
        let share = try #require(shard.allowance(for: "alice"))
        #expect(shard.allowance(for: "alice") === share)
        #expect(share.take(now: 0) == 0)
        #expect(share.take(now: 0) > 0)
        limiter.set(RateLimit(rate: 1000), for: "alice", now: 0)
        #expect(share.take(now: Self.second) == 0)
        limiter.retain(users: [])
        for _ in 0..<5000 { #expect(share.take(now: Self.second) == 0) }
        #expect(shard.allowance(for: "alice") == nil)
    }
}
