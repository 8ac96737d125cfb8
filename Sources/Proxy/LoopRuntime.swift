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
    /// Statements by shape.
    public let digests: DigestTable
    /// What new decisions go by; swapped whole by a reload.
    public private(set) var snapshot: ProxySnapshot
    /// Refuses new sessions and ends those between transactions.
    public private(set) var isDraining = false
    private var observers: [(ProxySnapshot) -> Void] = []

    /// - Parameter digests: shapes of statements that are counted; 0 is none.
    public init(
        loop: EventLoop, metrics: CounterBank, audit: AuditLoop?, digests: Int, snapshot: ProxySnapshot
    ) {
        self.loop = loop
        self.metrics = metrics
        self.audit = audit
        self.snapshot = snapshot
        self.digests = DigestTable(limit: digests)
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
