public import Sockets

/// The calls of sessions: synchronous, and on the shard's loop, which each call makes sure of in release builds too.
///
/// They are inlined into their callers, where `Connection` is known: for an unknown type the runtime would look up what
/// it is each time, which costs more than the lease.
extension PoolShard {
    /// Goes in: `assumeIsolated` for code that captures nothing.
    ///
    /// The standard one makes two objects of its closure and asks the runtime twice where it runs, 70 ns in all. This
    /// asks the loop for the thread. The cast is the standard one's too: isolation is no part of how a synchronous
    /// function is called.
    @inlinable @inline(__always)
    nonisolated func enter<Argument, Result>(
        _ argument: Argument, _ body: @escaping (isolated PoolShard, Argument) -> Result
    ) -> Result {
        loop.checkIsolated()
        return unsafeBitCast(body, to: ((PoolShard, Argument) -> Result).self)(self, argument)
    }

    /// Asks for a connection.
    /// - Returns: true when `request.connection` is set; false when the request is queued, or has failed at once
    ///   (`request.phase` says which). The end of a queued request is announced by its `wake`.
    @inlinable @inline(__always)
    public nonisolated func request(_ request: LeaseRequest<Connection>) -> Bool {
        enter(request) { $0.serve($1) }
    }

    /// Gives a connection back.
    /// - Parameter reusable: false when its session could not be proven clean; it is closed then.
    @inlinable @inline(__always)
    public nonisolated func release(_ connection: Connection, reusable: Bool) {
        enter((connection, reusable)) { $0.offer($1.0, slot: $1.0.poolSlot, reusable: $1.1) }
    }

    /// The client has gone or changed its mind; whatever the request had got goes back.
    @inlinable @inline(__always)
    public nonisolated func cancel(_ request: LeaseRequest<Connection>) {
        enter(request) { $0.withdraw($1) }
    }

    /// The connection saw its server hang up. Idle it is closed now, lent at its release.
    @inlinable @inline(__always)
    public nonisolated func connectionDied(_ connection: Connection) {
        enter(connection) { $0.died($1) }
    }

    // MARK: Isolated

    @usableFromInline
    func serve(_ request: LeaseRequest<Connection>) -> Bool {
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

    @usableFromInline
    func withdraw(_ request: LeaseRequest<Connection>) {
        if request.waiter >= 0 {
            machine.cancelled(waiter: request.waiter)
            queued[request.waiter] = nil
            request.waiter = -1
            queueChanged()
        }
        let granted = request.connection
        request.connection = nil
        request.phase = .idle
        if let granted { offer(granted, slot: granted.poolSlot, reusable: true) }
    }

    @usableFromInline
    func died(_ connection: Connection) {
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
}
