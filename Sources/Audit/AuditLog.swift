import Glibc
public import Logging
import Synchronization

/// The audit log of the process: one `AuditLoop` per event loop, one writer thread, one file of JSON lines.
public final class AuditLog: @unchecked Sendable {  // Immutable but for `state` and what `Mutex` guards.
    /// In the order of the loops.
    public let loops: [AuditLoop]

    private let queue: AuditQueue
    /// Events from outside the loops.
    private let processLane: Mutex<AuditLoop>
    private let outer: AuditLane
    private let counts = Mutex(AuditStatistics())
    private let writer: AuditWriter
    private let sinks: [AuditForwarder]
    private let logger: Logger
    private let thread = Mutex<pthread_t?>(nil)

    /// - Parameters:
    ///   - notify: one closure per loop, called on the writer thread when a session of that loop asked to be told
    ///     (`awaitRoom`, `awaitDurable`); it must only wake the loop.
    ///   - onSync: given the duration of each synchronisation in nanoseconds, on the writer thread.
    public convenience init(
        settings: AuditSettings, notify: [@Sendable () -> Void], logger: Logger,
        onSync: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) {
        self.init(settings: settings, notify: notify, logger: logger, onSync: onSync, files: PosixFileAccess())
    }

    init(
        settings: AuditSettings, notify: [@Sendable () -> Void], logger: Logger,
        onSync: @escaping @Sendable (UInt64) -> Void, files: any AuditFileAccess
    ) {
        let process = "\(String(AuditClock.now().wall / 1000, radix: 36)).\(String(getpid(), radix: 36))"
        let lanes = notify.enumerated().map { AuditLane(index: $0.offset, notify: $0.element) }
        outer = AuditLane(index: notify.count, notify: {})
        let queue = AuditQueue(settings: settings, lanes: lanes)
        loops = lanes.map { AuditLoop(lane: $0, queue: queue, settings: settings, process: process) }
        processLane = Mutex(AuditLoop(lane: outer, queue: queue, settings: settings, process: process))
        writer = AuditWriter(settings: settings, files: files, process: process, onSync: onSync)
        self.queue = queue
        self.logger = logger
        sinks = Self.sinks(settings, files, logger)
        writer.sinks = sinks
    }

    private static func sinks(
        _ settings: AuditSettings, _ files: any AuditFileAccess, _ logger: Logger
    ) -> [AuditForwarder] {
        var sinks: [AuditForwarder] = []
        if let anchor = settings.anchor {
            let sink: any AuditSink =
                switch anchor {
                case .file(let path): AnchorFile(path: path, files: files)
                case .service(let receiver, let path): AnchorService(receiver, path: path)
                }
            sinks.append(AuditForwarder(name: "anchor", sink: sink, wantsEvents: false, logger: logger))
        }
        if let syslog = settings.syslog {
            let sink = SyslogSink(syslog)
            sinks.append(
                AuditForwarder(name: "syslog", sink: sink, wantsEvents: syslog.sendsEvents, logger: logger))
        }
        return sinks
    }

    // MARK: Life

    /// Opens the file and starts the writer thread; to be called once.
    /// - Throws: `AuditOpenError` when the file can't be opened, so that a wrong path is found at start.
    public func start() throws(AuditOpenError) {
        do throws(AuditFileError) {
            writer.file = try writer.openFile(.now())
        } catch {
            throw AuditOpenError(path: writer.settings.path, operation: error.operation, code: error.code)
        }
        tellBreaks()
        publish()
        for sink in sinks { sink.start() }
        do throws(AuditFileError) {
            let handle = try AuditThread.start("audit") { self.run() }
            thread.withLock { $0 = handle }
        } catch {
            throw AuditOpenError(path: writer.settings.path, operation: error.operation, code: error.code)
        }
    }

    /// Opens the path anew: after a tool has moved the file away.
    public func reopen() { queue.reopen() }

    /// Takes over changed settings; each loop's `apply` is called by its loop.
    public func update(_ settings: AuditSettings) {
        processLane.withLock { $0.apply(settings) }
        queue.update(settings)
    }

    /// Writes and syncs all that was recorded, then ends the thread. Blocks: not for a loop. The loops must have stopped.
    /// - Parameter timeoutNs: how long a failing disk is tried.
    public func shutdown(timeoutNs: UInt64 = 5_000_000_000) {
        guard let handle = thread.withLock({ $0.take() }) else { return }
        for loop in loops { loop.finish() }
        processLane.withLock { $0.finish() }
        queue.finish(by: AuditClock.now().monotonic &+ timeoutNs)
        pthread_join(handle, nil)
        let deadline = AuditClock.now().monotonic &+ Self.sinkTimeout
        for sink in sinks { sink.finish(by: deadline) }
    }

    /// How long sinks may go on sending when all is in the file.
    private static let sinkTimeout: UInt64 = 3_000_000_000

    // MARK: Any thread

    /// Records an event of the process itself and hands it over at once.
    public func record(_ event: StaticString, fields: [AuditField] = []) {
        processLane.withLock { loop in
            loop.record(event, fields: fields, at: AuditClock.now().wall)
            loop.flush()
        }
    }

    public func statistics() -> AuditStatistics {
        var result = counts.withLock { $0 }
        (result.queuedBytes, result.isFull) = queue.snapshot()
        for lane in loops.map(\.lane) + [outer] {
            result.recordedEvents += lane.recorded.load(ordering: .relaxed)
            result.droppedEvents += lane.dropped.load(ordering: .relaxed)
        }
        return result
    }

    /// By the sink's name; of those there are.
    public func sinkStatistics() -> [(name: String, statistics: AuditSinkStatistics)] {
        sinks.map { ("\($0.name)", $0.snapshot()) }
    }

    // MARK: Writer thread

    private func run() {
        while true {
            let work = queue.next(deadline: writer.deadline)
            writer.accept(work.chunks)
            if let settings = work.settings { writer.apply(settings) }
            if work.reopen { writer.wantsReopen = true }
            if let deadline = work.finishBy { return finish(by: deadline) }
            step()
        }
    }

    private func step() {
        let clock = AuditClock.now()
        let wasFailing = writer.error != nil
        let result = writer.step(clock)
        if let failure = result.failure {
            logger.error("Audit log fails", metadata: describe(failure))
        }
        if result.hasHealed { logger.notice("Audit log works again") }
        tellBreaks()
        publish()
        let isFailing = writer.error != nil
        if !result.released.isEmpty || isFailing != wasFailing { queue.release(result.released, isFailing: isFailing) }
    }

    private func tellBreaks() {
        for (file, reason) in writer.broken {
            logger.error("Audit chain broken", metadata: ["reason": "\(reason)", "kept": "\(file)"])
        }
        writer.broken = []
    }

    private func finish(by deadline: UInt64) {
        writer.isFinishing = true
        step()
        while !writer.isIdle, let retry = writer.deadline, AuditClock.now().monotonic < deadline {
            let wait = min(retry, deadline)
            var time = timespec(tv_sec: Int(wait / 1_000_000_000), tv_nsec: Int(wait % 1_000_000_000))
            clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &time, nil)
            step()
        }
        let (chunks, lost) = writer.abandon()
        if lost > 0 {
            writer.counts.droppedEvents += lost
            logger.critical("Audit events lost at the end", metadata: ["events": "\(lost)"])
        }
        publish()
        queue.release(chunks, isFailing: writer.error != nil)
    }

    private func publish() {
        var current = writer.counts
        current.currentError = writer.error?.code ?? 0
        counts.withLock { $0 = current }
    }

    private func describe(_ error: AuditFileError) -> Logger.Metadata {
        [
            "path": "\(writer.settings.path)", "operation": "\(error.operation)",
            "error": "\(String(cString: strerror(error.code)))",
        ]
    }
}

/// The audit file could not be opened.
public struct AuditOpenError: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let operation: String
    /// `errno`.
    public let code: Int32

    public var description: String {
        operation == "lock"
            ? "audit file \(path) is in use by another process"
            : "cannot open audit file \(path) (\(operation)): \(String(cString: strerror(code)))"
    }
}
