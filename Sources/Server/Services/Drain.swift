internal import Audit
internal import Glibc
internal import Logging
internal import Proxy
internal import Sockets

/// Ends the sessions at shutdown: those between transactions at once, the others when they get there, and at the
/// deadline whatever they are doing.
struct Drain: Sendable {
    /// For the last words of killed sessions.
    static let grace = Duration.seconds(2)
    private static let pollInterval = Duration.milliseconds(10)

    let runtimes: [LoopRuntime]
    let audit: AuditLog?
    let logger: Logger

    /// Returns when there are no sessions any more.
    func run() async {
        var timeout: UInt64 = 0
        if let first = runtimes.first { timeout = await first.loop.run { first.snapshot.timeouts.drain } }
        logger.notice("draining", metadata: ["sessions": "\(sessionCount)"])
        for runtime in runtimes { runtime.loop.execute { runtime.drain() } }
        if await isEmpty(within: timeout == 0 ? nil : .nanoseconds(Int64(clamping: timeout))) { return }
        logger.warning("ending sessions that did not drain in time", metadata: ["sessions": "\(sessionCount)"])
        await endNow()
    }

    /// Ends every session, whatever it is doing; a session that does not even die ends with the process.
    func endNow() async {
        for runtime in runtimes {
            runtime.loop.execute {
                runtime.drain()
                for session in runtime.sessions.all { session.kill() }
            }
        }
        if await isEmpty(within: Self.grace) { return }
        logger.error("leaving sessions behind", metadata: ["sessions": "\(sessionCount)"])
        await flushAudit()
        // Not `exit`: the loops still run, and must not meet what exit handlers take apart.
        _exit(0)
    }

    @concurrent
    private func flushAudit() async { audit?.shutdown() }

    private var sessionCount: Int { runtimes.reduce(0) { $0 + $1.load.current } }

    /// - Parameter limit: nil waits for ever.
    private func isEmpty(within limit: Duration?) async -> Bool {
        let clock = ContinuousClock()
        let deadline = limit.map { clock.now.advanced(by: $0) }
        while sessionCount > 0 {
            if let deadline, clock.now >= deadline { return false }
            // Cancelled, the wait would spin.
            guard (try? await clock.sleep(for: Self.pollInterval)) != nil else { return sessionCount == 0 }
        }
        return true
    }
}
