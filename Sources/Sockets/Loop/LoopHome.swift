/// The actor of a loop: code that runs isolated to it is known by the runtime to be where it belongs.
///
/// A task that merely prefers the loop is «nowhere» between its awaits, and each suspension then costs two more jobs: one
/// to leave the loop's executor and one to come back to it. Started through `run`, a session costs one job per wait.
public actor LoopHome {
    private let executor: EventLoop

    init(_ loop: EventLoop) { executor = loop }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` isolated to the loop. From a task that prefers the loop.
    public func run<T: Sendable>(_ body: nonisolated(nonsending) @Sendable () async -> T) async -> T { await body() }
}
