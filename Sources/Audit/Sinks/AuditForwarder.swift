import Glibc
import Logging

/// Brings lines that are safe in the file to a sink, on a thread of its own: no sink holds up the log.
///
/// What a sink can't take yet waits, up to a limit; then events are left out, which their chain shows, and checkpoints
/// are not.
final class AuditForwarder: @unchecked Sendable {  // Mutable state is the thread's own or guarded by `monitor`.
    private struct Batch {
        var bytes: [UInt8]
        var lines: UInt64
        let isCheckpoint: Bool
    }

    /// Bytes of events that may wait.
    static let maxQueuedBytes = 16 << 20
    /// Checkpoints that may wait; at one in ten seconds more than a day.
    private static let maxCheckpoints = 10_000
    private static let firstBackOff: UInt64 = 250_000_000
    private static let lastBackOff: UInt64 = 15_000_000_000

    let name: StaticString
    private let sink: any AuditSink
    private let wantsEvents: Bool
    private let logger: Logger
    private let monitor = AuditMonitor()
    private var queue: [Batch] = []
    private var counts = AuditSinkStatistics()
    private var checkpoints = 0
    private var deadline: UInt64?
    private var hasEnded = false
    private var isFailing = false

    /// - Parameter wantsEvents: all lines; otherwise checkpoints only.
    init(name: StaticString, sink: any AuditSink, wantsEvents: Bool, logger: Logger) {
        self.name = name
        self.sink = sink
        self.wantsEvents = wantsEvents
        self.logger = logger
    }

    // MARK: Any thread

    func start() {
        do throws(AuditFileError) {
            pthread_detach(try AuditThread.start(name) { self.run() })
        } catch {
            monitor.withLock { hasEnded = true }
            logger.critical("Audit sink has no thread", metadata: ["error": "\(error.code)"])
        }
    }

    /// Takes a copy of what has become safe.
    func offer(_ bytes: UnsafeRawBufferPointer, lines: UInt64, isCheckpoint: Bool) {
        guard isCheckpoint || wantsEvents else { return }
        monitor.withLock {
            let isFull =
                isCheckpoint
                ? checkpoints >= Self.maxCheckpoints : counts.queuedBytes + bytes.count > Self.maxQueuedBytes
            guard !isFull, !hasEnded else {
                counts.droppedLines += lines
                return
            }
            queue.append(Batch(bytes: Array(bytes), lines: lines, isCheckpoint: isCheckpoint))
            counts.queuedBytes += bytes.count
            if isCheckpoint { checkpoints += 1 }
        }
        monitor.signal()
    }

    func snapshot() -> AuditSinkStatistics { monitor.withLock { counts } }

    /// Sends what waits, at most until then (monotonic), and ends the thread. Blocks.
    func finish(by deadline: UInt64) {
        monitor.withLock {
            self.deadline = deadline
            monitor.signal()
            while !hasEnded, monitor.wait(until: deadline) {}
            let left = queue.reduce(0) { $0 + $1.lines }
            guard left > 0 else { return }
            counts.droppedLines += left
            logger.error("Audit lines not sent at the end", metadata: ["sink": "\(name)", "lines": "\(left)"])
        }
    }

    // MARK: Its thread

    private func run() {
        var backOff: UInt64 = 0
        while let batch = next(after: backOff) {
            do throws(AuditSinkError) {
                try sink.send(batch.bytes)
                backOff = 0
                succeed(batch)
            } catch {
                sink.close()
                backOff = backOff == 0 ? Self.firstBackOff : min(backOff * 2, Self.lastBackOff)
                fail(error)
            }
        }
        sink.close()
        monitor.withLock { hasEnded = true }
        monitor.signal()
    }

    /// The first that waits, not before `pause` is over; nil when all is sent or there is no more time.
    private func next(after pause: UInt64) -> Batch? {
        let start = AuditClock.now().monotonic &+ pause
        return monitor.withLock {
            while true {
                let now = AuditClock.now().monotonic
                if let deadline, queue.isEmpty || now >= deadline { return nil }
                if now >= start, let first = queue.first { return first }
                // While nothing fails only an offer or the end is waited for.
                _ = monitor.wait(until: now < start ? min(start, deadline ?? start) : deadline)
            }
        }
    }

    private func succeed(_ batch: Batch) {
        let hasHealed = monitor.withLock {
            queue.removeFirst()
            counts.lines += batch.lines
            counts.queuedBytes -= batch.bytes.count
            if batch.isCheckpoint { checkpoints -= 1 }
            defer { isFailing = false }
            return isFailing
        }
        if hasHealed { logger.notice("Audit sink works again", metadata: ["sink": "\(name)"]) }
    }

    private func fail(_ error: AuditSinkError) {
        let isNew = monitor.withLock {
            counts.failures += 1
            defer { isFailing = true }
            return !isFailing
        }
        guard isNew else { return }
        logger.error("Audit sink fails", metadata: ["sink": "\(name)", "reason": "\(error.reason)"])
    }
}
