internal import Sockets

extension PoolShard {
    // MARK: Time

    func armTimer(now: UInt64) {
        let next = machine.nextTick(now: now, isAsking: isAsking)
        guard next < timerAt else { return }
        timerAt = next
        let timer = timer ?? makeTimer()
        timer.arm(at: next)
    }

    private func makeTimer() -> LoopTimer {
        let made = LoopTimer(loop: loop) { [weak self] in self?.assumeIsolated { $0.tick() } }
        timer = made
        return made
    }

    private func tick() {
        timerAt = .max
        let now = loop.nowNs
        let due = machine.ticked(now: now, keepIdle: keepIdle)
        counts.deadlines &+= UInt64(due.expired.count)
        fail(due.expired, with: .deadline(lastError))
        for waiter in due.noticed {
            guard let request = queued[waiter] else { continue }
            counts.notices &+= 1
            request.noticeDue = true
            request.wake()
        }
        for closing in due.closing { closeOut(closing.slot, closing.reason) }
        if !due.expired.isEmpty { queueChanged() }
        askAgain(now: now)
        if machine.reserveIsDue(now: now), ledger.acquire(.sizeAndReserve) { open() }
        upkeep(now: now)
    }

    /// After anything that may have left clients unserved or the pool below its floor.
    func upkeep(now: UInt64) {
        grow(now: now)
        askIfNeeded(now: now)
        replenish(now: now)
        armTimer(now: now)
    }

    /// This shard's part of the connections that may stay idle, by its part of those open.
    private var keepIdle: Int {
        let all = max(ledger.open, 1)
        return (machine.settings.keepIdle * machine.held + all - 1) / all
    }

    /// Each shard opens no more than its part, so that the first does not open all.
    private func replenish(now: UInt64) {
        let floor = machine.floor(now: now)
        let part = part(of: index, total: floor)
        while machine.held < part, ledger.acquire(.upTo(floor)) { open() }
    }

    /// Closes the connection that has been idle longest: somebody else needs its place.
    func shed() {
        guard machine.waiters.isEmpty, let slot = machine.spare() else { return }
        discard(slot, .surplus)
        armTimer(now: loop.nowNs)
    }

    // MARK: Warming up

    /// First use: every shard opens its part ahead of need.
    func start() {
        guard !isStarted else { return }
        let total = machine.settings.warmUp
        for shard in 0..<peers.count where shard != index {
            let part = part(of: shard, total: total)
            send(to: shard) { $0.warmUp(part) }
        }
        warmUp(part(of: index, total: total))
    }

    private func part(of shard: Int, total: Int) -> Int {
        total / peers.count + (shard < total % peers.count ? 1 : 0)
    }

    private func warmUp(_ part: Int) {
        guard !isStarted, machine.phase == .running else { return }
        isStarted = true
        machine.lastRequestAt = loop.nowNs
        let limit = machine.settings.warmUp
        while machine.held < part, ledger.acquire(.upTo(limit)) { open() }
    }

    // MARK: Orders from the control side

    func retireAll() {
        close(machine.retiredAll(), .retired)
        upkeep(now: loop.nowNs)
    }

    func pause() { close(machine.paused(), .stopped) }

    func resume() {
        machine.resumed()
        upkeep(now: loop.nowNs)
    }

    func drain() {
        close(machine.draining(), .stopped)
        endIfDrained()
    }

    /// Drains without serving those who wait; attempts under way are cancelled.
    func shutDown() {
        fail(machine.takeAllWaiters(), with: .draining)
        drain()
        for attempt in attempts.values { attempt.cancel() }
        queueChanged()
    }

    /// The last of a drained pool's shards to have nobody waiting, or the last to give a permit back, ends the pool.
    func endIfDrained() {
        guard machine.phase == .draining, machine.waiters.isEmpty else { return }
        if !isQuiet {
            isQuiet = true
            peers.wentQuiet()
        }
        if peers.areQuiet, ledger.isUnused { peers.dissolve() }
    }

    func observeWaits(_ observe: @escaping @Sendable (_ loop: Int, _ waited: UInt64) -> Void) {
        let index = index
        onWaited = { observe(index, $0) }
    }

    func reconfigure(_ settings: PoolSettings) {
        machine.settings = settings
        while ledger.isOverdrawn, let slot = machine.spare() { discard(slot, .surplus) }
        upkeep(now: loop.nowNs)
    }

    private func close(_ slots: [Int], _ reason: CloseReason) {
        for slot in slots { closeOut(slot, reason) }
    }

    func statistics() -> PoolStatistics {
        var statistics = counts
        statistics.clActive = machine.leased
        statistics.svActive = machine.leased
        statistics.clWaiting = machine.waiters.count
        statistics.svIdle = machine.idle.count
        statistics.svLogin = machine.connecting
        let oldest = machine.waiters.oldest
        statistics.maxWait = oldest < loop.nowNs ? loop.nowNs - oldest : 0
        statistics.isPaused = machine.phase == .paused
        statistics.isDraining = machine.phase == .draining
        return statistics
    }
}
