public import Audit
public import Sockets
public import Telemetry

/// What the sessions of one loop share. `@unchecked Sendable`: confined to its loop.
public final class LoopRuntime: @unchecked Sendable {
    public let loop: EventLoop
    public let metrics: CounterBank
    /// Nil when nothing is audited.
    public let audit: AuditLoop?
    public let sessions: SessionRegistry
    public let load = LoopLoad()
    /// What new decisions go by; swapped whole by a reload.
    public private(set) var snapshot: ProxySnapshot
    /// Refuses new sessions and ends those between transactions.
    public private(set) var isDraining = false
    private var observers: [(ProxySnapshot) -> Void] = []

    public init(loop: EventLoop, metrics: CounterBank, audit: AuditLoop?, snapshot: ProxySnapshot) {
        self.loop = loop
        self.metrics = metrics
        self.audit = audit
        self.snapshot = snapshot
        sessions = SessionRegistry(loop: loop.index)
    }

    /// Calls `observer` on the loop after each change of the snapshot.
    public func onSnapshot(_ observer: @escaping (ProxySnapshot) -> Void) { observers.append(observer) }

    public func apply(_ snapshot: ProxySnapshot) {
        loop.assertOnLoop()
        self.snapshot = snapshot
        for observer in observers { observer(snapshot) }
    }

    public func drain() {
        isDraining = true
        for session in sessions.all { session.drain() }
    }
}
