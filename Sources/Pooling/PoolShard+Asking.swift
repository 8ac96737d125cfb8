internal import Sockets
internal import Synchronization

/// How a shard whose clients wait gets a connection from another loop.
///
/// It marks itself in the ledger and on its beacon, and sends one token round the other shards. Each visited shard hands
/// over what it has idle; from then on its thread is sure to see the mark, so at each release it compares its own first
/// client's wait with the asker's. A shard that closes a connection passes the permit on likewise. A giver first claims
/// one of the asker's shortage, so no two serve the same client.
extension PoolShard {
    /// What an asker needs to take a connection over.
    private struct Transfer: Sendable {
        let connection: Connection
        let epoch: UInt32
        let retireAt: UInt64
    }

    private var beacon: PoolLedger.Beacon { ledger.beacons[index] }

    @inline(__always)
    func publishIdle() { beacon.idle.store(machine.idle.count, ordering: .relaxed) }

    func publishHeld() { beacon.held.store(machine.held, ordering: .relaxed) }

    /// Runs `body` on the loop of another shard.
    func send(to shard: Int, _ body: @escaping @Sendable (isolated PoolShard) -> Void) {
        peers.shard(shard)?.post(body)
    }

    /// Runs `body` on the loop, soon. From any thread.
    nonisolated func post(_ body: @escaping @Sendable (isolated PoolShard) -> Void) {
        loop.execute { self.assumeIsolated(body) }
    }

    // MARK: Asking

    /// After a client has queued, or time has passed.
    func askIfNeeded(now: UInt64) {
        guard peers.count > 1 else { return }
        if isAsking {
            if publishShortage() { ask(now: now) }
        } else if machine.isStarving(now: now) || canBorrow(now: now) {
            ask(now: now)
        }
    }

    /// No permit is left, and some other loop has more than one idle connection.
    private func canBorrow(now: UInt64) -> Bool {
        machine.shortfall(now: now) > 0 && ledger.idleElsewhere(than: index) > 1
    }

    func ask(now: UInt64) {
        isAsking = true
        _ = publishShortage()
        while machine.shortfall(now: now) > 0 {
            guard ledger.acquireOrAsk(shard: index) else {
                launchToken()
                return
            }
            open()
        }
        if machine.waiters.count > machine.connecting {
            ledger.ask(shard: index)
            launchToken()
        } else {
            stopAsking()
        }
    }

    private func stopAsking() {
        isAsking = false
        _ = publishShortage()
        ledger.stopAsking(shard: index)
    }

    /// The queue, or the number of attempts, is not what it was.
    func queueChanged() {
        endIfDrained()
        guard isAsking else { return }
        if machine.waiters.isEmpty { stopAsking() } else { _ = publishShortage() }
    }

    /// Adds the change to the beacon. Givers subtract on their own, so it is never overwritten.
    /// - Returns: true when the shortage rose from nothing: those who looked before may have gone idle since.
    private func publishShortage() -> Bool {
        beacon.oldest.store(isAsking ? machine.waiters.oldest : .max, ordering: .relaxed)
        let target = isAsking ? machine.waiters.count - machine.connecting : 0
        let change = target - published
        guard change != 0 else { return false }
        published = target
        let (before, after) = beacon.shortage.add(change, ordering: .acquiringAndReleasing)
        return before <= 0 && after > 0
    }

    // MARK: The token

    private func launchToken() {
        if isTokenOut {
            isTokenStale = true
            return
        }
        isTokenOut = true
        passToken(of: index)
    }

    private func passToken(of origin: Int) {
        send(to: (index + 1) % peers.count) { $0.visited(by: origin) }
    }

    private func visited(by origin: Int) {
        if origin == index {
            isTokenOut = false
            guard isTokenStale else { return }
            isTokenStale = false
            if isAsking { launchToken() }
            return
        }
        while machine.waiters.isEmpty, let slot = machine.spare(), ledger.beacons[origin].claim() {
            handOver(slot, to: origin)
        }
        passToken(of: origin)
    }

    /// A tick while asking: makes sure that no chance was missed.
    func askAgain(now: UInt64) {
        guard isAsking, beacon.shortage.load(ordering: .relaxed) > 0 else { return }
        if ledger.open < machine.settings.size {
            ask(now: now)
        } else if !isTokenOut, ledger.idleElsewhere(than: index) > 0 {
            launchToken()
        }
    }

    // MARK: Giving

    /// A connection came free while another shard asks, or the pool is overdrawn.
    /// - Returns: true when the connection has left this shard.
    func serveOthers(_ connection: Connection, slot: Int, now: UInt64) -> Bool {
        let settings = machine.settings
        if ledger.isOverdrawn, ledger.open > settings.size + settings.reserve {
            discard(slot, .surplus)
            upkeep(now: now)
            return true
        }
        if ledger.othersAsk(isAsking: isAsking), let need = ledger.neediest(except: index),
            machine.shouldHandOver(remoteOldest: need.oldest, remoteHoldsNone: need.holdsNone, now: now),
            ledger.beacons[need.shard].claim()
        {
            handOver(slot, to: need.shard)
            if !machine.waiters.isEmpty { upkeep(now: now) }
            return true
        }
        guard ledger.isOverdrawn, machine.waiters.isEmpty else { return false }
        discard(slot, .surplus)
        return true
    }

    /// Sends a connection with its permit to a shard that was promised one.
    private func handOver(_ slot: Int, to shard: Int) {
        guard let connection = connections[slot] else { preconditionFailure("a slot without a connection") }
        let transfer = Transfer(
            connection: connection, epoch: machine.slots[slot].epoch, retireAt: machine.slots[slot].retireAt)
        machine.handedOver(slot: slot, now: loop.nowNs)
        connections[slot] = nil
        connection.poolSlot = -1
        connection.detach()
        counts.handedOver &+= 1
        publishIdle()
        publishHeld()
        send(to: shard) { $0.adopt(transfer) }
    }

    private func adopt(_ transfer: Transfer) {
        let connection = transfer.connection
        _ = beacon.shortage.add(1, ordering: .relaxed)
        connection.attach(to: loop)
        let slot = machine.adopted(
            epoch: transfer.epoch, retireAt: transfer.retireAt, fingerprint: connection.stateFingerprint)
        while connections.count <= slot { connections.append(nil) }
        connections[slot] = connection
        connection.poolSlot = slot
        publishHeld()
        offer(connection, slot: slot, reusable: true)
        armTimer(now: loop.nowNs)
    }

    /// Another shard closed a connection and its permit came here.
    func permitArrived() {
        _ = beacon.shortage.add(1, ordering: .relaxed)
        if machine.shortfall(now: loop.nowNs) > 0 {
            open()
            queueChanged()
        } else {
            ledger.drop()
            endIfDrained()
        }
    }
}
