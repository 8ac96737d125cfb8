import Glibc
import Synchronization

/// The way from the loops to the writer thread: filled chunks one way, empty ones back, under one lock that each side
/// takes once per chunk. The writer is woken only when it sleeps.
final class AuditQueue: @unchecked Sendable {  // Everything mutable is an atomic or guarded by `monitor`.
    /// What the writer is to do next.
    struct Work {
        var chunks: [AuditChunk] = []
        var settings: AuditSettings?
        var reopen = false
        /// Monotonic; set when the process ends.
        var finishBy: UInt64?
    }

    /// Sessions must not start statements.
    let mustWait = Atomic<Bool>(false)
    /// Events are to be dropped.
    let mustDrop = Atomic<Bool>(false)
    let lanes: [AuditLane]

    private let monitor = AuditMonitor()
    private var work = Work()
    private var free: [AuditChunk] = []
    private var settings: AuditSettings
    private var queuedBytes = 0
    private var isFull = false
    private var isFailing = false
    private var isSleeping = false

    /// Empty chunks kept for the loops.
    private static let maxFree = 64

    init(settings: AuditSettings, lanes: [AuditLane]) {
        self.settings = settings
        self.lanes = lanes
    }

    // MARK: Any thread

    /// Takes a filled chunk and gives an empty one.
    func submit(_ chunk: AuditChunk) -> AuditChunk {
        // A nearly empty chunk would pin its whole capacity until the disk is synced.
        let handed = chunk.count * 4 < chunk.capacity ? chunk.shrunk() : chunk
        let lane = chunk.lane
        var capacity = 0
        var wake = false
        let empty: AuditChunk? = monitor.withLock {
            work.chunks.append(handed)
            queuedBytes += handed.count
            decide()
            wake = isSleeping
            isSleeping = false
            capacity = settings.chunkBytes
            return handed === chunk ? free.popLast() : chunk
        }
        if wake { monitor.signal() }
        guard let empty else { return AuditChunk(capacity: capacity, lane: lane) }
        empty.reset()
        empty.lane = lane
        return empty
    }

    func reopen() { command { work.reopen = true } }

    func finish(by deadline: UInt64) { command { work.finishBy = deadline } }

    func update(_ new: AuditSettings) {
        command {
            settings = new
            work.settings = new
            free.removeAll()
            decide()
        }
        for lane in lanes { lane.wake() }
    }

    private func command(_ change: () -> Void) {
        monitor.withLock {
            change()
            isSleeping = false
        }
        monitor.signal()
    }

    func snapshot() -> (queuedBytes: Int, isFull: Bool) {
        monitor.withLock { (queuedBytes, isFull || isFailing) }
    }

    // MARK: Writer

    /// Waits for work, at most until `deadline` (monotonic; nil for ever).
    func next(deadline: UInt64?) -> Work {
        monitor.withLock {
            while work.chunks.isEmpty, work.settings == nil, !work.reopen, work.finishBy == nil {
                isSleeping = true
                guard monitor.wait(until: deadline) else { break }
            }
            isSleeping = false
            defer { work = Work() }
            return work
        }
    }

    /// Takes back chunks that are safe on disk or given up, and wakes loops that wait for them.
    func release(_ chunks: [AuditChunk], isFailing failing: Bool) {
        monitor.withLock {
            for chunk in chunks {
                queuedBytes -= chunk.count
                if free.count < Self.maxFree, chunk.capacity == settings.chunkBytes { free.append(chunk) }
            }
            isFailing = failing
            decide()
        }
        for lane in lanes { lane.wake() }
    }

    /// Full at the limit, and open again only with a quarter free, so that sessions don't wake for one record each.
    private func decide() {
        if queuedBytes >= settings.maxQueuedBytes { isFull = true }
        if queuedBytes <= settings.maxQueuedBytes / 4 * 3 { isFull = false }
        let blocks = settings.overflow == .block
        mustWait.store(blocks && (isFull || isFailing), ordering: .sequentiallyConsistent)
        mustDrop.store(!blocks && isFull, ordering: .sequentiallyConsistent)
    }
}
