internal import CLinux
internal import Glibc
public import Logging
public import Sockets
internal import WirePostgres

/// The control socket: an owner-only Unix socket that speaks JSON lines and PostgreSQL's protocol.
///
/// Serves the same user as the process's own, and root, by the kernel's word (SO_PEERCRED). Lives on the loop it is
/// given, which no client session shares. `@unchecked Sendable`: its variables are confined to that loop.
public final class ControlServer: @unchecked Sendable {
    private let settings: ControlSettings
    private let loop: EventLoop
    private let logger: Logger
    private let target: any ControlTarget
    private let sampler: StatisticsSampler
    private var listener: Listener?
    private var link: SocketLink?
    private var connections: [ObjectIdentifier: ControlConnection] = [:]
    private var isStopping = false
    /// Of the latest connection: what a cancel request names it by.
    private var lastNumber: Int32 = 0

    /// Nothing is opened before `bind`.
    /// - Parameter loop: not a data loop.
    public init(settings: ControlSettings, target: any ControlTarget, loop: EventLoop, logger: Logger) {
        self.settings = settings
        self.loop = loop
        self.logger = logger
        self.target = target
        sampler = StatisticsSampler(target: target, loop: loop, periodNs: settings.statisticsPeriodNs)
    }

    /// Makes the socket, so that a path in use is found before anything is served. From any task.
    /// - Throws: EADDRINUSE when another process listens there.
    public func bind() async throws {
        try await Task(executorPreference: loop) { try self.open() }.value
    }

    /// Serves until `stop`, or until the task is cancelled; then ends its connections and removes the socket.
    public func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask(executorPreference: loop) { await self.loop.home.run { await self.serve() } }
            }
        } onCancel: {
            stop()
        }
    }

    /// Ends `run`, soon. From any thread.
    public func stop() { loop.execute { self.end() } }

    private func open() throws(SocketError) {
        let address = SocketAddress.unix(path: settings.path)
        let listener = try Listener(address: address, loop: loop, shared: false)
        // Nobody else gets by the check of the peer's user in the moment before this.
        guard chmod(settings.path, 0o600) == 0 else {
            let code = errno
            listener.close()
            throw SocketError(operation: "chmod \(settings.path)", code: code)
        }
        self.listener = listener
        guard let port = settings.port else { return }
        do throws(SocketError) {
            link = try SocketLink(to: settings.path, port: port)
        } catch {
            logger.warning("psql can't find the console by its port", metadata: ["error": "\(error)"])
        }
    }

    private func serve() async {
        loop.assertOnLoop()
        guard let listener, !isStopping else { return end() }
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) { await self.loop.home.run { await self.sampler.run() } }
            for await socket in listener {
                guard let connection = admit(socket) else { continue }
                group.addTask(executorPreference: loop) {
                    await self.loop.home.run {
                        await connection.run()
                        self.connections[ObjectIdentifier(connection)] = nil
                    }
                }
            }
        }
    }

    private func admit(_ socket: AcceptedSocket) -> ControlConnection? {
        let peer = clinux_peer_uid(socket.descriptor)
        guard peer == 0 || peer == Int64(geteuid()) else {
            logger.warning("control connection refused", metadata: ["uid": "\(peer)"])
            socket.close()
            return nil
        }
        if connections.count >= settings.maxConnections {
            guard let idlest = connections.values.filter(\.isIdle).min(by: { $0.idleSinceNs < $1.idleSinceNs }) else {
                logger.warning(
                    "control connection refused: too many", metadata: ["limit": "\(settings.maxConnections)"])
                socket.close()
                return nil
            }
            idlest.end(because: .replaced)
            connections[ObjectIdentifier(idlest)] = nil
        }
        return open(socket)
    }

    private func open(_ socket: AcceptedSocket) -> ControlConnection? {
        lastNumber = lastNumber == .max ? 1 : lastNumber + 1
        let context = CommandContext(target: target, loop: loop, settings: settings, sampler: sampler)
        do throws(SocketError) {
            let connection = try ControlConnection(
                socket, context: context, number: lastNumber, loop: loop, logger: logger,
                onCancel: { [unowned self] in cancel($0) })
            connections[ObjectIdentifier(connection)] = connection
            return connection
        } catch {
            logger.warning("control connection failed", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func cancel(_ request: CancelRequest) {
        for connection in connections.values where connection.key.cancelRequest == request { connection.cancel() }
    }

    private func end() {
        isStopping = true
        listener?.close()
        listener = nil
        link?.remove()
        link = nil
        for connection in connections.values { connection.end(because: .stopping) }
        sampler.stop()
    }
}
