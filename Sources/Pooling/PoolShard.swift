public import Sockets
internal import Synchronization

/// One loop's part of a pool: lends connections to the sessions of its loop.
///
/// Confined to its loop, like the sessions that call it: a plain class with synchronous calls, so that leasing inside a
/// session's synchronous turn needs no `await`. Other threads reach it through `Pool` alone, which hops.
///
/// With no clients waiting anywhere, `request` and `release` take no lock and read one word that others may write.
public final class PoolShard<Connection: PooledConnection>: @unchecked Sendable {
    // Confined to `loop`: every entry asserts it, and what crosses loops goes through `execute` or the ledger.
    //
    // `exclusivity(unchecked)`: the run-time check was 70 % of a lease's cost (200 ns, 50 without). It can't fail here:
    // one thread, and no access to `machine` runs foreign code while it lasts; the question about the ledger it is
    // given touches nothing of the shard.

    /// Opens one connection, logged in and ready, or fails within its own timeout. Runs in a task on the loop.
    public typealias Connector = @Sendable (EventLoop) async throws(PoolConnectError) -> Connection

    public let loop: EventLoop
    /// Told how long each queued lease waited, ns; those granted at once are `leases - waits` of the statistics.
    public var onWaited: ((UInt64) -> Void)?

    let index: Int
    let ledger: PoolLedger
    let connect: Connector
    @exclusivity(unchecked) var machine: PoolMachine
    @exclusivity(unchecked) var counts = PoolStatistics()
    /// By slot.
    @exclusivity(unchecked) var connections: [Connection?] = []
    var attempts: [Int: Task<Void, Never>] = [:]
    /// By waiter.
    @exclusivity(unchecked) var queued: [LeaseRequest<Connection>?] = []
    var lastError: PoolConnectError?
    /// All shards of the pool by index, this one too; empty once the pool is closed.
    var siblings: [PoolShard] = []
    var timer: LoopTimer?
    @exclusivity(unchecked) var timerAt = UInt64.max
    @exclusivity(unchecked) var isStarted = false

    // Asking other shards; see PoolShard+Asking.
    @exclusivity(unchecked) var isAsking = false
    @exclusivity(unchecked) var published = 0
    var isTokenOut = false
    var isTokenStale = false

    init(loop: EventLoop, index: Int, settings: PoolSettings, ledger: PoolLedger, connect: @escaping Connector) {
        self.loop = loop
        self.index = index
        self.ledger = ledger
        self.connect = connect
        let seed = UInt64(UInt(bitPattern: ObjectIdentifier(ledger).hashValue)) &+ UInt64(index)
        machine = PoolMachine(settings: settings, seed: seed)
        timer = LoopTimer(loop: loop) { [weak self] in self?.tick() }
    }

    // MARK: Sessions

    /// Asks for a connection.
    /// - Returns: true when `request.connection` is set; false when the request is queued, or has failed at once
    ///   (`request.phase` says which). The end of a queued request is announced by its `wake`.
    public func request(_ request: LeaseRequest<Connection>) -> Bool {
        loop.assertOnLoop()
        precondition(request.waiter < 0 && request.connection == nil, "one request, one lease")
        let now = loop.nowNs
        while true {
            let action = machine.requested(
                fingerprint: request.fingerprint, lastSlot: request.lastSlot, deadline: request.deadline, now: now,
                isHopeless: { ledger.isHopeless })
            switch action {
            case .grant(let slot):
                guard let connection = connections[slot], connection.isUsable else {
                    discard(slot, .broken)
                    continue
                }
                publishIdle()
                counts.leases &+= 1
                request.grant(connection, slot: slot, waited: 0)
                return true
            case .queued(let waiter):
                enqueue(request, waiter, now: now)
            case .refused:
                request.fail(refusal)
            }
            return false
        }
    }

    /// Gives a connection back.
    /// - Parameter reusable: false when its session could not be proven clean; it is closed then.
    public func release(_ connection: Connection, reusable: Bool) {
        loop.assertOnLoop()
        offer(connection, slot: connection.poolSlot, reusable: reusable)
    }

    /// The client has gone or changed its mind; whatever the request had got goes back.
    public func cancel(_ request: LeaseRequest<Connection>) {
        loop.assertOnLoop()
        if request.waiter >= 0 {
            machine.cancelled(waiter: request.waiter)
            queued[request.waiter] = nil
            request.waiter = -1
            queueChanged()
        }
        let granted = request.connection
        request.connection = nil
        request.phase = .idle
        if let granted { release(granted, reusable: true) }
    }

    /// The connection saw its server hang up. Idle it is closed now, lent at its release.
    public func connectionDied(_ connection: Connection) {
        loop.assertOnLoop()
        let slot = connection.poolSlot
        guard connections.indices.contains(slot), connections[slot] === connection else { return }
        guard machine.died(slot: slot) else { return }
        discard(slot, .broken)
        upkeep(now: loop.nowNs)
    }

    private var refusal: LeaseFailure {
        if machine.phase != .draining, let lastError { return .connect(lastError) }
        return .draining
    }

    private func enqueue(_ request: LeaseRequest<Connection>, _ waiter: Int, now: UInt64) {
        request.phase = .queued
        request.waiter = waiter
        while queued.count <= waiter { queued.append(nil) }
        queued[waiter] = request
        start()
        grow(now: now)
        askIfNeeded(now: now)
        armTimer(now: now)
    }

    // MARK: Connections

    /// A connection is free: just released, opened, or come from another loop.
    func offer(_ connection: Connection, slot: Int, reusable: Bool) {
        let now = loop.nowNs
        let action = machine.released(
            slot: slot, reusable: reusable && connection.isUsable, fingerprint: connection.stateFingerprint,
            othersWait: ledger.needsAttention(isAsking: isAsking), now: now)
        switch action {
        case .settled(let settlement):
            settle(settlement, connection, slot: slot, now: now)
        case .askOthers:
            if !serveOthers(connection, slot: slot, now: now) {
                settle(machine.settled(slot: slot, now: now), connection, slot: slot, now: now)
            }
        case .close(let reason):
            discard(slot, reason)
            upkeep(now: now)
        }
    }

    private func settle(_ settlement: PoolMachine.Settlement, _ connection: Connection, slot: Int, now: UInt64) {
        switch settlement {
        case .parked:
            publishIdle()
        case .granted(let waiter, let enqueuedAt):
            guard let request = queued[waiter] else { preconditionFailure("a waiter without a request") }
            queued[waiter] = nil
            let waited = now &- min(enqueuedAt, now)
            counts.leases &+= 1
            counts.waits &+= 1
            counts.waitTime &+= waited
            request.grant(connection, slot: slot, waited: waited)
            queueChanged()
            onWaited?(waited)
            request.wake()
        }
    }

    /// Closes a connection and passes its permit on. `upkeep` should follow.
    func discard(_ slot: Int, _ reason: CloseReason) {
        machine.gone(slot: slot)
        closeOut(slot, reason)
    }

    /// The part of `discard` that is left when the machine has freed the slot itself.
    func closeOut(_ slot: Int, _ reason: CloseReason) {
        guard let connection = connections[slot] else { return }
        connections[slot] = nil
        connection.poolSlot = -1
        connection.close()
        counts.closed[reason.rawValue] &+= 1
        ledger.countLive(-1)
        publishIdle()
        returnPermit()
    }

    func returnPermit() {
        publishHeld()
        if let heir = ledger.giveBack(from: index) { send(to: heir) { $0.permitArrived() } }
    }

    // MARK: Opening

    /// Opens what the waiting clients need, as far as the pool's size allows.
    func grow(now: UInt64) {
        let size = machine.settings.size
        while machine.shortfall(now: now) > 0, ledger.open < size, ledger.acquire(.size) { open() }
    }

    /// Opens one connection; its permit is had.
    func open() {
        let slot = machine.opening()
        while connections.count <= slot { connections.append(nil) }
        publishHeld()
        let loop = loop
        let connect = connect
        attempts[slot] = Task(executorPreference: loop) {
            do throws(PoolConnectError) {
                let connection = try await connect(loop)
                self.opened(slot, connection)
            } catch {
                self.openFailed(slot, error)
            }
        }
    }

    private func opened(_ slot: Int, _ connection: Connection) {
        loop.assertOnLoop()
        attempts[slot] = nil
        machine.opened(slot: slot, now: loop.nowNs)
        connections[slot] = connection
        connection.poolSlot = slot
        counts.opened &+= 1
        lastError = nil
        ledger.countLive(1)
        queueChanged()
        offer(connection, slot: slot, reusable: true)
        upkeep(now: loop.nowNs)
    }

    private func openFailed(_ slot: Int, _ error: PoolConnectError) {
        loop.assertOnLoop()
        attempts[slot] = nil
        let now = loop.nowNs
        lastError = error
        counts.openFailures &+= 1
        let action = machine.openFailed(
            slot: slot, rejected: error.kind == .rejected, isHopeless: ledger.isHopeless, now: now)
        returnPermit()
        if case .failWaiters = action { fail(machine.takeAllWaiters(), with: .connect(error)) }
        queueChanged()
        upkeep(now: now)
    }

    func fail(_ waiters: [Int], with failure: LeaseFailure) {
        for waiter in waiters {
            guard let request = queued[waiter] else { continue }
            queued[waiter] = nil
            request.fail(failure)
            request.wake()
        }
    }
}
