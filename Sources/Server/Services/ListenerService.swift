internal import Configuration
internal import Glibc
internal import Logging
internal import Proxy
internal import ServiceLifecycle
internal import Sockets
internal import Synchronization

/// The listening sockets, and the sessions they bring. Listeners come and go with reloads; on shutdown all are closed,
/// and `run` returns when the last session has ended.
///
/// Listeners change by calls of one caller at a time: the start, then `ConfigurationSync`.
final class ListenerService: Service {
    /// What is to be listened on.
    struct Request: Sendable, Equatable {
        var name: String
        var address: SocketAddress
        /// Permission bits of a Unix socket.
        var mode: UInt32
    }

    /// One socket on one loop.
    fileprivate struct Opened: Sendable {
        let request: Request
        let runtime: LoopRuntime
        let box: ListenerBox
    }

    /// Sockets that are bound but not served yet, and those to be closed in exchange.
    struct Change: Sendable {
        fileprivate var opened: [Opened] = []
        fileprivate var closing: [Opened] = []
        fileprivate var kept: [Opened] = []
    }

    private let runtimes: [LoopRuntime]
    private let accept: AcceptService
    private let drain: Drain
    private let state: ServerState
    private let logger: Logger
    private let open = Mutex<[Opened]>([])
    private let accepting: AsyncStream<Opened>
    private let feed: AsyncStream<Opened>.Continuation

    init(
        runtimes: [LoopRuntime], handler: any ConnectionHandler, drain: Drain, state: ServerState, logger: Logger
    ) {
        self.runtimes = runtimes
        self.drain = drain
        self.state = state
        self.logger = logger
        accept = AcceptService(runtimes: runtimes, handler: handler)
        (accepting, feed) = AsyncStream.makeStream()
    }

    /// Where a listener really listens.
    func address(of name: String) -> SocketAddress? {
        open.withLock { $0.first { $0.request.name == name }?.box.address }
    }

    static func requests(_ snapshot: ProxySnapshot, _ configuration: Configuration) -> [Request] {
        configuration.listeners.compactMap { listener in
            guard let rules = snapshot.listeners[listener.name] else { return nil }
            return Request(name: listener.name, address: rules.address, mode: UInt32(listener.socketMode))
        }
    }

    // MARK: Changing

    /// Binds what is new, so that a taken port is found before anything changes. Nothing is accepted yet.
    func prepare(_ requests: [Request]) async throws(StartError) -> Change {
        var change = Change()
        for opened in open.withLock({ $0 }) {
            let isWanted = requests.contains { $0.name == opened.request.name && $0.address == opened.request.address }
            if isWanted { change.kept.append(opened) } else { change.closing.append(opened) }
        }
        for request in requests where !change.kept.contains(where: { $0.request.name == request.name }) {
            do throws(SocketError) {
                try await bind(request, &change)
            } catch {
                await discard(change)
                throw StartError("listener \"\(request.name)\": \(error)")
            }
        }
        for request in requests { setMode(request) }
        return change
    }

    /// Serves the new sockets and closes those no longer wanted; their sessions go on.
    func commit(_ change: Change) async {
        guard state.phase != .draining else { return await close(change.opened) }
        open.withLock { $0 = change.kept + change.opened }
        for opened in change.opened { feed.yield(opened) }
        for name in Set(change.opened.map(\.request.name)).sorted() {
            logger.info(
                "listening", metadata: ["listener": "\(name)", "address": "\(address(of: name)?.description ?? "")"])
        }
        for name in Set(change.closing.map(\.request.name)).sorted() {
            logger.info("no longer listening", metadata: ["listener": "\(name)"])
        }
        await close(change.closing)
    }

    func discard(_ change: Change) async { await close(change.opened) }

    private func bind(_ request: Request, _ change: inout Change) async throws(SocketError) {
        guard let first = runtimes.first else { return }
        // A Unix socket can't be shared: one loop accepts and hands round.
        guard request.address.ipAddress != nil else {
            // One path, one socket: the listener that had it under another name makes room.
            await close(change.closing.filter { $0.request.address == request.address })
            let box = try await listen(request.address, on: first, shared: false)
            change.opened.append(Opened(request: request, runtime: first, box: box))
            return
        }
        try await checkFree(request.address, on: first)
        var address = request.address
        for runtime in runtimes {
            let box = try await listen(address, on: runtime, shared: true)
            change.opened.append(Opened(request: request, runtime: runtime, box: box))
            // The port that the kernel chose for the first holds for the others.
            address = box.address
        }
    }

    /// Another process of the same user could share the port unnoticed (`SO_REUSEPORT`): tries without sharing first.
    private func checkFree(_ address: SocketAddress, on runtime: LoopRuntime) async throws(SocketError) {
        guard case .ip(_, let port) = address, port != 0 else { return }
        let isOurs = open.withLock {
            $0.contains { if case .ip(_, let other) = $0.box.address { other == port } else { false } }
        }
        guard !isOurs else { return }
        if let error = await PortProbe.check(address, on: runtime.loop) { throw error }
    }

    private func listen(
        _ address: SocketAddress, on runtime: LoopRuntime, shared: Bool
    ) async throws(SocketError) -> ListenerBox {
        let loop = runtime.loop
        let result = await loop.run {
            do throws(SocketError) {
                return Result<ListenerBox, SocketError>.success(
                    ListenerBox(try Listener(address: address, loop: loop, shared: shared)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func setMode(_ request: Request) {
        guard case .unix(let path) = request.address else { return }
        if chmod(path, mode_t(request.mode)) != 0 {
            logger.error(
                "can't set the mode of a socket", metadata: ["path": "\(path)", "error": "\(ProcessSetup.lastError)"])
        }
    }

    private func close(_ listeners: [Opened]) async {
        for opened in listeners { await opened.runtime.loop.run { opened.box.listener.close() } }
    }

    // MARK: Serving

    /// Accepts until shutdown, then returns as soon as the last session has ended.
    func run() async throws {
        let accept = accept
        state.advance(to: .serving)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    try? await gracefulShutdown()
                    await self.drain.run()
                }
                for await opened in accepting {
                    group.addTask(executorPreference: opened.runtime.loop) {
                        await opened.runtime.loop.home.run {
                            await accept.run(opened.box.listener, name: opened.request.name, on: opened.runtime)
                        }
                    }
                }
            }
        } onGracefulShutdown: {
            self.stopAccepting()
        }
    }

    /// Any thread.
    func stopAccepting() {
        state.advance(to: .draining)
        let listeners = open.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for opened in listeners { opened.runtime.loop.execute { opened.box.listener.close() } }
        feed.finish()
    }

    /// Closes what was bound by a start that failed.
    func abandon() async { await close(open.withLock { $0 }) }
}
