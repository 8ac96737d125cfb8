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
        if transactionStartedNs == 0 { transactionStartedNs = lastRequestNs }
        statementCount &+= 1
        if context.timeouts.query > 0 { queryDeadlineNs = loop.nowNs &+ context.timeouts.query }
    }

    /// An answer, or a part of one, came to its end.
    @inline(__always)
    func answered(_ action: ResponseAction, rows: UInt64, _ server: PostgresServer) {
        guard action.step == .statement || action.step == .completed || action.step == .suspended else { return }
        if action.kind == .query || action.kind == .execute || action.kind == .functionCall {
            statementCompleted(action.tag, rows: rows, server)
        } else if action.kind == .close, access.policy != nil, action.step == .completed {
            let (name, then) = server.flights.update(action.tag) { ($0.statementName, $0.startedNs) } ?? ([], 0)
            if !name.isEmpty { access.own.remove(name, before: then) }
        }
        if action.step != .statement { server.flights.land(through: action.tag) }
    }

    @inline(__always)
    private func statementCompleted(_ tag: UInt32, rows: UInt64, _ server: PostgresServer) {
        // Only what is needed of it is copied: a flight holds many references.
        let part = server.flights.update(tag) { flight in
            flight.answered += 1
            let isStatement = flight.kind == .query || flight.kind == .execute
            return (
                statement: isStatement ? flight.statement : nil, place: flight.place, startedNs: flight.startedNs,
                bytesIn: flight.bytesIn
            )
        }
        guard let part, let statement = part.statement, let place = part.place else { return }
        let position = min(place, statement.count - 1)
        exposure.formUnion(statement.exposure)
        if settings.plainNamesAreTemporary { needsProbe = mode != .session }
        if !statement.isPlain, let flight = server.flights.update(tag, { $0 }) {
            apply(statement, position, flight, server)
        }
        recordStatement(
            statement, position, startedNs: part.startedNs, bytesIn: part.bytesIn, rows: rows, error: nil)
    }

    /// Effects of the statement at `position` of a batch, now that it has succeeded.
    private func apply(_ info: StatementInfo, _ position: Int, _ flight: Flight, _ server: PostgresServer) {
        guard info.summary.statements.indices.contains(position) else { return }
        let statement = info.summary.statements[position]
        for effect in statement.effects {
            switch effect {
            case .opaque:
                needsProbe = mode != .session
                survey.learnCustomNames(info.customNames)
            case .execute(let name): executed(name.bytes, flight, server)
            case .deallocate(let name?): deallocated(name.bytes, flight, server)
            case .deallocate(nil), .discard(.all): deallocatedAll(flight, server)
            case .prepare(let name, _): preparedSQL(name.bytes, flight, server)
            case .createTemporary: temporaryMade(server)
            default: break
            }
            settings.apply(effect)
            if let reason = pins.apply(effect, statement: info, nowNs: loop.nowNs) {
                context.metrics.add(route.metrics.pin(reason))
            }
        }
    }

    /// What a statement prepared by SQL or the protocol does counts when EXECUTE runs it.
    private func executed(_ name: [UInt8], _ flight: Flight, _ server: PostgresServer) {
        guard let statement = flight.naming?.nextMeant(name)?.statement else {
            needsProbe = mode != .session
            return
        }
        exposure.formUnion(statement.exposure)
        if !statement.summary.isPlain { apply(statement, 0, flight, server) }
    }

    private func deallocated(_ name: [UInt8], _ flight: Flight, _ server: PostgresServer) {
        access.own.remove(name, before: flight.startedNs)
        let known = prepared.removeValue(forKey: name)
        guard let gone = flight.naming?.nextMeant(name) ?? known else { return }
        server.prepared.remove(gone.number)
    }

    private func deallocatedAll(_ flight: Flight, _ server: PostgresServer) {
        access.own.removeAll(before: flight.startedNs)
        // The unnamed one has no name to be forgotten by.
        prepared.removeAll()
        server.prepared.removeAll()
    }

    /// PREPARE succeeded: the client has the name, this server the statement.
    private func preparedSQL(_ name: [UInt8], _ flight: Flight, _ server: PostgresServer) {
        guard sharesStatements else { return }
        if let made = flight.naming?.nextMade(name) {
            made.ran(under: settings.parsing)
            prepared[name] = made
            server.prepared.insert(made.number, cost: made.body.count)
        } else {
            // Where the text could not be changed.
            prepared[name] = PreparedStatement(
                number: 0, source: .sql, body: [], statement: context.functionCall, parsing: settings.parsing)
            pin("prepared_statement", flight.statement)
        }
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
        undoChange(flight, server)
        switch flight.kind {
        case .query, .execute:
            if let statement = flight.statement {
                failed(statement)
                let last = statement.count - 1
                recordStatement(
                    statement, min(flight.place ?? last, last), startedNs: flight.startedNs, bytesIn: flight.bytesIn,
                    rows: 0, error: NoticeFields.state(payload: payload))
            }
        case .parse:
            // PostgreSQL drops the old unnamed statement before it looks at the new one; a name keeps what it had.
            putBack(flight.name, flight.name.isEmpty ? nil : flight.previous, server)
        case .survey:
            // Then everything is probed until the next one.
            context.service.logger.warning("cannot survey the database", metadata: ["backend": "\(route.backend.name)"])
        case .settings, .probe:
            // What was accepted once is refused now: nobody can tell what state this connection is in.
            context.service.logger.error(
                "server connection refused the session's state",
                metadata: [
                    "backend": "\(route.backend.name)",
                    "sqlstate": "\(NoticeFields.state(payload: payload)?.description ?? "")",
                ])
            server.markBroken()
        case .bind:
            putBackPortal(flight.name, flight.previousPortal, server)
            // «cached plan must not change result type»
            if let shared = flight.prepared, shared.source == .parse, shared.number != 0,
                NoticeFields.state(payload: payload) == .featureNotSupported
            {
                context.retire(shared)
            }
        case .cleanUp: server.markBroken()
        case .prepare, .other, .close, .sync: break
        }
        switch action.kind {
        case .query, .functionCall, .sync, nil: break
        default: server.flights.land(through: action.tag)
        }
    }

    /// An error undoes settings, but no advisory lock that was taken before it, nor what nobody can see.
    private func failed(_ info: StatementInfo) {
        exposure.formUnion(info.exposure)
        guard !info.summary.isPlain else { return }
        for effect in info.summary.effects {
            switch effect {
            case .advisoryLock, .opaque, .execute: needsProbe = mode != .session
            case .taint: _ = pins.apply(effect, statement: info, nowNs: loop.nowNs)
            default: break
            }
        }
    }

    /// The server has not done what was noted down for the request.
    private func undoChange(_ flight: Flight, _ server: PostgresServer) {
        if flight.kind == .parse || flight.kind == .prepare, server.unnamed === flight.prepared { server.unnamed = nil }
        switch flight.change {
        case .none: break
        case .prepares: if let shared = flight.prepared { server.prepared.remove(shared.number) }
        case .closes(let number, let cost): server.prepared.insert(number, cost: cost)
        case .forgetsSequences(let user): server.sequenceUser = server.sequenceUser == 0 ? user : .max
        }
    }

    /// A request behind the one that failed: the server never looked at it.
    func undoSkipped(_ flight: Flight, _ server: PostgresServer) {
        undoChange(flight, server)
        switch flight.kind {
        case .parse: putBack(flight.name, flight.previous, server)
        case .close: putBack(flight.name, flight.prepared, server)
        case .bind: putBackPortal(flight.name, flight.previousPortal, server)
        case .query:
            putBack([], flight.previous, server)
            putBackPortal([], flight.previousPortal, server)
        default: break
        }
    }

    /// Gives a statement's name the meaning that it had before the first request that came to nothing.
    private func putBack(_ name: [UInt8], _ statement: PreparedStatement?, _ server: PostgresServer) {
        guard restoredNames.insert(name).inserted,
            !server.flights.replacePrevious(statement: name, statement)
        else { return }
        if name.isEmpty { unnamed = statement } else { prepared[name] = statement }
    }

    private func putBackPortal(_ name: [UInt8], _ bound: BoundPortal?, _ server: PostgresServer) {
        guard restoredNames.insert([0] + name).inserted,
            !server.flights.replacePrevious(portal: name, bound)
        else { return }
        if name.isEmpty { portal = bound } else { portals[name] = bound }
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
        case .probe, .survey:
            isProbing = false
            isSurveying = false
        default:
            queryDeadlineNs = 0
            settings.becameReady(status)
            pins.becameReady(status)
            if pins.wantsProbe { needsProbe = mode != .session }
            isQueryCancelled = false
            syncBytes()
            if !restoredNames.isEmpty { restoredNames.removeAll() }
            if !doubts.isEmpty || addsStatements, server.tracker.isQuiescent {
                doubts = Doubts()
                addsStatements = false
            }
            if status == .idle {
                if kind != .prepare { transactionEnded() }
                if !portals.isEmpty { portals.removeAll() }
            }
        }
    }

    private func transactionEnded() {
        context.metrics.add(route.metrics.transactions)
        guard transactionStartedNs > 0 else { return }
        context.metrics.observe(
            route.metrics.transactionDuration, nanoseconds: loop.nowNs &- transactionStartedNs)
        transactionStartedNs = 0
    }

    /// The probe's answer: what the session holds on this connection.
    func probeRow(_ payload: UnsafeRawBufferPointer, _ server: PostgresServer) {
        if isSurveying { return survey.learn(payload) }
        guard server.streaming == 0, let found = CatalogueProbe.parse(payload) else { return server.markBroken() }
        if found.preparedStatements.contains(where: { !$0.bytes.starts(with: PreparedStatement.namePrefix.utf8) }) {
            pin("prepared_statement", nil)
        }
        server.settings = settings.probed(found)
        serverLags = server.settings.fingerprint != settings.fingerprint
        pins.probed(found)
    }
}
