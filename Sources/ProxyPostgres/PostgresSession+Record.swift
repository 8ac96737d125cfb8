internal import Audit
internal import Core
internal import Identity
internal import Inspection
internal import Pooling
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

/// What is recorded of a session: for the audit log, metrics and the control side.
struct SessionRecord {
    var audit: AuditSession
    /// Wall clock, ns.
    let connectedNs: UInt64
    var applicationName: String
    var failure: PostgresFailure?
    var bytesFromClient: UInt64 = 0
    var bytesToClient: UInt64 = 0
    var bytesFromServer: UInt64 = 0
    /// As of the last `syncBytes`.
    var counted: (fromClient: UInt64, toClient: UInt64, fromServer: UInt64) = (0, 0, 0)
    /// Bytes of the answer under way that are not in `bytesToClient` yet.
    var bytesInRun: UInt64 = 0
    /// As of the last statement recorded.
    var bytesToClientAtLast: UInt64 = 0
    /// The reply is held until this event is on disk.
    var heldReply: AuditTicket?
    /// The request is held until this event is on disk.
    var heldRequest: AuditTicket?

    /// Stands where nothing is audited; shared by all sessions.
    static let notAudited = AuditSession(
        id: 0, protocolName: "postgresql", listener: "", client: "", tls: nil, user: "", application: "", backend: nil,
        database: "")
}

extension PostgresSession {
    /// Counts and audits a statement that ended, the one at `position` of a batch.
    @inline(__always)
    func recordStatement(
        _ info: StatementInfo, _ position: Int, startedNs: UInt64, bytesIn: Int, rows: UInt64, error: SQLState?
    ) {
        let bank = context.metrics
        let duration = loop.nowNs &- startedNs
        if info.isRead(position) {
            bank.add(route.metrics.queriesRead)
            bank.observe(route.metrics.durationRead, nanoseconds: duration)
        } else {
            bank.add(route.metrics.queriesWrite)
            bank.observe(route.metrics.durationWrite, nanoseconds: duration)
        }
        if error != nil { bank.add(route.metrics.statementErrors) }
        if info.kind(position) == .unknown { bank.add(route.metrics.notInspected) }
        countDigest(info, position, duration, rows, isError: error != nil)
        guard let audit = context.audit else { return }
        let total = record.bytesToClient &+ record.bytesInRun
        let sent = total &- min(record.bytesToClientAtLast, total)
        record.bytesToClientAtLast = total
        let ticket = audit.recordStatement(
            session: record.audit, text: info.auditText(position), kind: info.auditKind(position), verdict: .allowed,
            rows: rows, bytesIn: UInt64(bytesIn), bytesOut: sent, durationNs: duration,
            errorCode: error.flatMap { AuditErrorCode((0..<5).map($0.byte)) }, startedAt: loop.wallNs &- duration)
        if context.service.auditOptions.durability == .beforeReply { record.heldReply = ticket }
    }

    @inline(__always)
    private func countDigest(_ info: StatementInfo, _ position: Int, _ duration: UInt64, _ rows: UInt64, isError: Bool)
    {
        let digests = context.runtime.digests
        guard digests.limit > 0 else { return }
        let wall = loop.wallNs
        info.counter(position, database: digestDatabase, in: digests, wallNs: wall)?.pointee.figures.add(
            durationNs: duration, rows: rows, isError: isError, wallNs: wall)
    }

    /// Keeps the server connection for a reason that no statement's effects tell.
    func pin(_ reason: String, _ statement: StatementInfo?) {
        pins.add(reason, statement: statement)
        context.metrics.add(route.metrics.pin(reason))
    }

    func recordOpened() {
        context.audit?.record(
            "session_open", session: record.audit, fields: [.text("method", permit.method.rawValue)], at: loop.wallNs)
    }

    /// Adds what has passed since the last time to the counters.
    @inline(__always)
    func syncBytes() {
        let bank = context.metrics
        bank.add(route.metrics.bytesFromClient, record.bytesFromClient &- record.counted.fromClient)
        bank.add(route.metrics.bytesToClient, record.bytesToClient &- record.counted.toClient)
        bank.add(route.metrics.bytesFromServer, record.bytesFromServer &- record.counted.fromServer)
        record.counted = (record.bytesFromClient, record.bytesToClient, record.bytesFromServer)
    }

    /// The client has another application name from now on.
    func applicationRenamed(_ name: String) {
        record.applicationName = name
        guard context.audit != nil else { return }
        record.audit = login.auditSession(
            id: id, listener: listener.name, backend: route.backend.name, application: name)
    }

    func recordClosed() {
        syncBytes()
        guard let audit = context.audit else { return }
        var fields: [AuditField] = [
            .number("statements", statementCount), .number("bytes_in", record.bytesFromClient),
            .number("bytes_out", record.bytesToClient),
            .number("duration_us", (loop.wallNs &- record.connectedNs) / 1000),
        ]
        if let failure = record.failure { fields.append(.text("reason", failure.reason)) }
        audit.record("session_close", session: record.audit, fields: fields, at: loop.wallNs)
    }

    /// Requests that were forwarded and will have no answer: audited as lost.
    func flightsLost(_ server: PostgresServer) {
        record.bytesInRun = 0
        while let flight = server.flights.popFirst() {
            guard flight.kind == .query || flight.kind == .execute, let info = flight.statement else { continue }
            recordStatement(
                info, min(flight.answered, info.count - 1), startedNs: flight.startedNs, bytesIn: flight.bytesIn,
                rows: 0, error: .connectionFailure)
        }
    }

    /// True while the audit log must catch up before the reply may go on.
    var isReplyHeld: Bool {
        guard let ticket = record.heldReply, let audit = context.audit else { return false }
        if audit.awaitDurable(ticket) {
            record.heldReply = nil
            return false
        }
        context.waitForAudit(self)
        return true
    }

    /// True while the audit log must catch up before the request may go on.
    var isRequestHeld: Bool {
        guard let ticket = record.heldRequest, let audit = context.audit else { return false }
        if audit.awaitDurable(ticket) {
            record.heldRequest = nil
            return false
        }
        context.waitForAudit(self)
        return true
    }

    /// True while the audit log takes no more events and sessions are to wait for it.
    var isAuditFull: Bool {
        guard let audit = context.audit, !audit.awaitRoom() else { return false }
        context.waitForAudit(self)
        return true
    }

    /// Requests are announced before they are forwarded.
    @inline(__always)
    var auditsIntent: Bool { context.audit != nil && context.service.auditOptions.durability == .beforeForward }

    /// Announces a request that is forwarded only once the announcement is on disk.
    @inline(__always)
    func recordIntent(_ info: StatementInfo) {
        guard let audit = context.audit else { return }
        for position in 0..<info.count {
            record.heldRequest = audit.recordIntent(
                session: record.audit, text: info.auditText(position), kind: info.auditKind(position),
                verdict: .allowed,
                startedAt: loop.wallNs)
        }
    }

    // MARK: Control

    var info: SessionInfo {
        var info = SessionInfo()
        info.id = id
        info.loop = loop.index
        info.listener = listener.name
        info.user = login.user
        info.database = login.database
        info.backend = route.backend.name
        info.applicationName = record.applicationName
        info.client = login.client
        info.tls = login.tls
        info.connectedNs = record.connectedNs
        info.statements = statementCount
        info.idleNs = loop.nowNs &- lastRequestNs
        info.prepared = prepared.count
        info.pins = pins.descriptions
        info.serverPID = server?.processID ?? 0
        info.state = state
        return info
    }

    private var state: SessionInfo.State {
        if case .queued = lease.phase { return .waiting }
        guard let server else { return .idle }
        if !server.tracker.isQuiescent { return .active }
        if server.transaction != .idle { return .transaction }
        return pins.isPinned ? .pinned : .idle
    }
}
