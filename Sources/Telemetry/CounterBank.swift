import Glibc
public import Synchronization

/// A counter's place in every bank. Made by `MetricsRegistry` only, so it is always within a bank.
public struct Counter: Sendable, Hashable {
    @usableFromInline let slot: UInt32

    /// Counts into a slot that is never exported; what a full registry hands out.
    public static let discarded = Counter(slot: 0)
}

/// A gauge kept as changes: each loop adds its own ups and downs, and the sum over the banks is the value.
public struct Gauge: Sendable, Hashable {
    @usableFromInline let slot: UInt32

    /// Counts into a slot that is never exported; what a full registry hands out.
    public static let discarded = Gauge(slot: 0)
}

/// Durations in the buckets of `DurationBuckets`: one slot per bucket, then the sum in nanoseconds.
public struct Histogram: Sendable, Hashable {
    @usableFromInline let slot: UInt32

    /// Counts into slots that are never exported; what a full registry hands out.
    public static let discarded = Histogram(slot: 0)
}

/// The numbers of one loop. One thread writes, any thread reads.
///
/// A slot is a relaxed atomic that its only writer loads, changes and stores: no lock prefix, no shared cache line. The
/// whole range is reserved at once and the kernel backs it page by page (512 slots) as slots are handed out, so banks
/// grow without a directory and without moving under their writer.
public final class CounterBank: @unchecked Sendable {  // Written by one thread; readers use atomic loads.
    /// Slots in a bank: 2 MiB of address space.
    public static let capacity = 1 << 18

    @usableFromInline let slots: UnsafeMutablePointer<Atomic<UInt64>>

    public init() { slots = Self.reserve() }

    deinit { munmap(slots, Self.capacity * MemoryLayout<UInt64>.stride) }

    static func reserve() -> UnsafeMutablePointer<Atomic<UInt64>> {
        let size = capacity * MemoryLayout<UInt64>.stride
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let memory, memory != UnsafeMutableRawPointer(bitPattern: -1) else {
            preconditionFailure("no address space for counters")
        }
        // Zeroed pages are valid Atomic<UInt64> values: the type is a UInt64 in memory.
        return memory.bindMemory(to: Atomic<UInt64>.self, capacity: capacity)
    }

    /// Isolation of all writing methods: the bank's own thread.
    @inlinable
    public func add(_ counter: Counter, _ count: UInt64 = 1) { bump(Int(counter.slot), count) }

    @inlinable
    public func adjust(_ gauge: Gauge, by change: Int) { bump(Int(gauge.slot), UInt64(bitPattern: Int64(change))) }

    /// - Parameter nanoseconds: the duration observed.
    @inlinable
    public func observe(_ histogram: Histogram, nanoseconds: UInt64) {
        let first = Int(histogram.slot)
        bump(first + DurationBuckets.index(nanoseconds), 1)
        bump(first + DurationBuckets.count, nanoseconds)
    }

    @inlinable
    func bump(_ slot: Int, _ count: UInt64) {
        let value = slots[slot].load(ordering: .relaxed)
        slots[slot].store(value &+ count, ordering: .relaxed)
    }

    /// Any thread.
    func read(_ slot: Int) -> UInt64 { slots[slot].load(ordering: .relaxed) }
}

/// The numbers of everything that has no loop of its own: worker threads, reloads, the audit writer. Any thread writes.
public final class SharedCounterBank: @unchecked Sendable {  // Every access is an atomic operation.
    private let slots: UnsafeMutablePointer<Atomic<UInt64>>

    init() { slots = CounterBank.reserve() }

    deinit { munmap(slots, CounterBank.capacity * MemoryLayout<UInt64>.stride) }

    public func add(_ counter: Counter, _ count: UInt64 = 1) { bump(Int(counter.slot), count) }

    public func adjust(_ gauge: Gauge, by change: Int) {
        bump(Int(gauge.slot), UInt64(bitPattern: Int64(change)))
    }

    /// - Parameter nanoseconds: the duration observed.
    public func observe(_ histogram: Histogram, nanoseconds: UInt64) {
        let first = Int(histogram.slot)
        bump(first + DurationBuckets.index(nanoseconds), 1)
        bump(first + DurationBuckets.count, nanoseconds)
    }

    private func bump(_ slot: Int, _ count: UInt64) { slots[slot].wrappingAdd(count, ordering: .relaxed) }

    func read(_ slot: Int) -> UInt64 { slots[slot].load(ordering: .relaxed) }
}
