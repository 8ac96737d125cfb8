internal import Bytes
internal import Inspection
internal import Proxy
internal import Sockets
internal import WirePostgres

// RESET goes back to what the startup packet said. A server connection that others share has heard of no such packet: there
// RESET goes to the account's defaults, and so the client's values are said again right behind it, in the same batch.
extension PostgresSession {
    /// Takes a simple query that may reset settings of the startup packet.
    func takeReset(
        _ flight: Flight, _ info: StatementInfo, _ text: UnsafeRawBufferPointer, _ server: PostgresServer,
        _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        if info.summary.isDiscardAll {
            if !server.tracker.isInBatch { return try takeDiscardAll(flight, server, header, &cursor) }
            // Inside a batch that may fail yet: found out afterwards.
            needsProbe = mode != .session
        }
        let naming = sharesStatements ? naming(of: text, info, settings.lexing) : Naming()
        if !info.summary.isDiscardAll { addAmends(to: naming, info.summary.statements, server) }
        if !naming.added.isEmpty {
            addsStatements = true
        } else if !sharesStatements || !info.summary.namesPrepared {
            try submit(.query, flight, server)
            forward(header, &cursor)
            requestForwarded()
            return true
        }
        return try takeEdited(flight, naming, text, server, header, &cursor)
    }

    private func addAmends(to naming: Naming, _ statements: [StatementSummary.Statement], _ server: PostgresServer) {
        // Alone outside a transaction SET LOCAL is over at once, and the server warns of that.
        let isAlone = statements.count == 1 && server.transaction == .idle && !server.tracker.isInBatch
        var place = 0
        for statement in statements {
            var amends = settings.amends(for: effects(of: statement, naming))
            if isAlone, statement.effects.contains(where: \.isLocalReset) { amends = [] }
            if !amends.isEmpty { naming.add(amends, at: statement.range.upperBound, behind: place) }
            place += 1 + amends.count
        }
    }

    /// What EXECUTE runs counts as its own.
    private func effects(of statement: StatementSummary.Statement, _ naming: Naming?) -> [SessionEffect] {
        statement.effects.flatMap { effect in
            guard case .execute(let name) = effect else { return [effect] }
            return naming?.firstMeant(name.bytes)?.statement.summary.effects ?? []
        }
    }

    /// DISCARD ALL must be a query's only statement. As messages of the extended protocol it still is one, and others may
    /// follow ahead of the one ReadyForQuery.
    private func takeDiscardAll(
        _ flight: Flight, _ server: PostgresServer, _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        cutRun(&cursor)
        let own = Flight(kind: .prepare, startedNs: loop.nowNs)
        try submit(.parse, own, server, .swallow)
        ParseMessage.encode(name: [], body: Array("DISCARD ALL".utf8) + [0, 0, 0], onto: &server.output)
        try submit(.bind, own, server, .swallow)
        server.output.appendHeader(type: FrontendMessageType.bind.rawValue, payloadCount: 8)
        server.output.append([0, 0, 0, 0, 0, 0, 0, 0])
        var execute = Flight(kind: .execute, startedNs: loop.nowNs, bytesIn: header.frameCount)
        execute.statement = flight.statement
        try submit(.execute, execute, server)
        server.output.appendHeader(type: FrontendMessageType.execute.rawValue, payloadCount: 5)
        server.output.append([0, 0, 0, 0, 0])
        try sayAgain(settings.amends(for: [.discard(.all)]), server)
        try submit(.sync, Flight(kind: .sync, startedNs: loop.nowNs), server)
        server.output.appendEmptyMessage(FrontendMessageType.sync)
        cursor.skip(header.frameCount)
        requestForwarded()
        return true
    }

    /// Follows an Execute that may have reset something.
    func amend(
        _ bound: BoundPortal, _ server: PostgresServer, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) {
        let summary = bound.statement.summary
        guard settings.hasStartup, summary.resets else { return }
        let amends = summary.statements.flatMap { settings.amends(for: effects(of: $0, bound.naming)) }
        guard !amends.isEmpty else { return }
        cutRun(&cursor)
        try sayAgain(amends, server)
    }

    private func sayAgain(_ statements: [SQLText], _ server: PostgresServer) throws(PostgresWireError) {
        for statement in statements {
            try appendSilently(statement.bytes, Flight(kind: .prepare, startedNs: loop.nowNs), server)
        }
    }

    /// The message answers a statement that the client did not write.
    func isAdded(_ type: BackendMessageType, _ action: ResponseAction, _ server: PostgresServer) -> Bool {
        guard action.kind == .query, type != .errorResponse, type != .readyForQuery else { return false }
        return server.flights.update(action.tag) { $0.naming?.added.contains($0.answered) ?? false } ?? false
    }
}

extension SessionEffect {
    fileprivate var isLocalReset: Bool {
        if case .setting(.reset(_, isLocal: true)) = self { true } else { false }
    }
}
