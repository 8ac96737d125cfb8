internal import Audit
internal import Limits
internal import Proxy
internal import ProxyPostgres
internal import Sockets
internal import Telemetry

/// What of the process a configuration is applied to. Every part may be called from any thread.
struct ServerParts: Sendable {
    let runtimes: [LoopRuntime]
    /// For work that is no session's: a loop of its own, whose index follows those of the data loops.
    let controlLoop: EventLoop
    let metrics: MetricsRegistry
    let limits: ConnectionLimits
    let throttle: LoginThrottle
    let rates: RateLimiter
    /// Nil when nothing is audited.
    let audit: AuditLog?
    let postgres: PostgresService
    let pools: PoolKeeper
    let figures: PoolFigures
    let listeners: ListenerService
    let observability: ObservabilityService
    let log: LogOutput
    let state: ServerState
    let paused: PausedDatabases
}
