/// Decides for one shard of a pool: which connection serves whom, who waits, what is opened and closed.
///
/// Pure: each method is an event, its result says what the driver is to do; time comes in as `now`, nanoseconds of one
/// monotonic clock. Connections and waiters are small numbers that the driver maps to objects. Whether a connection may
/// be opened at all is the ledger's to say: a slot is opened only after a permit was had.
///
/// A slot goes free → connecting → leased → idle ⇄ leased → free. A connection that has just been opened, or that
/// came from another shard, counts as leased until `settled`, `handedOver` or `gone` says what became of it.
struct PoolMachine: ~Copyable {
    enum SlotState: UInt8 {
        /// → connecting, leased (adopted)
        case free
        /// → leased (opened), free (failed)
        case connecting
        /// → leased, free
        case idle
        /// → idle, free, doomed
        case leased
        /// Died or was retired while lent; → free at release
        case doomed
    }

    enum Phase: Equatable {
        case running
        /// Nothing is lent, requests queue.
        case paused
        /// Those who queue are served, new requests are refused.
        case draining
    }

    enum RequestAction: Equatable {
        case grant(slot: Int)
        case queued(waiter: Int)
        case refused
    }

    enum ReleaseAction: Equatable {
        case close(CloseReason)
        /// Another shard may need it more: ask, then call `handedOver` or `settled`.
        case askOthers
        case settled(Settlement)
    }

    enum Settlement: Equatable {
        case parked
        case granted(waiter: Int, enqueuedAt: UInt64)
    }

    struct Slot {
        var state = SlotState.free
        var epoch: UInt32 = 0
        var retireAt: UInt64 = 0
        var idleSince: UInt64 = 0
        var fingerprint: UInt64 = 0
    }

    /// Idle connections that are looked at for one whose state fits the client.
    static let affinityDepth = 4

    var settings: PoolSettings
    var slots: [Slot] = []
    private var freeSlots: [Int] = []
    /// Last in, first out: what is too much stays at the bottom and ages.
    var idle: [Int] = []
    var waiters = WaiterQueue()
    var phase: Phase
    var leased = 0
    var connecting = 0
    /// Connections of an older epoch are retired.
    var epoch: UInt32 = 0
    var failures = 0
    var rejected = false
    /// The server had all its connections: none is opened ahead of need until one could be opened.
    var isCrowded = false
    var retryAt: UInt64 = 0
    var lastRequestAt: UInt64 = 0
    var lastReserveAt: UInt64 = 0
    /// When a connection was last given away although clients waited here.
    var handedOverAt: UInt64 = 0
    /// Lower bound of the next deadline or notice among the waiters.
    var waitersDueAt = UInt64.max
    var sweepAt = UInt64.max
    private var random: UInt64

    init(settings: PoolSettings, seed: UInt64, phase: Phase = .running) {
        self.settings = settings
        self.phase = phase
        random = seed
    }

    /// Connections and attempts at them: each holds one permit.
    var held: Int { idle.count + leased + connecting }

    // MARK: Clients

    /// - Parameters:
    ///   - lastSlot: the connection that the client had before, or -1.
    ///   - deadline: absolute; 0 = the pool's queue timeout.
    ///   - isHopeless: no connection is open in any shard; asked only when none is idle here.
    mutating func requested(
        fingerprint: UInt64, lastSlot: Int, deadline: UInt64, now: UInt64, isHopeless: () -> Bool
    ) -> RequestAction {
        lastRequestAt = now
        if phase == .running, let slot = takeIdle(fingerprint: fingerprint, lastSlot: lastSlot) {
            slots[slot].state = .leased
            leased += 1
            return .grant(slot: slot)
        }
        if phase == .draining { return .refused }
        if hasGivenUp, now < retryAt, isHopeless() { return .refused }
        return enqueue(deadline: deadline, now: now)
    }

    private mutating func enqueue(deadline: UInt64, now: UInt64) -> RequestAction {
        let timeout = settings.queueTimeout
        let end = deadline != 0 ? deadline : timeout == 0 ? .max : now &+ timeout
        let noticeAt = settings.noticeAfter == 0 ? .max : now &+ settings.noticeAfter
        waitersDueAt = min(waitersDueAt, end, noticeAt)
        return .queued(waiter: waiters.append(enqueuedAt: now, deadline: end, noticeAt: noticeAt))
    }

    /// Best of the last few: the client's own with its state, one with its state, the client's own, the last used.
    private mutating func takeIdle(fingerprint: UInt64, lastSlot: Int) -> Int? {
        guard let top = idle.last else { return nil }
        if slots[top].fingerprint == fingerprint, top == lastSlot || idle.count == 1 {
            idle.removeLast()
            return top
        }
        var best = idle.count - 1
        var bestScore = -1
        var position = best
        while position >= 0, position > idle.count - 1 - Self.affinityDepth {
            let slot = idle[position]
            let score = (slots[slot].fingerprint == fingerprint ? 2 : 0) + (slot == lastSlot ? 1 : 0)
            if score > bestScore {
                best = position
                bestScore = score
            }
            position -= 1
        }
        return idle.remove(at: best)
    }

    /// A queued client has gone.
    mutating func cancelled(waiter: Int) {
        waiters.remove(waiter)
    }

    // MARK: Connections

    /// - Parameters:
    ///   - othersWait: some shard has clients that wait, or more connections are open than the pool's size.
    mutating func released(
        slot: Int, reusable: Bool, fingerprint: UInt64, othersWait: Bool, now: UInt64
    ) -> ReleaseAction {
        let entry = slots[slot]
        precondition(entry.state == .leased || entry.state == .doomed, "released a connection that is not lent")
        guard reusable, entry.state == .leased else { return .close(.broken) }
        if entry.epoch < epoch { return .close(.retired) }
        if now >= entry.retireAt { return .close(.expired) }
        if phase == .paused || phase == .draining && waiters.isEmpty { return .close(.stopped) }
        slots[slot].fingerprint = fingerprint
        if othersWait { return .askOthers }
        return .settled(settled(slot: slot, now: now))
    }

    /// Nobody elsewhere takes it: the longest waiting client here does, or it goes idle.
    mutating func settled(slot: Int, now: UInt64) -> Settlement {
        if let (waiter, enqueuedAt) = waiters.popFirst() { return .granted(waiter: waiter, enqueuedAt: enqueuedAt) }
        slots[slot].state = .idle
        slots[slot].idleSince = now
        leased -= 1
        idle.append(slot)
        return .parked
    }

    /// A connection has been closed, or an attempt at one has failed.
    mutating func gone(slot: Int) {
        switch slots[slot].state {
        case .leased, .doomed: leased -= 1
        case .connecting: connecting -= 1
        case .idle: idle.removeAll { $0 == slot }
        case .free: preconditionFailure("a slot was freed twice")
        }
        slots[slot].state = .free
        freeSlots.append(slot)
    }

    /// A permit was had: a connection is being opened.
    mutating func opening() -> Int {
        let slot = newSlot(.connecting)
        connecting += 1
        return slot
    }

    /// Connected and logged in; `released` follows.
    mutating func opened(slot: Int, now: UInt64) {
        connecting -= 1
        leased += 1
        slots[slot].state = .leased
        failures = 0
        rejected = false
        isCrowded = false
        retryAt = 0
        bindLife(slot: slot, now: now)
    }

    /// Came from another shard with its permit; `released` follows.
    mutating func adopted(epoch: UInt32, retireAt: UInt64, fingerprint: UInt64) -> Int {
        let slot = newSlot(.leased)
        leased += 1
        slots[slot].retireAt = retireAt
        slots[slot].fingerprint = fingerprint
        slots[slot].epoch = epoch
        sweepAt = min(sweepAt, retireAt)
        return slot
    }

    private mutating func newSlot(_ state: SlotState) -> Int {
        let fresh = Slot(state: state, epoch: epoch)
        if let slot = freeSlots.popLast() {
            slots[slot] = fresh
            return slot
        }
        slots.append(fresh)
        return slots.count - 1
    }

    private mutating func bindLife(slot: Int, now: UInt64) {
        guard settings.lifetime > 0 else {
            slots[slot].retireAt = .max
            sweepAt = min(sweepAt, now &+ sweepInterval)
            return
        }
        let spread = settings.lifetime / 100 * UInt64(settings.lifetimeJitterPercent)
        let cut = spread == 0 ? 0 : nextRandom() % (spread + 1)
        slots[slot].retireAt = now &+ settings.lifetime - cut
        sweepAt = min(sweepAt, slots[slot].retireAt, now &+ sweepInterval)
    }

    var sweepInterval: UInt64 { max(settings.idleTimeout / 4, 1_000_000_000) }

    /// SplitMix64: spreads the lives, guards nothing.
    mutating func nextRandom() -> UInt64 {
        random &+= 0x9e37_79b9_7f4a_7c15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The server hung up. An idle connection is to be closed now (true); a lent one is at its release.
    mutating func died(slot: Int) -> Bool {
        switch slots[slot].state {
        case .idle: return true
        case .leased: slots[slot].state = .doomed
        case .free, .connecting, .doomed: break
        }
        return false
    }

    /// The coldest idle connection, for another shard; `handedOver` follows.
    func spare() -> Int? { idle.first }
}
