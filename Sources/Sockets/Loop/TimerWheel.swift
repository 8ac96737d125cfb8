/// Deadlines of one loop: a wheel of 1,024 slots of 2²³ ns (8.4 ms), about 8.6 s round; a later deadline stays in its
/// slot for another round. Arming and cancelling are O(1). Confined to its loop.
public final class TimerWheel {
    static let slotCount = 1024
    /// A slot is 2²³ ns wide.
    static let shift: UInt64 = 23

    private var slots: [LoopTimer?] = Array(repeating: nil, count: slotCount)
    private var tick: UInt64
    private var count = 0
    /// No slot before this tick holds a timer: what a sleeping loop wakes for, too early at worst.
    private var earliest = UInt64.max

    init(nowNs: UInt64) { tick = nowNs >> Self.shift }

    func insert(_ timer: LoopTimer) {
        // Rounded up: a timer never fires early. One whose time has passed fires at the next tick.
        let due = max((timer.deadlineNs &+ (1 << Self.shift) &- 1) >> Self.shift, tick + 1)
        let slot = Int(due % UInt64(Self.slotCount))
        timer.slot = slot
        timer.next = slots[slot]
        timer.previous = nil
        slots[slot]?.previous = timer
        slots[slot] = timer
        count += 1
        earliest = min(earliest, max(tick + 1, min(due, tick + UInt64(Self.slotCount))))
    }

    func remove(_ timer: LoopTimer) {
        let slot = timer.slot
        timer.slot = -1
        count -= 1
        timer.next?.previous = timer.previous
        if let previous = timer.previous { previous.next = timer.next } else { slots[slot] = timer.next }
        timer.next = nil
        timer.previous = nil
    }

    /// Fires what is due.
    func advance(to nowNs: UInt64) {
        let target = nowNs >> Self.shift
        guard target > tick else { return }
        guard target >= earliest else {
            tick = target
            return
        }
        let first = max(tick, target - min(target, UInt64(Self.slotCount)))
        for step in (first + 1)...target {
            tick = step
            let slot = Int(step % UInt64(Self.slotCount))
            if slots[slot] != nil { fire(slot: slot, nowNs: nowNs) }
        }
        earliest = nextOccupied()
    }

    /// The first tick after the present one whose slot holds a timer; that timer may belong to a later round.
    private func nextOccupied() -> UInt64 {
        guard count > 0 else { return .max }
        for step in 1...UInt64(Self.slotCount) where slots[Int((tick + step) % UInt64(Self.slotCount))] != nil {
            return tick + step
        }
        return .max
    }

    private func fire(slot: Int, nowNs: UInt64) {
        var due: [LoopTimer] = []
        var timer = slots[slot]
        while let current = timer {
            timer = current.next
            if current.deadlineNs <= nowNs { due.append(current) }
        }
        for timer in due where timer.isArmed && timer.deadlineNs <= nowNs {
            remove(timer)
            timer.fire()
        }
    }

    /// How long `epoll_wait` may sleep: -1 without timers, else milliseconds, rounded up.
    func timeoutMs(nowNs: UInt64) -> Int32 {
        guard earliest != .max else { return -1 }
        let due = earliest << Self.shift
        guard due > nowNs else { return 0 }
        return Int32((due - nowNs + 999_999) / 1_000_000)
    }
}

/// A deadline on a loop. Armed, it is kept alive by the wheel; owners cancel it when they end. Confined to its loop.
///
/// To push a deadline back often, arm once and compare in `fire`: moving a timer costs more than one idle firing.
public final class LoopTimer {
    public private(set) var deadlineNs: UInt64 = 0
    private unowned let wheel: TimerWheel
    private let action: () -> Void
    var slot = -1
    var next: LoopTimer?
    unowned(unsafe) var previous: LoopTimer?

    public convenience init(loop: EventLoop, _ action: @escaping () -> Void) {
        self.init(wheel: loop.timers, action)
    }

    init(wheel: TimerWheel, _ action: @escaping () -> Void) {
        self.wheel = wheel
        self.action = action
    }

    public var isArmed: Bool { slot >= 0 }

    /// Fires once, at or up to 8.4 ms after `deadlineNs` (on the loop's monotonic clock).
    public func arm(at deadlineNs: UInt64) {
        if isArmed { wheel.remove(self) }
        self.deadlineNs = deadlineNs
        wheel.insert(self)
    }

    public func cancel() {
        if isArmed { wheel.remove(self) }
    }

    func fire() { action() }
}
