internal import Audit
internal import CBuildInfo
internal import Configuration
internal import Control
internal import Glibc
internal import Limits
internal import Logging
internal import Proxy
internal import ProxyPostgres
internal import Sockets
internal import Synchronization
internal import Telemetry

extension Server {
    /// Builds everything and binds the listeners; sessions are served from `run` on.
    /// - Throws: `StartError`; what had been opened is closed then.
    static func start(
        _ loaded: Configuration.Loaded, path: String?, log: LogOutput, logger: Logger
    ) async throws(StartError) -> Server {
        let configuration = loaded.configuration
        let loops = try startLoops(
            configuration.runtime.threads ?? ProcessSetup.loopCount(cores: ProcessSetup.usableCores()))
        let metrics = MetricsRegistry(loops: loops.data.count)
        var builder = SnapshotBuilder(metrics: metrics)
        let built = try builder.build(configuration)
        try await checkMetricsAddress(configuration, on: loops.control)
        let recipient = AuditRecipient()
        let audit = try openAudit(configuration.audit, loops.data, metrics, recipient, logger)
        let runtimes = loops.data.map { loop in
            LoopRuntime(
                loop: loop, metrics: metrics.banks[loop.index], audit: audit?.loops[loop.index],
                digests: configuration.statistics.digests, snapshot: built.snapshot)
        }
        let drain = Drain(runtimes: runtimes, audit: audit, logger: logger)
        let parts = await assemble(configuration, loops.control, runtimes, metrics, drain, log, logger)
        recipient.set(parts.postgres)
        for route in built.labels { parts.figures.register(route.label, type: route.type, in: metrics) }
        parts.pools.apply(built.routes)
        let sync = ConfigurationSync(path: path, loaded: loaded, builder: builder, parts: parts, logger: logger)
        let control = ServerControl(parts: parts, sync: sync, drain: drain, path: path)
        do throws(StartError) {
            let requests = ListenerService.requests(built.snapshot, configuration)
            await parts.listeners.commit(try await parts.listeners.prepare(requests))
            let server = Server(
                parts: parts, sync: sync, control: control,
                controlServer: try await openControl(configuration, control, logger), logger: logger)
            parts.observability.move(to: configuration.metrics.listen)
            audit?.record("process_started", fields: started)
            return server
        } catch {
            await parts.listeners.abandon()
            audit?.shutdown()
            throw error
        }
    }

    private static var started: [AuditField] {
        [.text("version", String(cString: cbuildinfo_version())), .number("pid", UInt64(clamping: getpid()))]
    }

    private static func openControl(
        _ configuration: Configuration, _ control: ServerControl, _ logger: Logger
    ) async throws(StartError) -> ControlServer? {
        guard let path = configuration.control.socket else { return nil }
        var port: UInt16?
        for listener in configuration.listeners {
            guard case .ip(_, let found)? = control.parts.listeners.address(of: listener.name) else { continue }
            port = port ?? found
        }
        let settings = ControlSettings(path: path, port: port, version: String(cString: cbuildinfo_version()))
        let server = ControlServer(
            settings: settings, target: control, loop: control.parts.controlLoop, logger: logger)
        do {
            try await server.bind()
        } catch {
            throw StartError("control.socket: \(error)")
        }
        return server
    }

    /// The data loops, and one more for everything that is no session's.
    private static func startLoops(_ count: Int) throws(StartError) -> (data: [EventLoop], control: EventLoop) {
        do throws(SocketError) {
            var loops = try EventLoop.start(count: count + 1)
            let control = loops.removeLast()
            return (loops, control)
        } catch {
            throw StartError("can't start the event loops: \(error)")
        }
    }

    private static func checkMetricsAddress(
        _ configuration: Configuration, on loop: EventLoop
    ) async throws(StartError) {
        guard let place = configuration.metrics.listen else { return }
        try await PortProbe.check(place, for: "metrics.listen", on: loop)
    }

    private static func openAudit(
        _ configuration: Configuration.Audit, _ loops: [EventLoop], _ metrics: MetricsRegistry,
        _ recipient: AuditRecipient, _ logger: Logger
    ) throws(StartError) -> AuditLog? {
        guard let settings = configuration.log else { return nil }
        let synced = metrics.histogram(MetricCatalogue.auditSyncDuration)
        let audit = AuditLog(
            settings: settings, notify: loops.map { loop in { recipient.auditMovedOn(loop: loop.index) } },
            logger: logger, onSync: { metrics.shared.observe(synced, nanoseconds: $0) })
        do throws(AuditOpenError) {
            try audit.start()
        } catch {
            throw StartError(error.description)
        }
        return audit
    }

    private static func assemble(
        _ configuration: Configuration, _ controlLoop: EventLoop, _ runtimes: [LoopRuntime],
        _ metrics: MetricsRegistry, _ drain: Drain, _ log: LogOutput, _ logger: Logger
    ) async -> ServerParts {
        let limits = ConnectionLimits(configuration.limits.connections)
        let throttle = LoginThrottle(configuration.authentication.throttle)
        let rates = RateLimiter()
        rates.apply(configuration.users)
        let paused = PausedDatabases()
        let postgres = PostgresService(
            runtimes: runtimes, limits: limits, throttle: throttle, rates: rates,
            auditOptions: configuration.audit.options, metrics: metrics, logger: logger,
            isPaused: { paused.holds(ServerDatabase($0)) })
        await postgres.start()
        for runtime in runtimes {
            guard let audit = runtime.audit, let settings = configuration.audit.log else { continue }
            await AuditHandOver.install(audit, on: runtime.loop, delayNs: settings.handOverDelay)
        }
        ServerMetrics.register(in: metrics, runtimes: runtimes, limits: limits, audit: drain.audit)
        let state = ServerState()
        let keeper = PoolKeeper(service: postgres, runtimes: runtimes)
        let figures = PoolFigures(keeper: keeper)
        return ServerParts(
            runtimes: runtimes, controlLoop: controlLoop, metrics: metrics, limits: limits, throttle: throttle,
            rates: rates, audit: drain.audit, postgres: postgres, pools: keeper, figures: figures,
            listeners: ListenerService(
                runtimes: runtimes, handler: postgres, drain: drain, state: state, logger: logger),
            observability: ObservabilityService(
                metrics: metrics, state: state, logger: logger, refresh: { figures.refresh() }),
            log: log, state: state, paused: paused)
    }
}

/// Whom the audit log tells: it is opened before there is anybody.
final class AuditRecipient: Sendable {
    private let service = Mutex<PostgresService?>(nil)

    func set(_ new: PostgresService) { service.withLock { $0 = new } }

    /// Any thread.
    func auditMovedOn(loop index: Int) { service.withLock { $0 }?.auditMovedOn(loop: index) }
}
