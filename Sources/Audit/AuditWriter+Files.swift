import Glibc

/// Opening, setting aside and pruning.
extension AuditWriter {
    /// Opens the path of the settings. A last line without an end is what a crash left: it is cut off and kept as text
    /// in an event of its own, so every line of the file can be parsed.
    func openFile(_ clock: AuditClock) throws(AuditFileError) -> OpenFile {
        name = AuditFileName(settings.path)
        let handle = try files.open(settings.path)
        var length = handle.length
        var firstEvent: UInt64 = 0
        do throws(AuditFileError) {
            if length > 0 {
                // {"time":"2026-…
                let head = try files.read(handle.descriptor, at: 0, count: 32)
                firstEvent = Timestamp.parse(head.dropFirst(9)) ?? clock.wall
                let torn = try tornTail(handle)
                if !torn.isEmpty {
                    length -= Int64(torn.count)
                    try files.truncate(handle.descriptor, to: length)
                    prepend(recovery(torn, clock))
                }
            } else if handle.isRegular {
                try files.syncDirectory(name.directory)
            }
        } catch {
            files.close(handle.descriptor)
            throw error
        }
        return OpenFile(
            handle: handle, length: length, syncedLength: length, firstEvent: firstEvent, forgotten: length & ~4095)
    }

    /// What stands behind the last newline. Longer than any line we write: not ours, left alone.
    private func tornTail(_ handle: AuditFileHandle) throws(AuditFileError) -> [UInt8] {
        let last = try files.read(handle.descriptor, at: handle.length - 1, count: 1)
        if last == [0x0a] { return [] }
        let count = Int(min(handle.length, 1 << 20))
        let tail = try files.read(handle.descriptor, at: handle.length - Int64(count), count: count)
        if let newline = tail.lastIndex(of: 0x0a) { return Array(tail[(newline + 1)...]) }
        return Int64(count) == handle.length ? tail : []
    }

    private func recovery(_ torn: [UInt8], _ clock: AuditClock) -> AuditChunk {
        var json: [UInt8] = []
        AuditField.number("bytes", UInt64(torn.count)).encode(to: &json)
        AuditField.text("discarded", String(decoding: torn, as: UTF8.self)).encode(to: &json)
        let chunk = AuditChunk(capacity: json.count + 256, lane: nil)
        var cursor = LineCursor(position: chunk.base)
        var time = Timestamp()
        cursor.put(#"{"time":""#)
        time.write(clock.wall, to: &cursor)
        cursor.put(#"","event":"recovered","id":""#)
        cursor.put(Array("\(process)-w-\(counts.rotations)".utf8))
        cursor.put(UInt8(ascii: "\""))
        cursor.put(json)
        cursor.put("}\n")
        chunk.count = cursor.position - chunk.base
        return chunk
    }

    /// Changes to the path as it is now, for tools that have moved the file away. Without the new file the old one
    /// stays in use.
    func reopen(_ clock: AuditClock) throws(AuditFileError) {
        wantsReopen = false
        guard file != nil else { return }
        let new = try files.open(settings.path)
        leaveFile()
        files.close(new.descriptor)
        file = try openFile(clock)
    }

    func rotateIfDue(_ clock: AuditClock) throws(AuditFileError) {
        guard let open = file, let next = pending.first, open.handle.isRegular, open.length > 0,
            clock.monotonic >= rotateAfter
        else { return }
        let isLarge = settings.rotateBytes > 0 && open.length + Int64(next.count) > settings.rotateBytes
        let isOld =
            settings.rotateAge > 0 && open.firstEvent > 0 && clock.wall >= open.firstEvent &+ settings.rotateAge
        guard isLarge || isOld else { return }
        try sync()
        do throws(AuditFileError) {
            try files.rename(settings.path, to: name.aside(clock.wall))
        } catch {
            // Better a file too large than no log.
            counts.failures += 1
            rotateAfter = clock.monotonic + 10_000_000_000
            return
        }
        files.close(open.handle.descriptor)
        file = nil
        counts.rotations += 1
        file = try openFile(clock)
        prune()
    }

    private func prune() {
        guard settings.keepFiles > 0 else { return }
        for old in name.asides(among: files.list(name.directory)).dropLast(settings.keepFiles) {
            do throws(AuditFileError) {
                try files.remove("\(name.directory)/\(old)")
            } catch {
                counts.failures += 1
            }
        }
    }
}
