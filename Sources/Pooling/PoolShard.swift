public import Sockets
internal import Synchronization

/// One loop's part of a pool: lends connections to the sessions of its loop.
///
/// An actor of its loop. The calls of sessions are synchronous, so that leasing inside a session's synchronous turn
/// needs no `await`: they are on the loop already, and each call makes sure of that. Others reach it through `Pool`.
///
/// With no clients waiting anywhere, `request` and `release` take no lock and read one word that others may write.
public actor PoolShard<Connection: PooledConnection> {
    // `exclusivity(unchecked)`: the run-time check was 70 % of a lease's cost (200 ns, 50 without). It can't fail here:
    // one thread, and no access to `machine` runs foreign code while it lasts; the question about the ledger it is
    // given touches nothing of the shard.

    /// Opens one connection, logged in and ready, or fails within its own timeout. Runs isolated to the loop.
    public typealias Connector = @Sendable (EventLoop) async throws(PoolConnectError) -> Connection

    public nonisolated let loop: EventLoop
    @inlinable
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    /// Told how long each queued lease waited, ns; those granted at once are `leases - waits` of the statistics.
    var onWaited: ((UInt64) -> Void)?

    let index: Int
    let ledger: PoolLedger
    let connect: Connector
    let peers: PoolPeers<Connection>
    @exclusivity(unchecked) var machine: PoolMachine
    @exclusivity(unchecked) var counts = PoolStatistics()
    /// By slot.
    @exclusivity(unchecked) var connections: [Connection?] = []
    var attempts: [Int: Task<Void, Never>] = [:]
    /// By waiter.
    @exclusivity(unchecked) var queued: [LeaseRequest<Connection>?] = []
    var lastError: PoolConnectError?
    var timer: LoopTimer?
    @exclusivity(unchecked) var timerAt = UInt64.max
    @exclusivity(unchecked) var isStarted = false

    // Asking other shards; see PoolShard+Asking.
    @exclusivity(unchecked) var isAsking = false
    @exclusivity(unchecked) var published = 0
    var isTokenOut = false
    var isTokenStale = false
    /// Drains, with nobody waiting: told to the peers.
    var isQuiet = false

    init(
        loop: EventLoop, index: Int, settings: PoolSettings, ledger: PoolLedger, peers: PoolPeers<Connection>,
        isPaused: Bool, connect: @escaping Connector
    ) {
        self.loop = loop
        self.index = index
        self.ledger = ledger
        self.peers = peers
        self.connect = connect
        let seed = UInt64(UInt(bitPattern: ObjectIdentifier(ledger).hashValue)) &+ UInt64(index)
        machine = PoolMachine(settings: settings, seed: seed, phase: isPaused ? .paused : .running)
    }

    // MARK: Connections

    /// A connection is free: just released, opened, or come from another loop.
    @usableFromInline
    final func offer(_ connection: Connection, slot: Int, reusable: Bool) {
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
        if let heir = ledger.giveBack(from: index) {
            send(to: heir) { $0.permitArrived() }
        } else {
            endIfDrained()
        }
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
        attempts[slot] = Task(executorPreference: loop) { await self.attempt(slot) }
    }

    private func attempt(_ slot: Int) async {
        do throws(PoolConnectError) {
            opened(slot, try await connect(loop))
        } catch {
            openFailed(slot, error)
        }
    }

    private func opened(_ slot: Int, _ connection: Connection) {
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
        attempts[slot] = nil
        let now = loop.nowNs
        lastError = error
        if error.kind == .full {
            machine.openDeferred(slot: slot, now: now)
            returnPermit()
            queueChanged()
            return upkeep(now: now)
        }
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
