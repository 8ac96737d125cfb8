import Core
import Testing

@testable import Limits

@Suite struct LoginThrottleTests {
    static let second: UInt64 = 1_000_000_000
    let address = IPAddress(v4: 0x0a00_0001)

    private func throttle(capacity: Int = 1000) -> LoginThrottle {
        var settings = LoginThrottleSettings()
        settings.freeFailures = 2
        settings.firstDelay = Self.second
        settings.maximumDelay = 8 * Self.second
        settings.memory = 100 * Self.second
        settings.capacity = capacity
        return LoginThrottle(settings)
    }

    @Test func delaysGrowToTheMaximumAndEndWithSuccess() {
        let throttle = throttle()
        var now: UInt64 = 0
        var delays: [UInt64] = []
        for _ in 0..<9 {
            let delay = throttle.attempt(user: "alice", address: address, now: now)
            delays.append(delay / Self.second)
            now += delay
            throttle.failed(user: "alice", address: address, now: now)
        }
        #expect(delays == [0, 0, 0, 1, 2, 4, 8, 8, 8])
        throttle.succeeded(user: "alice", address: address)
        #expect(throttle.attempt(user: "alice", address: address, now: now) == 0)
        #expect(throttle.count == 0)
    }

    @Test func parallelAttemptsQueueUp() {
        let throttle = throttle()
        for _ in 0..<3 { throttle.failed(user: "alice", address: address, now: 0) }
        let delays = (0..<4).map { _ in throttle.attempt(user: "alice", address: address, now: 0) / Self.second }
        #expect(delays == [1, 2, 3, 4])
    }

    @Test func othersAreNotAffected() {
        let throttle = throttle()
        for _ in 0..<10 { throttle.failed(user: "alice", address: address, now: 0) }
        #expect(throttle.attempt(user: "bob", address: address, now: 0) == 0)
        #expect(throttle.attempt(user: "alice", address: IPAddress(v4: 1), now: 0) == 0)
        #expect(throttle.attempt(user: "alice", address: nil, now: 0) == 0)
    }

    @Test func forgetsWithTime() {
        let throttle = throttle()
        for _ in 0..<10 { throttle.failed(user: "alice", address: address, now: 0) }
        #expect(throttle.attempt(user: "alice", address: address, now: 99 * Self.second) == 0)
        throttle.failed(user: "alice", address: address, now: 99 * Self.second)
        #expect(throttle.attempt(user: "alice", address: address, now: 99 * Self.second) > 0)
        #expect(throttle.attempt(user: "alice", address: address, now: 200 * Self.second) == 0)
    }

    @Test func memoryIsBoundedAndTheActiveAreKept() {
        let throttle = throttle(capacity: 1000)
        for _ in 0..<5 { throttle.failed(user: "alice", address: address, now: 0) }
        for index in 0..<10_000 {
            throttle.failed(user: "guess\(index)", address: address, now: 1)
            if index % 100 == 0 { throttle.failed(user: "alice", address: address, now: 1) }
            #expect(throttle.count <= 1000)
        }
        #expect(throttle.attempt(user: "alice", address: address, now: 1) > 0)
    }
}
