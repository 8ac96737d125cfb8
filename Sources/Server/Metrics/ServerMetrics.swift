internal import Audit
internal import CBuildInfo
internal import Limits
internal import Proxy
internal import Sockets
internal import Telemetry

/// Registers what is counted outside the sessions.
enum ServerMetrics {
    static func register(
        in registry: MetricsRegistry, runtimes: [LoopRuntime], limits: ConnectionLimits, audit: AuditLog?
    ) {
        ProcessMetrics.register(in: registry)
        registerBuild(registry)
        for runtime in runtimes { registerLoop(runtime, registry) }
        registry.observe(MetricCatalogue.unauthenticatedConnections) {
            .integer(Int64(limits.counts.unauthenticated))
        }
        let digests = runtimes.map(\.digests.load)
        registry.observe(MetricCatalogue.digests) { .integer(Int64(digests.reduce(0) { $0 + $1.shapes })) }
        registry.observe(MetricCatalogue.digestsForgotten) {
            .integer(Int64(clamping: digests.reduce(UInt64(0)) { $0 &+ $1.forgotten }))
        }
        if let audit { registerAudit(audit, registry) }
    }

    private static func registerBuild(_ registry: MetricsRegistry) {
        registry.observe(
            MetricCatalogue.buildInfo, String(cString: cbuildinfo_version()), String(cbuildinfo_build()),
            String(cString: cbuildinfo_commit())
        ) { .integer(1) }
    }

    private static func registerLoop(_ runtime: LoopRuntime, _ registry: MetricsRegistry) {
        let index = String(runtime.loop.index)
        let counters = runtime.loop.counters
        let load = runtime.load
        func observe(_ family: MetricFamily, _ read: @escaping @Sendable () -> UInt64) {
            registry.observe(family, index) { .integer(Int64(clamping: read())) }
        }
        observe(MetricCatalogue.loopTurns) { counters.turns.current }
        observe(MetricCatalogue.loopWakes) { counters.wakes.current }
        observe(MetricCatalogue.loopEnqueues) { counters.crossThreadEnqueues.current }
        observe(MetricCatalogue.loopReads) { counters.reads.current }
        observe(MetricCatalogue.loopWrites) { counters.writes.current }
        observe(MetricCatalogue.loopSessions) { UInt64(clamping: load.current) }
    }

    private static func registerAudit(_ audit: AuditLog, _ registry: MetricsRegistry) {
        func observe(_ family: MetricFamily, _ read: @escaping @Sendable (AuditStatistics) -> UInt64) {
            registry.observe(family) { .integer(Int64(clamping: read(audit.statistics()))) }
        }
        observe(MetricCatalogue.auditEvents) { $0.recordedEvents }
        observe(MetricCatalogue.auditWritten) { $0.writtenEvents }
        observe(MetricCatalogue.auditWrittenBytes) { $0.writtenBytes }
        observe(MetricCatalogue.auditDropped) { $0.droppedEvents }
        observe(MetricCatalogue.auditQueuedBytes) { UInt64(clamping: $0.queuedBytes) }
        observe(MetricCatalogue.auditBlocked) { $0.isFull ? 1 : 0 }
        observe(MetricCatalogue.auditFailures) { $0.failures }
        observe(MetricCatalogue.auditRotations) { $0.rotations }
        observe(MetricCatalogue.auditCheckpoints) { $0.checkpoints }
        observe(MetricCatalogue.auditChainBreaks) { $0.chainBreaks }
        for (index, sink) in audit.sinkStatistics().enumerated() { registerSink(index, sink.name, audit, registry) }
    }

    private static func registerSink(_ index: Int, _ name: String, _ audit: AuditLog, _ registry: MetricsRegistry) {
        func observe(_ family: MetricFamily, _ read: @escaping @Sendable (AuditSinkStatistics) -> UInt64) {
            registry.observe(family, name) {
                .integer(Int64(clamping: read(audit.sinkStatistics()[index].statistics)))
            }
        }
        observe(MetricCatalogue.auditSinkLines) { $0.lines }
        observe(MetricCatalogue.auditSinkDropped) { $0.droppedLines }
        observe(MetricCatalogue.auditSinkFailures) { $0.failures }
        observe(MetricCatalogue.auditSinkQueuedBytes) { UInt64(clamping: $0.queuedBytes) }
    }
}
