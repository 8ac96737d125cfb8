import Glibc

/// Opening, setting aside and pruning.
extension AuditWriter {
    /// Opens the path of the settings, and goes on where the chain in it ends. A last line without an end is what a
    /// crash left: it is cut off and kept as text in an event of its own, so every line of the file can be parsed. A
    /// file that the chain can't be followed in is set aside as it is.
    func openFile(_ clock: AuditClock) throws(AuditFileError) -> OpenFile {
        name = AuditFileName(settings.path)
        if keyPath != settings.path + ".key" {
            // Another path is another chain.
            keyPath = settings.path + ".key"
            key = nil
            leftAt = nil
        }
        while true {
            let handle = try files.open(settings.path)
            do throws(AuditFileError) {
                if handle.isRegular { try files.lock(handle.descriptor) }
                switch try resume(handle) {
                case .at(let head, let length, let torn):
                    return try take(handle, head, length: length, torn, clock)
                case .broken(let reason, let head):
                    try setAside(reason, at: head, clock)
                    files.close(handle.descriptor)
                }
            } catch {
                files.close(handle.descriptor)
                throw error
            }
        }
    }

    private func take(
        _ handle: AuditFileHandle, _ head: ChainHead, length: Int64, _ torn: [UInt8], _ clock: AuditClock
    ) throws(AuditFileError) -> OpenFile {
        var firstEvent: UInt64 = 0
        if length > 0 {
            // {"time":"2026-…
            let start = try files.read(handle.descriptor, at: 0, count: 32)
            firstEvent = Timestamp.parse(start.dropFirst(9)) ?? clock.wall
        } else if handle.isRegular {
            try files.syncDirectory(name.directory)
        }
        if !torn.isEmpty {
            try files.truncate(handle.descriptor, to: length)
            let text = String(decoding: torn, as: UTF8.self)
            prepend(line("recovered", clock, [.number("bytes", UInt64(torn.count)), .text("discarded", text)]))
        }
        if head != key?.head { checkpointAt = clock.monotonic &+ settings.checkpointDelay }
        return OpenFile(
            handle: handle, length: length, syncedLength: length, syncedHead: head, firstEvent: firstEvent,
            forgotten: length & ~4095)
    }

    /// Moves a file away that the chain can't go on in, and says so in the next one, where it stands at `head`.
    func setAside(_ reason: String, at head: ChainHead, _ clock: AuditClock) throws(AuditFileError) {
        let aside = name.aside(clock.wall)
        try files.rename(settings.path, to: aside)
        leftAt = head
        counts.chainBreaks += 1
        broken.append((aside, reason))
        prepend(line("chain_broken", clock, [.text("file", aside), .text("reason", reason)]))
    }

    /// Changes to the path as it is now, for tools that have moved the file away. Without the new file the old one
    /// stays in use.
    func reopen(_ clock: AuditClock) throws(AuditFileError) {
        wantsReopen = false
        guard file != nil else { return }
        let new = try files.open(settings.path)
        files.close(new.descriptor)
        leaveFile(clock)
        file = try openFile(clock)
    }

    func rotateIfDue(_ clock: AuditClock) throws(AuditFileError) {
        guard let open = file, let next = pending.first, open.handle.isRegular, open.length > 0,
            writtenHead.lines > open.preambleLines, clock.monotonic >= rotateAfter
        else { return }
        let isOld =
            settings.rotateAge > 0 && open.firstEvent > 0 && clock.wall >= open.firstEvent &+ settings.rotateAge
        guard isOld || isTooLong(open.length + Int64(next.count)) else { return }
        try close(clock)
        do throws(AuditFileError) {
            if keyIsStale, let key { try store(key) }
            // One step may fill several files; each needs a name of its own.
            try files.rename(settings.path, to: name.aside(clock.wall &+ counts.rotations &* 1000))
        } catch {
            // Better a file too large than no log.
            counts.failures += 1
            rotateAfter = clock.monotonic + 10_000_000_000
            return
        }
        closeFile()
        counts.rotations += 1
        file = try openFile(clock)
        prune(clock)
    }

    /// Room is left for the checkpoint at the file's end.
    func isTooLong(_ length: Int64) -> Bool {
        settings.rotateBytes > 0 && length + Self.checkpointRoom > settings.rotateBytes
    }

    private static let checkpointRoom: Int64 = 1024

    /// Says in the log which lines are no longer kept; their files are removed when that is safe.
    private func prune(_ clock: AuditClock) {
        guard settings.keepFiles > 0 else { return }
        let names = name.asides(among: files.list(name.directory))
        let old = names.dropLast(settings.keepFiles).map { "\(name.directory)/\($0)" }
        guard let last = old.last, let kept = names.suffix(settings.keepFiles).first else { return }
        let start = (try? files.contents("\(name.directory)/\(kept)", limit: 1024)) ?? []
        let header = start.split(separator: 0x0a).first.flatMap(ChainedLine.init).flatMap(ChainPoint.init)
        let fields: [AuditField] = [
            .number("files", UInt64(old.count)), .text("file", last), .number("lines", header?.previous.lines ?? 0),
        ]
        prepend(line("pruned", clock, fields, kind: .pruned(old)))
    }

    func remove(_ paths: [String]) {
        for path in paths {
            do throws(AuditFileError) {
                try files.remove(path)
            } catch {
                counts.failures += 1
            }
        }
    }
}
