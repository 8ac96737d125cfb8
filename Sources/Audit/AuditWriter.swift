import Glibc
import Synchronization

/// Both clocks at one moment, in nanoseconds.
struct AuditClock: Equatable {
    var monotonic: UInt64
    /// Since the epoch.
    var wall: UInt64

    static func now() -> AuditClock { AuditClock(monotonic: read(CLOCK_MONOTONIC), wall: read(CLOCK_REALTIME)) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Puts chunks into the file. Confined to the writer thread; knows no thread or clock itself.
///
/// A chunk is given back only when it is synced, because a failed synchronisation may have lost any write since the one
/// before: then the file is cut back to what was synced and everything after is written again. A failed or partial write
/// goes on later at the very byte where it stopped. So the file never holds a torn line followed by another.
///
/// A chunk's lines are linked to those before right before they are written, so that whatever has to come first can.
final class AuditWriter {
    struct OpenFile {
        let handle: AuditFileHandle
        /// As far as this process knows; another may append too.
        var length: Int64
        /// End of the last chunk that is synced, and the chain there.
        var syncedLength: Int64
        var syncedHead: ChainHead
        /// The chain's lines before its first event; 0 when those were written by another process.
        var preambleLines: UInt64 = 0
        /// Wall clock of its first event; 0 while it is empty.
        var firstEvent: UInt64
        /// What lies before is no longer in the page cache.
        var forgotten: Int64 = 0
    }

    /// What a step achieved.
    struct Result {
        /// Chunks that are safe and can be used again.
        var released: [AuditChunk] = []
        /// The first failure after success.
        var failure: AuditFileError?
        var hasHealed = false
    }

    let files: any AuditFileAccess
    var settings: AuditSettings
    var name: AuditFileName
    let onSync: @Sendable (UInt64) -> Void
    let process: String
    /// Where lines go besides, once they are safe.
    var sinks: [AuditForwarder] = []
    var file: OpenFile?
    /// Not written, or not written to the end.
    var pending: [AuditChunk] = []
    /// Bytes of the first pending chunk that are written.
    private(set) var offset = 0
    /// Written, not synced.
    private(set) var unsynced: [AuditChunk] = []
    private var firstUnsyncedAt: UInt64?
    var wantsReopen = false
    private var needsRollback = false
    let sealer = ChainSealer()
    /// Where the key is kept: beside the file that is open, or was last.
    var keyPath = ""
    var key: ChainKey?
    /// The key's file holds an older one.
    var keyIsStale = false
    /// Where the chain stood when a file was left; nil in a new process.
    var leftAt: ChainHead?
    /// Monotonic; nil when all that is written is signed.
    var checkpointAt: UInt64?
    /// Written since the last checkpoint.
    var uncheckedBytes: Int64 = 0
    /// The log's own lines, for their ids.
    var ownLines: UInt64 = 0
    /// Files set aside because the chain could not go on in them, and why; to be told.
    var broken: [(file: String, reason: String)] = []
    var isFinishing = false
    private var retryAt: UInt64 = 0
    private var backOff: UInt64 = 0
    /// A rotation that failed is tried again after this.
    var rotateAfter: UInt64 = 0
    private(set) var error: AuditFileError?
    var result = Result()
    var counts = AuditStatistics()

    static let firstBackOff: UInt64 = 50_000_000
    static let lastBackOff: UInt64 = 2_000_000_000
    /// Buffers of one write; the kernel takes 1,024.
    private static let maxParts = 256
    /// Unsynced bytes that make a synchronisation due before its time, so that buffers come back to the loops.
    private static let syncBytes = 2 << 20
    /// The page cache is given back in pieces of this size. Writing into recycled pages was measured at a third of the
    /// cost of fresh ones, and the log does not push out what a database on the same host has cached.
    private static let forgetBytes: Int64 = 256 << 10
    /// Bytes that make a checkpoint due before its time, so that a restart has little to read.
    static let checkpointBytes: Int64 = 16 << 20

    init(
        settings: AuditSettings, files: any AuditFileAccess, process: String,
        onSync: @escaping @Sendable (UInt64) -> Void
    ) {
        self.settings = settings
        self.files = files
        self.process = process
        self.onSync = onSync
        name = AuditFileName(settings.path)
    }

    deinit { if let file { files.close(file.handle.descriptor) } }

    var isIdle: Bool { pending.isEmpty && unsynced.isEmpty && !wantsReopen && (isChecked || !isFinishing) }

    /// When `step` has something to do without further input; nil for never.
    var deadline: UInt64? {
        if error != nil { return retryAt }
        let sync = firstUnsyncedAt.map { $0 + settings.syncDelay }
        guard settings.checkpointDelay > 0, let checkpointAt else { return sync }
        return min(sync ?? .max, checkpointAt)
    }

    func accept(_ chunks: [AuditChunk]) { pending += chunks }

    func apply(_ new: AuditSettings) {
        if new.path != settings.path { wantsReopen = true }
        settings = new
    }

    /// Does all that can be done now.
    func step(_ clock: AuditClock) -> Result {
        result = Result()
        // An operator who asks for the file to be opened again has mended something.
        guard error == nil || clock.monotonic >= retryAt || wantsReopen else { return result }
        do throws(AuditFileError) {
            if wantsReopen { try reopen(clock) }
            if needsRollback { try rollBack() }
            if file == nil { file = try openFile(clock) }
            try writePending(clock)
            try syncIfDue(clock)
            // A checkpoint that was on its way may have more behind it.
            if isFinishing, !isChecked {
                try writePending(clock)
                try sync()
            }
            if error != nil { result.hasHealed = true }
            error = nil
            backOff = 0
        } catch {
            failed(error, clock)
        }
        defer { result = Result() }
        return result
    }

    private func failed(_ failure: AuditFileError, _ clock: AuditClock) {
        counts.failures += 1
        if error == nil { result.failure = failure }
        error = failure
        backOff = backOff == 0 ? Self.firstBackOff : min(backOff * 2, Self.lastBackOff)
        retryAt = clock.monotonic + backOff
    }

    // MARK: Writing

    private func writePending(_ clock: AuditClock) throws(AuditFileError) {
        while file != nil {
            if pending.isEmpty {
                guard isCheckpointDue(clock) else { return }
                pending.append(checkpoint(clock))
            } else if offset == 0 {
                try rotateIfDue(clock)
            }
            if file?.length == 0, offset == 0, pending[0].kind != .header {
                prepend(header(clock))
                let lines = writtenHead.lines + UInt64(pending.prefix { $0.kind.isPreamble }.count)
                file?.preambleLines = lines
            }
            try writeSome(Self.maxParts, clock)
        }
    }

    /// Ends what is in the file with a checkpoint, safe on disk.
    func close(_ clock: AuditClock) throws(AuditFileError) {
        try sync()
        guard !isChecked else { return }
        let last = checkpoint(clock)
        prepend(last)
        while pending.first === last { try writeSome(1, clock) }
        try sync()
    }

    /// - Parameter limit: chunks.
    private func writeSome(_ limit: Int, _ clock: AuditClock) throws(AuditFileError) {
        guard var open = file else { return }
        let count = try files.write(open.handle.descriptor, parts(open, limit))
        if open.firstEvent == 0 { open.firstEvent = clock.wall }
        open.length += Int64(count)
        file = open
        counts.writtenBytes += UInt64(count)
        uncheckedBytes += Int64(count)
        if firstUnsyncedAt == nil { firstUnsyncedAt = clock.monotonic }
        if checkpointAt == nil { checkpointAt = clock.monotonic &+ settings.checkpointDelay }
        advance(count)
    }

    /// As many pending chunks as fit into the file before it is set aside, at least one; linked to what is before.
    private func parts(_ open: OpenFile, _ limit: Int) -> [UnsafeRawBufferPointer] {
        var parts: [UnsafeRawBufferPointer] = []
        var length = open.length
        var head = writtenHead
        var hasEvents = false
        for chunk in pending.prefix(limit) {
            let start = parts.isEmpty ? offset : 0
            length += Int64(chunk.count - start)
            if hasEvents, isTooLong(length) { break }
            hasEvents = hasEvents || !chunk.kind.isPreamble
            if chunk.sealed == nil { sealer.seal(chunk, after: head) }
            head = chunk.sealed ?? head
            parts.append(UnsafeRawBufferPointer(rebasing: chunk.bytes[start...]))
        }
        return parts
    }

    /// The chain after the last chunk that is written to its end.
    var writtenHead: ChainHead { unsynced.last?.sealed ?? file?.syncedHead ?? leftAt ?? .start }

    /// The last line written is a checkpoint, and safe.
    var isChecked: Bool { writtenHead == key?.head }

    private func isCheckpointDue(_ clock: AuditClock) -> Bool {
        guard let due = checkpointAt, !unsynced.contains(where: { $0.kind == .checkpoint }) else { return false }
        if isChecked {
            checkpointAt = nil
            return false
        }
        let isOld = settings.checkpointDelay > 0 && clock.monotonic >= due
        return isOld || isFinishing || uncheckedBytes >= Self.checkpointBytes
    }

    private func advance(_ count: Int) {
        offset += count
        var done = 0
        while done < pending.count, offset >= pending[done].count {
            offset -= pending[done].count
            done += 1
        }
        unsynced += pending[..<done]
        pending.removeFirst(done)
    }

    // MARK: Synchronising

    private func syncIfDue(_ clock: AuditClock) throws(AuditFileError) {
        guard let open = file, let first = firstUnsyncedAt else { return }
        let isLarge = open.length - open.syncedLength >= min(Self.syncBytes, settings.maxQueuedBytes / 4)
        let isDue = isLarge || clock.monotonic >= first + settings.syncDelay
        if isDue || isFinishing || settings.durability != .async || !open.handle.isRegular { try sync() }
    }

    func sync() throws(AuditFileError) {
        guard var open = file, firstUnsyncedAt != nil else { return }
        if open.handle.isRegular {
            let start = AuditClock.now().monotonic
            do throws(AuditFileError) {
                try files.sync(open.handle.descriptor)
            } catch {
                takeBack()
                throw error
            }
            onSync(AuditClock.now().monotonic - start)
            counts.syncs += 1
            let cached = open.length - open.forgotten
            if cached >= Self.forgetBytes {
                files.forget(open.handle.descriptor, from: open.forgotten, count: cached)
                open.forgotten = open.length & ~4095
            }
        }
        open.syncedLength = open.length - Int64(offset)
        open.syncedHead = writtenHead
        file = open
        firstUnsyncedAt = nil
        let safe = unsynced
        unsynced.removeAll(keepingCapacity: true)
        for chunk in safe {
            counts.writtenEvents += chunk.events
            chunk.lane?.durable.store(chunk.lastSequence, ordering: .sequentiallyConsistent)
            settle(chunk)
        }
        if keyIsStale { storeKey() }
        // Lines of the log's own came through no queue.
        result.released += safe.filter { $0.lane != nil }
    }

    /// What was written since the last synchronisation counts as not written.
    private func takeBack() {
        needsRollback = true
        offset = 0
        pending = unsynced + pending
        unsynced.removeAll()
        firstUnsyncedAt = nil
        unseal()
    }

    /// Something else comes to stand before what is pending.
    private func unseal() {
        pending.removeAll { $0.kind == .header || $0.kind == .checkpoint }
        for chunk in pending { chunk.sealed = nil }
    }

    /// Cuts the file back to its synced part. When somebody else has appended, nothing is cut and the file is closed:
    /// opening it will show that it does not belong to the chain any more.
    private func rollBack() throws(AuditFileError) {
        guard var open = file else { return }
        let length = open.handle.isRegular ? try files.length(open.handle.descriptor) : -1
        if length == open.length {
            try files.truncate(open.handle.descriptor, to: open.syncedLength)
            open.length = open.syncedLength
            file = open
        } else if open.handle.isRegular {
            closeFile()
        }
        needsRollback = false
    }

    /// Puts a line of the log's own before everything pending.
    func prepend(_ chunk: AuditChunk) {
        unseal()
        pending.insert(chunk, at: 0)
    }

    /// Leaves the open file for good, with whole lines only. What could not be synced is written to the next one.
    func leaveFile(_ clock: AuditClock) {
        guard file != nil else { return }
        do throws(AuditFileError) {
            if offset > 0 { takeBack() } else { try close(clock) }
        } catch {
            counts.failures += 1
            if !needsRollback { takeBack() }
        }
        do throws(AuditFileError) {
            if needsRollback { try rollBack() }
        } catch {
            counts.failures += 1
        }
        needsRollback = false
        closeFile()
        unseal()
    }

    func closeFile() {
        guard let open = file else { return }
        leftAt = open.syncedHead
        files.close(open.handle.descriptor)
        file = nil
    }

    // MARK: The end

    /// Gives up what can't be written: cuts the file after its last whole line.
    /// - Returns: everything that was still held, and the number of events lost.
    func abandon() -> (chunks: [AuditChunk], lost: UInt64) {
        var lost = pending.reduce(0) { $0 + $1.events } + unsynced.reduce(0) { $0 + $1.events }
        if let open = file, let first = pending.first, offset > 0, !needsRollback {
            let written = first.bytes[..<offset]
            let whole = written.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
            if open.handle.isRegular, (try? files.length(open.handle.descriptor)) == open.length,
                (try? files.truncate(open.handle.descriptor, to: open.length - Int64(offset - whole))) != nil
            {
                let events = UInt64(written[..<whole].count { $0 == 0x0a })
                lost -= events
                counts.writtenEvents += events
            }
        }
        defer {
            pending = []
            unsynced = []
        }
        return ((pending + unsynced).filter { $0.lane != nil }, lost)
    }
}
