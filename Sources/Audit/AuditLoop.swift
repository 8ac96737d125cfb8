import Synchronization

/// One loop's end of the audit log. Confined to its loop: recording is memory copies into the loop's own buffer, which
/// goes to the writer when it is full or after `handOverDelay`.
public final class AuditLoop: @unchecked Sendable {  // Confined to its loop; what it shares is in `lane` and `queue`.
    let lane: AuditLane
    private let queue: AuditQueue
    private var chunk: AuditChunk
    private var sequence: UInt64 = 0
    private var time = Timestamp()
    /// `","id":"<process>-<loop>-`
    private let idPrefix: [UInt8]
    private var undeclaredDrops: UInt64 = 0
    /// When a turn first ended with something in the buffer; 0 when that has not happened.
    private var pendingSince: UInt64 = 0
    private var handOverBytes = 0
    private var handOverDelay: UInt64 = 0

    /// Fixed keys, time, id, numbers and link of a statement's line: at most this long.
    private static let frame = 720

    init(lane: AuditLane, queue: AuditQueue, settings: AuditSettings, process: String) {
        self.lane = lane
        self.queue = queue
        idPrefix = Array(#","id":"\#(process)-\#(lane.index)-"#.utf8)
        chunk = AuditChunk(capacity: settings.chunkBytes, lane: lane)
        apply(settings)
    }

    /// Takes over the changed settings of a reload.
    public func apply(_ settings: AuditSettings) {
        handOverBytes = settings.handOverBytes
        handOverDelay = settings.durability == .async ? settings.handOverDelay : 0
    }

    // MARK: Waiting

    /// False while sessions must not start statements: the queue is full or the disk fails, and the policy is `block`.
    public var canAccept: Bool { !queue.mustWait.load(ordering: .relaxed) }

    /// Like `canAccept`; when false, the loop's `notify` will be called once that may have changed.
    public func awaitRoom() -> Bool {
        if canAccept { return true }
        lane.isWaiting.store(true, ordering: .sequentiallyConsistent)
        return !queue.mustWait.load(ordering: .sequentiallyConsistent)
    }

    /// Whether everything up to `ticket` is on disk.
    public func isDurable(_ ticket: AuditTicket) -> Bool { lane.durable.load(ordering: .acquiring) >= ticket.sequence }

    /// Like `isDurable`; when false, the loop's `notify` will be called once that may have changed.
    public func awaitDurable(_ ticket: AuditTicket) -> Bool {
        if isDurable(ticket) { return true }
        lane.isWaiting.store(true, ordering: .sequentiallyConsistent)
        return lane.durable.load(ordering: .sequentiallyConsistent) >= ticket.sequence
    }

    // MARK: Handing over

    /// Something waits in the buffer: the loop then needs a timer of `handOverDelay`, or a turn, to call `flushIfDue`.
    public var hasPending: Bool { chunk.count > 0 }

    /// To be called at the end of each turn.
    /// - Parameter nowNs: monotonic.
    public func flushIfDue(nowNs: UInt64) {
        guard chunk.count > 0 else { return }
        if handOverDelay > 0 {
            if pendingSince == 0 { pendingSince = max(nowNs, 1) }
            guard nowNs >= pendingSince &+ handOverDelay else { return }
        }
        flush()
    }

    /// Hands over what there is.
    public func flush() {
        guard chunk.count > 0 else { return }
        pendingSince = 0
        chunk.lastSequence = sequence
        lane.recorded.store(sequence, ordering: .relaxed)
        chunk = queue.submit(chunk)
    }

    // MARK: Recording

    /// Records that a statement ended, or was refused.
    /// - Parameters:
    ///   - startedAt: wall clock, nanoseconds since the epoch.
    ///   - rows: returned or changed; bytes are those of the protocol, from and to the client.
    /// - Returns: what to wait for where durability asks for it.
    @discardableResult
    public func recordStatement(
        session: borrowing AuditSession, text: borrowing AuditStatementText, kind: AuditKind, verdict: AuditVerdict,
        rows: UInt64, bytesIn: UInt64, bytesOut: UInt64, durationNs: UInt64, errorCode: AuditErrorCode?,
        startedAt: UInt64
    ) -> AuditTicket {
        guard admit() else { return .none }
        var cursor = begin("statement", startedAt, room: Self.frame + session.json.count + text.json.count)
        cursor.put(session.json)
        putKind(kind, verdict, &cursor)
        cursor.put(text.json)
        cursor.put(#","rows":"#)
        cursor.put(decimal: rows)
        cursor.put(#","bytes_in":"#)
        cursor.put(decimal: bytesIn)
        cursor.put(#","bytes_out":"#)
        cursor.put(decimal: bytesOut)
        cursor.put(#","duration_us":"#)
        cursor.put(decimal: durationNs / 1000)
        if let errorCode {
            cursor.put(#","error":""#)
            cursor.put(errorCode)
            cursor.put(UInt8(ascii: "\""))
        }
        return end(cursor)
    }

    /// Announces a statement that is forwarded only when this is on disk.
    public func recordIntent(
        session: borrowing AuditSession, text: borrowing AuditStatementText, kind: AuditKind, verdict: AuditVerdict,
        startedAt: UInt64
    ) -> AuditTicket {
        guard admit() else { return .none }
        var cursor = begin("intent", startedAt, room: Self.frame + session.json.count + text.json.count)
        cursor.put(session.json)
        putKind(kind, verdict, &cursor)
        cursor.put(text.json)
        return end(cursor)
    }

    /// Records anything rarer than statements: logins, ends of sessions, refusals, acts of an administrator.
    /// - Parameter at: wall clock, nanoseconds since the epoch.
    @discardableResult
    public func record(
        _ event: StaticString, session: AuditSession? = nil, fields: [AuditField] = [], at: UInt64
    ) -> AuditTicket {
        guard admit() else { return .none }
        var json = session?.json ?? []
        for field in fields { field.encode(to: &json) }
        var cursor = begin(event, at, room: Self.frame + json.count)
        cursor.put(json)
        return end(cursor)
    }

    // MARK: Lines

    /// Takes a number for the event. False when it is to be dropped: the gap in the numbers then shows it.
    private func admit() -> Bool {
        sequence += 1
        guard queue.mustDrop.load(ordering: .relaxed) else {
            if undeclaredDrops > 0 { declareDrops() }
            return true
        }
        undeclaredDrops += 1
        lane.dropped.store(lane.dropped.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        lane.recorded.store(sequence, ordering: .relaxed)
        return false
    }

    /// The first line after a loss says how much was lost; it takes the number the event was given.
    private func declareDrops() {
        let count = undeclaredDrops
        undeclaredDrops = 0
        var cursor = begin("dropped", AuditClock.now().wall, room: Self.frame)
        cursor.put(#","count":"#)
        cursor.put(decimal: count)
        _ = end(cursor)
        sequence += 1
    }

    private func begin(_ event: StaticString, _ wall: UInt64, room: Int) -> LineCursor {
        if chunk.capacity - chunk.count < room {
            // The event being written is not in the chunk handed over.
            sequence -= 1
            flush()
            sequence += 1
            if chunk.capacity < room { chunk = AuditChunk(capacity: room, lane: lane) }
        }
        var cursor = LineCursor(position: chunk.base + chunk.count)
        cursor.put(#"{"time":""#)
        time.write(wall, to: &cursor)
        cursor.put(#"","event":""#)
        cursor.put(event)
        cursor.put(UInt8(ascii: "\""))
        cursor.put(idPrefix)
        cursor.put(decimal: sequence)
        cursor.put(UInt8(ascii: "\""))
        return cursor
    }

    private func putKind(_ kind: AuditKind, _ verdict: AuditVerdict, _ cursor: inout LineCursor) {
        cursor.put(#","kind":""#)
        cursor.put(kind.name)
        cursor.put(#"","verdict":""#)
        cursor.put(verdict.name)
        cursor.put(UInt8(ascii: "\""))
    }

    private func end(_ cursor: LineCursor) -> AuditTicket {
        var cursor = cursor
        cursor.putLink()
        chunk.count = cursor.position - chunk.base
        chunk.events += 1
        let ticket = AuditTicket(sequence: sequence)
        if chunk.count >= handOverBytes { flush() }
        return ticket
    }

    /// For the end of the process: drops that no later line has declared.
    func finish() {
        if undeclaredDrops > 0 {
            sequence += 1
            declareDrops()
            sequence -= 1
        }
        flush()
    }
}

/// An event's place among those of its loop.
public struct AuditTicket: Sendable, Equatable {
    let sequence: UInt64

    /// Nothing to wait for.
    public static let none = AuditTicket(sequence: 0)
}
