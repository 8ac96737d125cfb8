internal import Credentials

/// Lines of the log's own, the key, and how a file is taken up again.
extension AuditWriter {
    // MARK: Lines

    /// A line up to its link.
    private func body(_ event: StaticString, _ clock: AuditClock, _ fields: [AuditField]) -> [UInt8] {
        ownLines += 1
        var time = Timestamp()
        let text = String(unsafeUninitializedCapacity: Timestamp.length) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var cursor = LineCursor(position: base)
            time.write(clock.wall, to: &cursor)
            return Timestamp.length
        }
        var json = Array(#"{"time":"\#(text)","event":"\#(event)","id":"\#(process)-w-\#(ownLines)""#.utf8)
        for field in fields { field.encode(to: &json) }
        return json
    }

    private func chunk(_ body: [UInt8], _ kind: AuditChunk.Kind) -> AuditChunk {
        let chunk = AuditChunk(capacity: body.count + ChainLink.byteCount, lane: nil)
        var cursor = LineCursor(position: chunk.base)
        cursor.put(body)
        cursor.putLink()
        chunk.count = chunk.capacity
        chunk.kind = kind
        return chunk
    }

    func line(
        _ event: StaticString, _ clock: AuditClock, _ fields: [AuditField], kind: AuditChunk.Kind = .events
    ) -> AuditChunk {
        chunk(body(event, clock, fields), kind)
    }

    /// The first line of a file: what it goes on from.
    func header(_ clock: AuditClock) -> AuditChunk {
        guard let key else { preconditionFailure("a file without a key") }
        return line(
            ChainPoint.header, clock,
            [
                .number("lines", writtenHead.lines), .text("previous", writtenHead.hash.text),
                .number("number", key.number), .text("key", Hex.encode(key.publicKey)),
            ], kind: .header)
    }

    /// Signs all that is written.
    func checkpoint(_ clock: AuditClock) -> AuditChunk {
        guard let key else { preconditionFailure("a file without a key") }
        var json = body(
            ChainPoint.checkpoint, clock,
            [
                .number("number", key.number), .number("lines", writtenHead.lines),
                .text("previous", writtenHead.hash.text), .text("next_key", Hex.encode(key.nextPublicKey)),
            ])
        AuditField.text("signature", key.sign(json)).encode(to: &json)
        checkpointAt = clock.monotonic &+ settings.checkpointDelay
        uncheckedBytes = 0
        return chunk(json, .checkpoint)
    }

    // MARK: The key

    /// Does what had to wait until a chunk was safe.
    func settle(_ chunk: AuditChunk) {
        for sink in sinks {
            sink.offer(chunk.bytes, lines: max(chunk.events, 1), isCheckpoint: chunk.kind == .checkpoint)
        }
        switch chunk.kind {
        case .events, .header: break
        case .checkpoint:
            guard let head = chunk.sealed else { return }
            counts.checkpoints += 1
            key?.advance(to: head)
            storeKey()
        case .pruned(let names): remove(names)
        }
    }

    /// A key that can't be stored stays in memory and is tried again: the one in the file still leads to it.
    func storeKey() {
        guard let key, file?.handle.isRegular == true else { return }
        do throws(AuditFileError) {
            try store(key)
        } catch {
            keyIsStale = true
            counts.failures += 1
        }
    }

    func store(_ key: ChainKey) throws(AuditFileError) {
        var text = key.text
        defer { erase(&text) }
        try files.replace(keyPath, with: text)
        keyIsStale = false
    }

    /// The key that goes with the path; a chain of its own begins where there is none.
    private func loadKey(isRegular: Bool) throws(AuditFileError) -> (key: ChainKey, isNew: Bool) {
        if let key { return (key, false) }
        let text = isRegular ? try files.contents(keyPath, limit: ChainKey.maxFileBytes) : nil
        if let key = text.flatMap(ChainKey.init) { return (key, false) }
        let key = ChainKey()
        if isRegular { try store(key) }
        return (key, true)
    }

    // MARK: Taking up

    enum Resumption {
        /// The file goes on here, after its first `length` bytes; `torn` were behind them.
        case at(ChainHead, length: Int64, torn: [UInt8])
        /// It does not belong to the chain, which stands at `head`.
        case broken(String, ChainHead)
    }

    /// Finds out where the chain stands in a file that is not empty.
    func resume(_ handle: AuditFileHandle) throws(AuditFileError) -> Resumption {
        let (found, isNew) = try loadKey(isRegular: handle.isRegular)
        key = found
        let stood = leftAt ?? found.head
        guard handle.length > 0 else { return .at(stood, length: 0, torn: []) }
        guard let tail = try ChainTail.read(files, handle.descriptor, length: handle.length, sealer) else {
            return try unfollowed(handle, stood)
        }
        if isNew { return .broken("the key file is missing or damaged", .start) }
        if let leftAt, leftAt != tail.head { return .broken("it was changed while it was closed", leftAt) }
        guard try catchUp(with: tail) else { return .broken("it does not end after the last checkpoint", stood) }
        if leftAt == nil { anchorAgain(tail.point) }
        if tail.rest.contains(0x0a) { return .broken("lines at its end do not continue the chain", tail.head) }
        return .at(tail.head, length: handle.length - Int64(tail.rest.count), torn: tail.rest)
    }

    /// The process before may have ended before it had sent its last checkpoint.
    private func anchorAgain(_ point: ChainPoint) {
        guard point.isCheckpoint else { return }
        let line = Array(point.line.body) + Array(#","chain":"\#(point.line.hash.text)"}"#.utf8) + [0x0a]
        for sink in sinks { line.withUnsafeBytes { sink.offer($0, lines: 1, isCheckpoint: true) } }
    }

    /// Nothing but a torn first line is a file that never began.
    private func unfollowed(_ handle: AuditFileHandle, _ head: ChainHead) throws(AuditFileError) -> Resumption {
        let torn = try files.read(handle.descriptor, at: 0, count: Int(min(handle.length, Self.maxTornBytes + 1)))
        guard torn.count <= Self.maxTornBytes, !torn.contains(0x0a) else { return .broken("it has no chain", head) }
        return .at(head, length: 0, torn: torn)
    }

    /// Longer than any line: not what a crash leaves.
    private static let maxTornBytes: Int64 = 16 << 20

    /// Brings the key to where the file is. It lags where the process ended between a checkpoint and its key, and is
    /// never ahead, since a checkpoint is safe before its key is given up.
    private func catchUp(with tail: ChainTail) throws(AuditFileError) -> Bool {
        guard var next = key else { return false }
        let (lag, isAhead) = tail.point.nextNumber.subtractingReportingOverflow(next.number)
        guard !isAhead, lag <= ChainKey.maxLag else { return false }
        if lag == 0, tail.point.isCheckpoint, tail.point.head != next.head { return false }
        for step in 0..<lag {
            if step == lag - 1, tail.point.isCheckpoint, !tail.point.isSigned(by: next.publicKey) { return false }
            next.advance(to: tail.point.head)
        }
        guard next.publicKey == tail.point.nextKey else { return false }
        guard lag > 0 else { return true }
        key?.forget()
        key = next
        // Before anything else is done, or the file could be set aside and the key not lead to it.
        try store(next)
        return true
    }
}
