internal import Audit
internal import ServiceLifecycle
internal import Sockets

/// Ends the audit log when everything that records has ended.
struct AuditService: Service {
    let log: AuditLog

    func run() async throws {
        try? await gracefulShutdown()
        log.record("process_stopped")
        await flush()
    }

    /// Waits for the disk, so off the cooperative threads' time: one thread, for some seconds at most.
    @concurrent
    private func flush() async { log.shutdown() }
}

/// Hands a loop's audit events over at the ends of turns, and wakes the loop for those that wait in an idle one.
/// `@unchecked Sendable`: confined to its loop.
final class AuditHandOver: @unchecked Sendable {
    private let loop: EventLoop
    private let audit: AuditLoop
    private let delayNs: UInt64
    private var timer: LoopTimer?

    private init(loop: EventLoop, audit: AuditLoop, delayNs: UInt64) {
        self.loop = loop
        self.audit = audit
        self.delayNs = delayNs
    }

    static func install(_ audit: AuditLoop, on loop: EventLoop, delayNs: UInt64) async {
        await loop.run {
            let handOver = AuditHandOver(loop: loop, audit: audit, delayNs: delayNs)
            // Firing is enough: the turn that it belongs to ends with `endOfTurn`.
            handOver.timer = LoopTimer(loop: loop) {}
            loop.onEndOfTurn { handOver.endOfTurn() }
        }
    }

    private func endOfTurn() {
        guard audit.hasPending else { return }
        audit.flushIfDue(nowNs: loop.nowNs)
        guard audit.hasPending, let timer, !timer.isArmed else { return }
        timer.arm(at: loop.nowNs &+ delayNs)
    }
}
