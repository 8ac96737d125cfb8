public import Audit
internal import Core
internal import Credentials
internal import Identity
public import Limits
public import Logging
public import Pooling
public import Proxy
public import Sockets
internal import Synchronization
public import Telemetry
internal import WirePostgres

/// How statements appear in the audit log.
public struct AuditOptions: Sendable, Equatable {
    public var isActive = false
    public var durability = AuditSettings.Durability.async
    /// Literals stay in the text.
    public var keepsLiterals = false
    /// Bytes of statement text kept per event.
    public var textLimit = 4096

    public init() {}
}

/// The PostgreSQL side of a proxy process: takes accepted connections and serves them as sessions.
public final class PostgresService: ConnectionHandler, Sendable {
    let pools: PoolRegistry<PostgresServer>
    let verifiers: VerifierCache
    let throttle: LoginThrottle
    let limits: ConnectionLimits
    let rates: RateLimiter
    let auditOptions: AuditOptions
    let keys = ServerKeyCache()
    let passthrough = PassthroughCache()
    let places = BackendPlaces()
    let welcomes = WelcomeCache()
    let servers = ServerRegistry()
    let tls: TLSMetrics
    /// Cancel requests that named a session with its key, and others.
    private let cancels: (accepted: Counter, unknown: Counter)
    let logger: Logger
    /// Counts DDL of all sessions, which may change what `DatabaseSurvey` found.
    let definitions = Atomic<UInt64>(0)
    private let runtimes: [LoopRuntime]
    private let loops: [PostgresLoopBox]
    let sources = Mutex<[PoolKey: PoolSource]>([:])

    public init(
        runtimes: [LoopRuntime], limits: ConnectionLimits, throttle: LoginThrottle, rates: RateLimiter,
        auditOptions: AuditOptions, metrics: MetricsRegistry, logger: Logger,
        isPaused: @escaping @Sendable (PoolKey) -> Bool
    ) {
        self.runtimes = runtimes
        self.limits = limits
        self.throttle = throttle
        self.rates = rates
        self.auditOptions = auditOptions
        self.logger = logger
        tls = TLSMetrics(metrics)
        cancels = (
            metrics.counter(MetricCatalogue.cancels, "postgresql", "accepted"),
            metrics.counter(MetricCatalogue.cancels, "postgresql", "unknown")
        )
        verifiers = VerifierCache()
        pools = PoolRegistry(loops: runtimes.map(\.loop), isPaused: isPaused)
        loops = runtimes.map { _ in PostgresLoopBox() }
    }

    /// Makes the loops' parts; to be awaited before the first connection.
    public func start() async {
        for (runtime, box) in zip(runtimes, loops) {
            await runtime.loop.run { box.context = PostgresLoop(runtime: runtime, service: self) }
        }
    }

    // MARK: Connections

    public func handle(_ socket: AcceptedSocket, listener: String, on runtime: LoopRuntime) async {
        guard let context = loops[runtime.loop.index].context, let rules = runtime.snapshot.listeners[listener],
            !runtime.isDraining
        else { return socket.close() }
        await PostgresConnection(socket, rules: rules, context: context)?.run()
    }

    func context(on loop: EventLoop) -> PostgresLoop? { loops[loop.index].context }

    /// The audit log has room again, or has synced. Any thread.
    public func auditMovedOn(loop index: Int) {
        guard loops.indices.contains(index) else { return }
        let box = loops[index]
        runtimes[index].loop.execute { box.context?.auditMovedOn() }
    }

    /// Every reason for which a connection may be refused or a session ended, for metric labels.
    public static var refusalReasons: [String] { PostgresFailure.reasons }

    // MARK: Cancel requests

    /// The process id that a client is told: names loop and session.
    func cancelNumber(of session: UInt64) -> Int32 {
        Int32(truncatingIfNeeded: (session >> 32 & 0x7f) << 24 | session & 0xff_ffff)
    }

    /// Passes a client's cancel request to the session that it names, wherever that lives. An unknown number or a wrong
    /// key does nothing and takes as long.
    func cancel(_ request: CancelRequest) async {
        let index = Int(UInt32(bitPattern: request.processID) >> 24)
        guard index < runtimes.count else { return }
        let (runtime, cancels) = (runtimes[index], cancels)
        let low = UInt64(UInt32(bitPattern: request.processID) & 0xff_ffff)
        await runtime.loop.run {
            let session = runtime.sessions.all.first { $0.id & 0xff_ffff == low }
            let isKnown = session?.cancel(key: request.key) ?? false
            runtime.metrics.add(isKnown ? cancels.accepted : cancels.unknown)
        }
    }

    // MARK: Pools

    /// The pool for `key`, and the account it logs in with from now on.
    func pool(_ key: PoolKey, route: DatabaseRoute, account: ServerAccount) -> Pool<PostgresServer> {
        let source = sources.withLock { sources in
            if let source = sources[key] { return source }
            let source = PoolSource(account, route)
            sources[key] = source
            return source
        }
        source.set(account)
        return pools.pool(
            for: key, settings: account.isRelayed ? route.pool.relayed : route.pool, connect: connector(key, source))
    }

    /// The loops let go of a removed pool.
    func forgetShards(of pool: Pool<PostgresServer>) {
        for (runtime, box) in zip(runtimes, loops) {
            runtime.loop.execute { box.context?.forget(pool.key, pool.shard(on: runtime.loop)) }
        }
    }

    /// - Throws: `full`, after asking the backend's other pools for a connection that nobody uses.
    private func place(at backend: BackendTarget, for key: PoolKey) throws(PoolConnectError) -> BackendPlace {
        if let place = places.take(backend.name, maximum: backend.maxConnections) { return place }
        let others = pools.all.filter { $0.key.backend == key.backend && $0.key != key }
        for pool in others.sorted(by: { $0.openConnections > $1.openConnections }) where pool.shed() { break }
        throw PoolConnectError(
            kind: .full, code: "53300", message: "server \"\(backend.name)\" has as many connections as it may")
    }

    private func connector(
        _ key: PoolKey, _ source: PoolSource
    ) -> PoolShard<PostgresServer>.Connector {
        { [unowned self] loop throws(PoolConnectError) in
            let started = loop.nowNs
            let (account, route) = source.get()
            let context = context(on: loop)
            let place = try place(at: route.backend, for: key)
            do throws(PoolConnectError) {
                let connector = PostgresConnector(target: route.backend, account: account, keys: keys)
                let login = try await connector.connect(loop: loop)
                let server = PostgresServer(login: login, target: route.backend, key: key, prepared: route.prepared)
                server.place = place
                servers.insert(server)
                // It may have moved to another loop since.
                server.onIdleDeath = { [unowned self] server in
                    self.context(on: server.stream.loop)?.idleServerDied(server)
                }
                noteBackend(route, isUp: true, context)
                context?.metrics.add(route.metrics.serversOpened)
                context?.metrics.observe(route.metrics.connectDuration, nanoseconds: loop.nowNs &- started)
                return server
            } catch {
                context?.metrics.add(route.metrics.backendError(error.metricReason))
                if error.kind == .unreachable || error.kind == .timedOut { noteBackend(route, isUp: false, context) }
                logger.warning(
                    "cannot connect", metadata: ["backend": "\(route.backend.name)", "error": "\(error.message)"])
                throw error
            }
        }
    }
}

extension PostgresService {
    /// A server that refuses a login was reached all the same, and says nothing new.
    private func noteBackend(_ route: DatabaseRoute, isUp: Bool, _ context: PostgresLoop?) {
        guard let context else { return }
        context.metrics.adjust(route.metrics.backendUp, by: places.note(route.backend.name, isUp: isUp))
    }
}

/// What a pool opens its connections with. The account is renewed by each login, so that a changed password is used by
/// the next connection, the route by each reload.
final class PoolSource: Sendable {
    private let state: Mutex<(account: ServerAccount, route: DatabaseRoute)>

    init(_ account: ServerAccount, _ route: DatabaseRoute) { state = Mutex((account, route)) }

    func get() -> (account: ServerAccount, route: DatabaseRoute) { state.withLock { $0 } }
    func set(_ account: ServerAccount) { state.withLock { $0.account = account } }

    /// - Returns: the route before.
    func set(_ route: DatabaseRoute) -> DatabaseRoute {
        state.withLock { state in
            defer { state.route = route }
            return state.route
        }
    }
}

/// A loop's context: set once on its loop before anything is served, read on that loop only.
final class PostgresLoopBox: @unchecked Sendable {
    var context: PostgresLoop?
}

extension PoolConnectError {
    var metricReason: String {
        switch kind {
        case .rejected: "rejected"
        case .timedOut: "timeout"
        case .unreachable, .cancelled, .full: "connect"
        }
    }
}
