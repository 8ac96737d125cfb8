internal import Bytes
internal import Core
internal import Inspection
internal import Logging
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

// What an answer means: for the session's state, the pool, the metrics and the audit log.
extension PostgresSession {
    /// A request of the client is on its way.
    @inline(__always)
    func requestForwarded() {
        lastRequestNs = loop.nowNs
        statementCount &+= 1
        if context.timeouts.query > 0 { queryDeadlineNs = loop.nowNs &+ context.timeouts.query }
    }

    /// An answer, or a part of one, came to its end.
    @inline(__always)
    func answered(_ action: ResponseAction, rows: UInt64, _ server: PostgresServer) {
        guard action.step == .statement || action.step == .completed || action.step == .suspended else { return }
        if action.kind == .query || action.kind == .execute || action.kind == .functionCall {
            statementCompleted(action.tag, rows: rows, server)
        }
        if action.step != .statement { server.flights.land(through: action.tag) }
    }

    @inline(__always)
    private func statementCompleted(_ tag: UInt32, rows: UInt64, _ server: PostgresServer) {
        let flight = server.flights.update(tag) { flight in
            flight.answered += 1
            return flight
        }
        guard let flight, flight.kind == .query || flight.kind == .execute, let statement = flight.statement else { return }
        let position = min(flight.answered - 1, max(statement.summary.statements.count - 1, 0))
        if !statement.summary.isPlain { apply(statement, position, flight, server) }
        recordStatement(flight, position, rows: rows, error: nil)
    }

    /// Effects of the statement at `position` of a batch, now that it has succeeded.
    private func apply(_ info: StatementInfo, _ position: Int, _ flight: Flight, _ server: PostgresServer) {
        guard info.summary.statements.indices.contains(position) else { return }
        let statement = info.summary.statements[position]
        for effect in statement.effects {
            switch effect {
            case .opaque: needsProbe = mode != .session
            case .deallocate(let name?): deallocated(name.bytes, server)
            case .deallocate(nil), .discard(.all): deallocatedAll(server)
            case .prepare(let name, _): preparedSQL(name.bytes, flight, server)
            default: break
            }
            settings.apply(effect)
            if let reason = pins.apply(effect, statement: info, nowNs: loop.nowNs) { context.metrics.add(route.metrics.pin(reason)) }
        }
    }

    private func deallocated(_ name: [UInt8], _ server: PostgresServer) {
        guard let known = prepared.removeValue(forKey: name) else { return }
        server.prepared.remove(known.number)
    }

    private func deallocatedAll(_ server: PostgresServer) {
        prepared.removeAll()
        unnamed = nil
        server.prepared.removeAll()
        server.unnamed = nil
    }

    /// PREPARE succeeded: the client has the name, this server the statement.
    private func preparedSQL(_ name: [UInt8], _ flight: Flight, _ server: PostgresServer) {
        guard let made = flight.made?[name] else {
            if sharesStatements { prepared[name] = PreparedStatement(number: 0, source: .sql, body: [], statement: context.functionCall) }
            return
        }
        prepared[name] = made
        server.prepared.insert(made.number, cost: made.body.count)
    }

    /// The server refused a request; in the extended protocol it skips to Sync.
    func failed(_ action: ResponseAction, _ payload: UnsafeRawBufferPointer, _ server: PostgresServer) {
        if action.step == .unsolicited || NoticeFields.isFatal(payload: payload) {
            server.markBroken()
            server.saidGoodbye = action.delivery == .forward
        }
        let flight = server.flights.update(action.tag) { flight in
            flight.answered += 1
            return flight
        }
        guard let flight, action.step == .failed else { return }
        settings.failed()
        pins.failed()
        switch flight.kind {
        case .query, .execute:
            let last = max((flight.statement?.summary.statements.count ?? 1) - 1, 0)
            recordStatement(flight, min(flight.answered - 1, last), rows: 0, error: NoticeFields.state(payload: payload))
        case .parse, .prepare:
            undoParse(flight, server)
        case .settings, .probe:
            // What was accepted once is refused now: nobody can tell what state this connection is in.
            context.service.logger.error(
                "server connection refused the session's state",
                metadata: ["backend": "\(route.backend.name)", "sqlstate": "\(NoticeFields.state(payload: payload)?.description ?? "")"])
            server.markBroken()
        case .other, .close, .sync, .cleanUp:
            if flight.kind == .cleanUp { server.markBroken() }
        }
        switch action.kind {
        case .query, .functionCall, .sync, nil: break
        default: server.flights.land(through: action.tag)
        }
    }

    private func undoParse(_ flight: Flight, _ server: PostgresServer) {
        guard let shared = flight.prepared else { return }
        if flight.kind == .parse {
            if flight.name.isEmpty { unnamed = nil } else if prepared[flight.name] === shared { prepared[flight.name] = nil }
        }
        if server.unnamed === shared { server.unnamed = nil }
        server.prepared.remove(shared.number)
    }

    /// A request behind the one that failed: the server never looked at it.
    func undoSkipped(_ flight: Flight, _ server: PostgresServer) {
        switch flight.kind {
        case .parse, .prepare: undoParse(flight, server)
        case .close: if let shared = flight.prepared { prepared[flight.name] = shared }
        default: break
        }
    }

    /// ReadyForQuery: the end of a query or of a batch.
    @inline(__always)
    func becameReady(_ action: ResponseAction, _ server: PostgresServer) {
        let kind = action.kind == nil ? .sync : server.flights.update(action.tag) { $0.kind }
        server.flights.land(through: action.tag)
        let status = server.tracker.status
        server.transaction = status
        switch kind {
        case .settings:
            isRestoring = false
            adoptParameters(server)
        case .probe:
            isProbing = false
        default:
            queryDeadlineNs = 0
            settings.becameReady(status)
            pins.becameReady(status)
            if pins.wantsProbe { needsProbe = mode != .session }
            isQueryCancelled = false
            syncBytes()
            if status == .idle {
                context.metrics.add(route.metrics.transactions)
                if !portals.isEmpty { portals.removeAll() }
            }
        }
    }

    /// The probe's answer: what the session holds on this connection.
    func probeRow(_ payload: UnsafeRawBufferPointer, _ server: PostgresServer) {
        guard server.streaming == 0, let found = CatalogueProbe.parse(payload) else { return server.markBroken() }
        settings.probed(found)
        pins.probed(found)
    }
}
