extension PoolMachine {
    enum FailureAction: Equatable {
        /// Somebody may still be served: a connection is open, or the next attempt may succeed.
        case retryLater
        /// Nothing is open, and this is what the clients are to hear.
        case failWaiters
    }

    /// What a timer brought. Arrays, because timers are rare and lists short.
    struct Due: Equatable {
        var expired: [Int] = []
        var noticed: [Int] = []
        var closing: [Closing] = []
    }

    struct Closing: Equatable {
        var slot: Int
        var reason: CloseReason
    }

    /// A client that waits longer is worth another connection, or one from another loop (which costs about 10 µs).
    static let patience: UInt64 = 500_000

    /// Between connections given to shards that have some, while own clients wait.
    static let handOverPause: UInt64 = 5_000_000

    /// How often a shard that asks looks again by itself, should a chance have passed it by.
    static let askAgainAfter: UInt64 = 10_000_000

    /// Attempts have failed so often that clients need not wait for the next.
    var hasGivenUp: Bool { rejected || failures >= settings.failFastAfter }

    // MARK: Growing

    /// Connections that should be opened for those who wait, permits allowing.
    ///
    /// Half as many as clients wait, so that a burst of short transactions does not open the whole pool; for all of
    /// them once the first has waited for `patience`; one at a time while attempts fail.
    func shortfall(now: UInt64) -> Int {
        guard !waiters.isEmpty, phase != .paused, now >= retryAt else { return 0 }
        if failures > 0 { return max(0, 1 - connecting) }
        let wanted = isImpatient(now: now) ? waiters.count : max(1, waiters.count / 2)
        return max(0, wanted - connecting)
    }

    func isImpatient(now: UInt64) -> Bool {
        guard !waiters.isEmpty else { return false }
        let oldest = waiters.oldest
        return now >= oldest && now - oldest >= Self.patience
    }

    /// Whether the shard should ask the others: its clients wait and it has nothing to serve them with, or not soon.
    func isStarving(now: UInt64) -> Bool {
        guard waiters.count > connecting, phase != .paused else { return false }
        return held == 0 || isImpatient(now: now)
    }

    /// Whether a connection beyond the pool's size may be asked for; at most every 100 ms.
    mutating func reserveIsDue(now: UInt64) -> Bool {
        guard settings.reserve > 0, phase != .paused, now >= retryAt, connecting < waiters.count else { return false }
        guard now >= reserveAt else { return false }
        lastReserveAt = now
        return true
    }

    private var reserveAt: UInt64 {
        guard settings.reserve > 0, !waiters.isEmpty else { return .max }
        return max(waiters.oldest &+ settings.reserveTimeout, lastReserveAt &+ 100_000_000)
    }

    /// Connections, process-wide, that are to be kept open although nobody waits.
    func floor(now: UInt64) -> Int {
        guard phase == .running, now >= retryAt, !isCrowded else { return 0 }
        let recently = settings.lifetime == 0 || lastRequestAt &+ settings.lifetime >= now
        return lastRequestAt != 0 && recently ? settings.warmUp : settings.minSize
    }

    // MARK: Connecting fails

    /// No attempt was made: the server has all the connections it may have.
    mutating func openDeferred(slot: Int, now: UInt64) {
        gone(slot: slot)
        isCrowded = true
        retryAt = now &+ settings.retryFirst
    }

    /// - Parameter isHopeless: no connection is open in any shard.
    mutating func openFailed(slot: Int, rejected isRejected: Bool, isHopeless: Bool, now: UInt64) -> FailureAction {
        gone(slot: slot)
        failures += 1
        rejected = isRejected
        let doubled = settings.retryFirst << UInt64(min(failures - 1, 16))
        let pause = min(doubled, settings.retryMost)
        retryAt = now &+ pause - nextRandom() % (pause / 4)
        return isHopeless && hasGivenUp ? .failWaiters : .retryLater
    }

    /// Everybody out: for a failure that is theirs too, or the end of the pool.
    mutating func takeAllWaiters() -> [Int] {
        var all: [Int] = []
        while let (waiter, _) = waiters.popFirst() { all.append(waiter) }
        waitersDueAt = .max
        return all
    }

    // MARK: Time

    /// - Parameter keepIdle: how many idle connections this shard may keep; what is beyond goes when idle for too long.
    mutating func ticked(now: UInt64, keepIdle: Int) -> Due {
        var due = Due()
        if now >= waitersDueAt {
            let collected = waiters.collectDue(now: now)
            due.expired = collected.expired
            due.noticed = collected.noticed
            waitersDueAt = collected.next
        }
        if now >= sweepAt { sweep(now: now, keepIdle: keepIdle, into: &due) }
        return due
    }

    private mutating func sweep(now: UInt64, keepIdle: Int, into due: inout Due) {
        var kept: [Int] = []
        var excess = idle.count - keepIdle
        var next = UInt64.max
        for slot in idle {
            let entry = slots[slot]
            if now >= entry.retireAt {
                due.closing.append(Closing(slot: slot, reason: .expired))
                excess -= 1
            } else if excess > 0, settings.idleTimeout > 0, now >= entry.idleSince &+ settings.idleTimeout {
                due.closing.append(Closing(slot: slot, reason: .idle))
                excess -= 1
            } else {
                kept.append(slot)
                next = min(next, entry.retireAt)
            }
        }
        free(due.closing)
        idle = kept
        sweepAt = held == 0 ? .max : min(next, now &+ sweepInterval)
    }

    /// Takes slots that left the idle list out of the books.
    private mutating func free(_ closings: [Closing]) {
        for closing in closings { gone(slot: closing.slot) }
    }

    /// When `ticked` is due, `UInt64.max` for never.
    func nextTick(now: UInt64, isAsking: Bool) -> UInt64 {
        var next = min(sweepAt, waitersDueAt)
        if retryAt > now { next = min(next, retryAt) }
        guard !waiters.isEmpty, phase != .paused else { return next }
        if isAsking { return min(next, reserveAt, now &+ Self.askAgainAfter) }
        let impatientAt = waiters.oldest &+ Self.patience
        if impatientAt > now { next = min(next, impatientAt) }
        return min(next, reserveAt)
    }

    // MARK: Orders

    /// Retires every connection opened before now: idle ones at once, lent ones at their release.
    mutating func retiredAll() -> [Int] {
        epoch &+= 1
        return emptyIdle()
    }

    mutating func paused() -> [Int] {
        if phase == .running { phase = .paused }
        return emptyIdle()
    }

    mutating func resumed() {
        if phase == .paused { phase = .running }
    }

    mutating func draining() -> [Int] {
        phase = .draining
        return waiters.isEmpty ? emptyIdle() : []
    }

    private mutating func emptyIdle() -> [Int] {
        let all = idle
        for slot in all { gone(slot: slot) }
        return all
    }

    /// Whether to give a connection to another shard rather than to the own queue.
    ///
    /// A hand-over costs both loops time, so the other's first client must have waited clearly longer: by a quarter
    /// when that shard has nothing at all, else by a quarter and 0.5 ms, and then one each 5 ms at most, so that two
    /// busy loops of which one was held up for a moment do not toss connections to and fro.
    func shouldHandOver(remoteOldest: UInt64, remoteHoldsNone: Bool, now: UInt64) -> Bool {
        guard !waiters.isEmpty else { return true }
        let local = now &- min(waiters.oldest, now)
        let remote = now &- min(remoteOldest, now)
        if remoteHoldsNone { return remote > local &+ local / 4 }
        guard now >= handedOverAt &+ Self.handOverPause else { return false }
        return remote > local &+ local / 4 &+ Self.patience
    }

    /// A connection left for another shard.
    mutating func handedOver(slot: Int, now: UInt64) {
        if !waiters.isEmpty { handedOverAt = now }
        gone(slot: slot)
    }
}
