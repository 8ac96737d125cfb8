internal import Synchronization

/// A number that one thread adds to and any thread reads; adding is a plain load and store.
public struct LoopCounter: ~Copyable, Sendable {
    private let value = Atomic<UInt64>(0)

    public init() {}

    /// Only from the owning thread, unless lost updates do not matter.
    public func add(_ amount: UInt64) {
        value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    public var current: UInt64 { value.load(ordering: .relaxed) }
}

/// What a loop counts of itself. The hop test asserts on these: a query makes no cross-thread enqueue, and one read and
/// one write per hop.
public final class LoopCounters: Sendable {
    /// Calls of `epoll_wait`.
    public let turns = LoopCounter()
    /// Writes to the eventfd: another thread had work while the loop slept.
    public let wakes = LoopCounter()
    /// Jobs and calls that came from another thread. Added to by those threads: an estimate under contention.
    public let crossThreadEnqueues = LoopCounter()
    /// Jobs that the loop's own code made ready: continuations resumed, and hops that should not be.
    public let localEnqueues = LoopCounter()
    /// Socket read calls.
    public let reads = LoopCounter()
    /// Socket write calls.
    public let writes = LoopCounter()
    /// Sockets accepted.
    public let accepts = LoopCounter()

    init() {}
}
