import Testing

@testable import Pooling

private let ms: UInt64 = 1_000_000
private let s: UInt64 = 1_000_000_000

/// Drives one machine by events with a clock in hand.
private func machine(_ settings: PoolSettings = PoolSettings(warmUpPercent: 0)) -> PoolMachine {
    PoolMachine(settings: settings, seed: 7)
}

extension PoolMachine {
    fileprivate mutating func ask(
        at now: UInt64, fingerprint: UInt64 = 0, last: Int = -1, hopeless: Bool = false
    ) -> RequestAction {
        requested(fingerprint: fingerprint, lastSlot: last, deadline: 0, now: now, isHopeless: { hopeless })
    }

    fileprivate mutating func give(
        _ slot: Int, at now: UInt64, fingerprint: UInt64 = 0, reusable: Bool = true, others: Bool = false
    ) -> ReleaseAction {
        released(slot: slot, reusable: reusable, fingerprint: fingerprint, othersWait: others, now: now)
    }

    /// Opens a connection and gives it to whoever waits.
    fileprivate mutating func connect(at now: UInt64, fingerprint: UInt64 = 0) -> (slot: Int, action: ReleaseAction) {
        let slot = opening()
        opened(slot: slot, now: now)
        return (slot, give(slot, at: now, fingerprint: fingerprint))
    }
}

@Suite struct PoolMachineTests {
    @Test func opensForTheFirstClientAndKeepsTheConnection() {
        var pool = machine()
        same(pool.ask(at: 1), .queued(waiter: 0))
        same(pool.shortfall(now: 1), 1)
        let slot = pool.opening()
        same(pool.shortfall(now: 1), 0)
        pool.opened(slot: slot, now: 5)
        same(pool.give(slot, at: 5), .settled(.granted(waiter: 0, enqueuedAt: 1)))
        same(pool.leased, 1)
        same(pool.give(slot, at: 6), .settled(.parked))
        same(pool.ask(at: 7), .grant(slot: slot))
        same(pool.held, 1)
    }

    @Test func servesWaitersInOrder() {
        var pool = machine()
        let slot = pool.connect(at: 1).slot
        same(pool.ask(at: 2), .grant(slot: slot))
        same(pool.ask(at: 3), .queued(waiter: 0))
        same(pool.ask(at: 4), .queued(waiter: 1))
        pool.cancelled(waiter: 0)
        same(pool.ask(at: 5), .queued(waiter: 0))
        same(pool.give(slot, at: 6), .settled(.granted(waiter: 1, enqueuedAt: 4)))
        same(pool.give(slot, at: 7), .settled(.granted(waiter: 0, enqueuedAt: 5)))
    }

    @Test func lendsTheLastUsedFirst() {
        var pool = machine()
        let first = pool.connect(at: 1).slot
        let second = pool.connect(at: 2).slot
        same(pool.ask(at: 3), .grant(slot: second))
        same(pool.ask(at: 3), .grant(slot: first))
    }

    @Test func prefersAConnectionWithTheClientsState() {
        var pool = machine()
        let plain = pool.connect(at: 1, fingerprint: 1).slot
        let own = pool.connect(at: 1, fingerprint: 9).slot
        let alike = pool.connect(at: 1, fingerprint: 9).slot
        let other = pool.connect(at: 1, fingerprint: 2).slot
        same(pool.ask(at: 2, fingerprint: 9, last: own), .grant(slot: own))
        same(pool.ask(at: 2, fingerprint: 9, last: other), .grant(slot: alike))
        same(pool.ask(at: 2, fingerprint: 5, last: plain), .grant(slot: plain))
        same(pool.ask(at: 2, fingerprint: 5), .grant(slot: other))
    }

    @Test func growsByHalfUntilSomebodyHasWaited() {
        var pool = machine()
        for _ in 0..<8 { _ = pool.ask(at: 100) }
        same(pool.shortfall(now: 100), 4)
        same(pool.shortfall(now: 100 + PoolMachine.patience), 8)
    }

    @Test func closesWhatIsNotReusableExpiredOrRetired() {
        var pool = machine(PoolSettings(warmUpPercent: 0, lifetime: 10 * s, lifetimeJitterPercent: 0))
        let dirty = pool.connect(at: 0).slot
        _ = pool.ask(at: 1)
        same(pool.give(dirty, at: 2, reusable: false), .close(.broken))
        pool.gone(slot: dirty)
        let old = pool.connect(at: 0).slot
        _ = pool.ask(at: 1)
        same(pool.give(old, at: 10 * s), .close(.expired))
        pool.gone(slot: old)
        let stale = pool.connect(at: 0).slot
        _ = pool.ask(at: 1)
        let idle = pool.connect(at: 0).slot
        same(pool.retiredAll(), [idle])
        same(pool.give(stale, at: 2), .close(.retired))
        pool.gone(slot: stale)
        same(pool.held, 0)
    }

    @Test func anAttemptBegunBeforeRetiringIsRetiredToo() {
        var pool = machine()
        let slot = pool.opening()
        same(pool.retiredAll(), [])
        pool.opened(slot: slot, now: 1)
        same(pool.give(slot, at: 1), .close(.retired))
    }

    @Test func livesAreSpreadOverTheJitter() {
        var pool = machine(PoolSettings(warmUpPercent: 0, lifetime: 100 * s, lifetimeJitterPercent: 20))
        for _ in 0..<50 { _ = pool.connect(at: 0) }
        let ends = pool.slots.map(\.retireAt)
        #expect(ends.allSatisfy { (80 * s...100 * s).contains($0) })
        #expect(Set(ends).count == 50)
    }

    @Test func aDeadIdleConnectionIsClosedALentOneAtRelease() {
        var pool = machine()
        let slot = pool.connect(at: 1).slot
        same(pool.died(slot: slot), true)
        _ = pool.ask(at: 1)
        let isIdle = pool.died(slot: slot)
        #expect(!isIdle)
        same(pool.give(slot, at: 2), .close(.broken))
    }

    @Test func deadlinesAndNotices() {
        var pool = machine(PoolSettings(warmUpPercent: 0, queueTimeout: 30 * s, noticeAfter: 5 * s))
        _ = pool.ask(at: 0)
        _ = pool.ask(at: 1 * s)
        same(pool.nextTick(now: 1, isAsking: false), PoolMachine.patience)
        same(pool.nextTick(now: 1 * s, isAsking: false), 5 * s)
        same(pool.ticked(now: 5 * s, keepIdle: 0), PoolMachine.Due(noticed: [0]))
        same(pool.nextTick(now: 5 * s, isAsking: false), 6 * s)
        same(pool.ticked(now: 6 * s, keepIdle: 0), PoolMachine.Due(noticed: [1]))
        same(pool.ticked(now: 30 * s, keepIdle: 0), PoolMachine.Due(expired: [0]))
        same(pool.ticked(now: 31 * s, keepIdle: 0), PoolMachine.Due(expired: [1]))
        same(pool.waiters.isEmpty, true)
    }

    @Test func idleBeyondTheShareGoesAfterItsTime() {
        let settings = PoolSettings(warmUpPercent: 0, lifetime: 0, idleTimeout: 60 * s)
        var pool = machine(settings)
        let slots = (0..<5).map { _ in pool.connect(at: 0).slot }
        same(pool.ticked(now: 59 * s, keepIdle: 3).closing, [])
        let due = pool.ticked(now: 80 * s, keepIdle: 3)
        #expect(due.closing == slots[..<2].map { PoolMachine.Closing(slot: $0, reason: .idle) })
        same(pool.held, 3)
        same(pool.ticked(now: 1000 * s, keepIdle: 3).closing, [])
    }

    @Test func failsClientsOnlyWhenNothingIsOpen() {
        var pool = machine(PoolSettings(warmUpPercent: 0, failFastAfter: 2))
        _ = pool.ask(at: 0)
        same(pool.openFailed(slot: pool.opening(), rejected: false, isHopeless: true, now: 0), .retryLater)
        same(pool.shortfall(now: 1), 0)
        let retry = pool.nextTick(now: 1 * ms, isAsking: true)
        #expect((1 * ms...50 * ms).contains(retry))
        same(pool.shortfall(now: 50 * ms), 1)
        same(pool.openFailed(slot: pool.opening(), rejected: false, isHopeless: false, now: 50 * ms), .retryLater)
        same(pool.shortfall(now: 200 * ms), 1)
        same(pool.openFailed(slot: pool.opening(), rejected: false, isHopeless: true, now: 200 * ms), .failWaiters)
        same(pool.takeAllWaiters(), [0])
        same(pool.ask(at: 201 * ms, hopeless: true), .refused)
        same(pool.ask(at: 202 * ms, hopeless: false), .queued(waiter: 0))
        same(pool.ask(at: 2 * s, hopeless: true), .queued(waiter: 1))
    }

    @Test func aRejectionIsHandedOnAtOnceAndForgottenAfterSuccess() {
        var pool = machine()
        _ = pool.ask(at: 0)
        same(pool.openFailed(slot: pool.opening(), rejected: true, isHopeless: true, now: 0), .failWaiters)
        _ = pool.connect(at: 1)
        same(pool.hasGivenUp, false)
        same(pool.failures, 0)
    }

    @Test func reserveIsDueAfterItsTimeAndNotAllTheTime() {
        var pool = machine(PoolSettings(size: 1, reserve: 1, reserveTimeout: 3 * s, warmUpPercent: 0))
        let slot = pool.connect(at: 0).slot
        same(pool.ask(at: 0), .grant(slot: slot))
        _ = pool.ask(at: 0)
        var due = pool.reserveIsDue(now: 2 * s)
        #expect(!due)
        due = pool.reserveIsDue(now: 3 * s)
        #expect(due)
        due = pool.reserveIsDue(now: 3 * s + 1)
        #expect(!due)
    }

    @Test func pausedLendsNothingAndDrainingServesTheQueue() {
        var pool = machine()
        let slot = pool.connect(at: 0).slot
        let idle = pool.connect(at: 0).slot
        same(pool.ask(at: 1), .grant(slot: idle))
        same(pool.paused(), [slot])
        same(pool.ask(at: 2), .queued(waiter: 0))
        same(pool.shortfall(now: 3), 0)
        same(pool.give(idle, at: 3), .close(.stopped))
        pool.gone(slot: idle)
        pool.resumed()
        same(pool.shortfall(now: 4), 1)
        let next = pool.opening()
        pool.opened(slot: next, now: 5)
        same(pool.draining(), [])
        same(pool.ask(at: 6), .refused)
        same(pool.give(next, at: 6), .settled(.granted(waiter: 0, enqueuedAt: 2)))
        same(pool.give(next, at: 7), .close(.stopped))
    }

    @Test func asksOthersOnlyWhenStarving() {
        var pool = machine()
        _ = pool.ask(at: 100)
        same(pool.isStarving(now: 100), true)
        let slot = pool.opening()
        same(pool.isStarving(now: 100 + ms), false)
        pool.opened(slot: slot, now: 200)
        _ = pool.settled(slot: slot, now: 200)
        _ = pool.ask(at: 300)
        same(pool.isStarving(now: 300), false)
        same(pool.isStarving(now: 300 + PoolMachine.patience), true)
    }

    @Test func handsOverToClearlyLongerWaits() {
        var pool = machine()
        same(pool.shouldHandOver(remoteOldest: 100, remoteHoldsNone: false, now: 100), true)
        _ = pool.ask(at: 0)
        _ = pool.ask(at: 0)
        same(pool.shouldHandOver(remoteOldest: 0, remoteHoldsNone: true, now: 10 * ms), false)
        let now = 20 * ms
        pool = machine()
        _ = pool.ask(at: 10 * ms)
        same(pool.shouldHandOver(remoteOldest: 7 * ms, remoteHoldsNone: true, now: now), true)
        same(pool.shouldHandOver(remoteOldest: 8 * ms, remoteHoldsNone: true, now: now), false)
        same(pool.shouldHandOver(remoteOldest: 7 * ms + 400_000, remoteHoldsNone: false, now: now), false)
        same(pool.shouldHandOver(remoteOldest: 6 * ms, remoteHoldsNone: false, now: now), true)
        let given = pool.opening()
        pool.opened(slot: given, now: now)
        pool.handedOver(slot: given, now: now)
        same(pool.shouldHandOver(remoteOldest: 4 * ms, remoteHoldsNone: false, now: now + ms), false)
        same(pool.shouldHandOver(remoteOldest: 6 * ms, remoteHoldsNone: true, now: now + ms), true)
        same(pool.shouldHandOver(remoteOldest: 4 * ms, remoteHoldsNone: false, now: now + 5 * ms), true)
    }

    @Test func asksOthersAtReleaseWhenToldSo() {
        var pool = machine()
        let slot = pool.connect(at: 0).slot
        _ = pool.ask(at: 1)
        same(pool.give(slot, at: 2, others: true), .askOthers)
        same(pool.settled(slot: slot, now: 2), .parked)
        same(pool.spare(), slot)
    }

    @Test func floorFollowsUse() {
        var pool = machine(PoolSettings(size: 20, minSize: 1, warmUpPercent: 30, lifetime: 180 * s))
        same(pool.floor(now: 1), 1)
        _ = pool.ask(at: 1 * s)
        same(pool.floor(now: 100 * s), 6)
        same(pool.floor(now: 200 * s), 1)
    }

    /// The server has all the connections it may have: clients go on waiting, and nothing is opened ahead of need.
    @Test func aDeferredAttemptIsMadeAgainForThoseWhoWaitOnly() {
        var pool = machine(PoolSettings(size: 10, warmUpPercent: 50, failFastAfter: 1))
        same(pool.ask(at: 1 * s, hopeless: true), .queued(waiter: 0))
        pool.openDeferred(slot: pool.opening(), now: 1 * s)
        same(pool.shortfall(now: 1 * s), 0)
        same(pool.ask(at: 1 * s, hopeless: true), .queued(waiter: 1))
        same(pool.shortfall(now: 1 * s + 50 * ms), 2)
        same(pool.floor(now: 1 * s + 50 * ms), 0)
        let first = pool.opening()
        pool.opened(slot: first, now: 2 * s)
        same(pool.floor(now: 2 * s), 5)
    }
}
