import Synchronization

/// What a loop and the writer share about one loop's events.
final class AuditLane: Sendable {
    let index: Int
    /// Every event up to this one is on disk.
    let durable = Atomic<UInt64>(0)
    let recorded = Atomic<UInt64>(0)
    let dropped = Atomic<UInt64>(0)
    /// A session waits. Set before the state is looked at again, taken after the state has changed, both sequentially
    /// consistent: one side always sees the other.
    let isWaiting = Atomic<Bool>(false)
    private let notify: @Sendable () -> Void

    init(index: Int, notify: @escaping @Sendable () -> Void) {
        self.index = index
        self.notify = notify
    }

    func wake() {
        if isWaiting.load(ordering: .sequentiallyConsistent),
            isWaiting.exchange(false, ordering: .sequentiallyConsistent)
        {
            notify()
        }
    }
}
