public import Sockets

/// Leads one accepted connection from its first byte to its last. Called on the session's loop, in its own task.
public protocol ConnectionHandler: Sendable {
    func handle(_ socket: AcceptedSocket, listener: String, on runtime: LoopRuntime) async
}

/// Accepts a listener's connections on one loop and starts a task for each.
///
/// The kernel spreads connections over the loops' sockets by hash; a loop that has over 25 % more sessions than the
/// least busy one hands new ones to that. A Unix socket has one acceptor, which hands round likewise.
public struct AcceptService: Sendable {
    /// Sessions by which a loop may lead before the share counts: few sessions are never worth a hand-over.
    static let slack = 4

    private let runtimes: [LoopRuntime]
    private let handler: any ConnectionHandler

    public init(runtimes: [LoopRuntime], handler: any ConnectionHandler) {
        self.runtimes = runtimes
        self.handler = handler
    }

    /// Runs until the listener is closed and the sessions it brought have ended. On the listener's loop.
    public func run(_ listener: Listener, name: String, on runtime: LoopRuntime) async {
        let handler = handler
        await withDiscardingTaskGroup { group in
            for await socket in listener {
                let target = target(for: runtime)
                target.load.adjust(by: 1)
                group.addTask(executorPreference: target.loop) {
                    await target.loop.home.run { await handler.handle(socket, listener: name, on: target) }
                    target.load.adjust(by: -1)
                }
            }
        }
    }

    private func target(for own: LoopRuntime) -> LoopRuntime {
        guard let least = runtimes.min(by: { $0.load.current < $1.load.current }) else { return own }
        return own.load.current * 4 > (least.load.current + Self.slack) * 5 ? least : own
    }
}
