internal import Synchronization

/// Sessions on a loop, started or about to be; any thread.
public final class LoopLoad: Sendable {
    private let sessions = Atomic<Int>(0)

    init() {}

    public var current: Int { sessions.load(ordering: .relaxed) }

    func adjust(by change: Int) { sessions.wrappingAdd(change, ordering: .relaxed) }
}
