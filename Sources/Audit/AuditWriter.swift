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
final class AuditWriter {
    struct OpenFile {
        let handle: AuditFileHandle
        /// As far as this process knows; another may append too.
        var length: Int64
        /// End of the last chunk that is synced.
        var syncedLength: Int64
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
    var file: OpenFile?
    /// Not written, or not written to the end.
    private(set) var pending: [AuditChunk] = []
    /// Bytes of the first pending chunk that are written.
    private(set) var offset = 0
    /// Written, not synced.
    private(set) var unsynced: [AuditChunk] = []
    private var firstUnsyncedAt: UInt64?
    var wantsReopen = false
    private var needsRollback = false
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

    var isIdle: Bool { pending.isEmpty && unsynced.isEmpty && !wantsReopen }

    /// When `step` has something to do without further input; nil for never.
    var deadline: UInt64? {
        if error != nil { return retryAt }
        return firstUnsyncedAt.map { $0 + settings.syncDelay }
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
            if file == nil { file = try openFile(clock) }
            if needsRollback { try rollBack() }
            try writePending(clock)
            try syncIfDue(clock)
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
        while !pending.isEmpty {
            if offset == 0 { try rotateIfDue(clock) }
            guard var open = file else { return }
            let count = try files.write(open.handle.descriptor, parts(open))
            if open.firstEvent == 0 { open.firstEvent = clock.wall }
            open.length += Int64(count)
            file = open
            counts.writtenBytes += UInt64(count)
            if firstUnsyncedAt == nil { firstUnsyncedAt = clock.monotonic }
            advance(count)
        }
    }

    /// As many pending chunks as fit into the file before it is set aside, at least one.
    private func parts(_ open: OpenFile) -> [UnsafeRawBufferPointer] {
        var parts: [UnsafeRawBufferPointer] = []
        var length = open.length
        for chunk in pending.prefix(Self.maxParts) {
            let start = parts.isEmpty ? offset : 0
            length += Int64(chunk.count - start)
            if !parts.isEmpty, settings.rotateBytes > 0, length > settings.rotateBytes { break }
            parts.append(UnsafeRawBufferPointer(rebasing: chunk.bytes[start...]))
        }
        return parts
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
        file = open
        firstUnsyncedAt = nil
        for chunk in unsynced {
            counts.writtenEvents += chunk.events
            chunk.lane?.durable.store(chunk.lastSequence, ordering: .sequentiallyConsistent)
        }
        result.released += unsynced
        unsynced.removeAll(keepingCapacity: true)
    }

    /// What was written since the last synchronisation counts as not written.
    private func takeBack() {
        needsRollback = true
        pending = unsynced + pending
        unsynced.removeAll()
        firstUnsyncedAt = nil
    }

    /// Cuts the file back to its synced part. When somebody else has appended, nothing is cut: the lines written again
    /// then stand there twice, with the same ids.
    private func rollBack() throws(AuditFileError) {
        guard var open = file else { return }
        let length = open.handle.isRegular ? try files.length(open.handle.descriptor) : -1
        if length == open.length {
            try files.truncate(open.handle.descriptor, to: open.syncedLength)
            open.length = open.syncedLength
            file = open
        } else if offset > 0 {
            pending.insert(Self.newline(), at: 0)
        }
        offset = 0
        needsRollback = false
    }

    private static func newline() -> AuditChunk {
        let chunk = AuditChunk(capacity: 1, lane: nil)
        chunk.base[0] = 0x0a
        chunk.count = 1
        return chunk
    }

    /// Puts a line of the log's own before everything pending.
    func prepend(_ chunk: AuditChunk) { pending.insert(chunk, at: 0) }

    /// Leaves the open file for good, with whole lines only. What could not be synced is written to the next one.
    func leaveFile() {
        guard file != nil else { return }
        do throws(AuditFileError) {
            if offset > 0 { takeBack() } else { try sync() }
            if needsRollback { try rollBack() }
        } catch {
            counts.failures += 1
        }
        offset = 0
        needsRollback = false
        if let file { files.close(file.handle.descriptor) }
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
        return (pending + unsynced, lost)
    }
}
