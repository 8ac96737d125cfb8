internal import Bytes
internal import Core
internal import Inspection
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

// Requests that the server answers: each gets its place in the server's response tracker, and a flight that knows what the
// answer means. In a pool that shares statements, names of prepared statements are the pool's own.
extension PostgresSession {
    /// Named statements are the client's own on a connection that it keeps to itself.
    var sharesStatements: Bool { mode != .session && route.prepared.count > 0 }

    /// Gives a request its place among the answers to come.
    @inline(__always)
    func submit(
        _ kind: ResponseKind, _ flight: consuming Flight, _ server: PostgresServer,
        _ disposition: ResponseDisposition = .forward
    ) throws(PostgresWireError) {
        doubts.note(flight, kind)
        let announced = auditsIntent && (flight.kind == .query || flight.kind == .execute) ? flight.statement : nil
        let tag = server.flights.append(consume flight)
        guard server.tracker.expect(kind, disposition, tag: tag) == .accepted else {
            // Only in the middle of a COPY, where PostgreSQL gives up too.
            throw .unexpectedMessage(type: 0)
        }
        if server.tracker.hasFollowUp { takeFollowUps(server) }
        if let announced { recordIntent(announced) }
    }

    // MARK: Simple query

    func takeQuery(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) throws(PostgresWireError) -> Bool {
        let payload = payload(header, cursor)
        let isWhole = payload.count == header.payloadCount
        var text = payload
        if isWhole {
            guard payload.last == 0 else { throw .malformed(type: header.type, .truncated(need: 1, have: 0)) }
            text = UnsafeRawBufferPointer(rebasing: payload.dropLast())
        }
        guard isSettled(.parsing, &cursor) else { return false }
        let statement = context.statement(text, isWhole: isWhole, lexing: settings.lexing)
        if sharesStatements, statement.summary.namesPrepared, !isSettled(.names, &cursor) { return false }
        if settings.hasStartup, statement.summary.resets, !isAnswered { return false }
        if let refusal = judge(statement, text, isWhole: isWhole) { return try refuseQuery(refusal, header, &cursor) }
        guard let server = leasedJudged(&cursor) else { return false }
        try guardState(statement, server, &cursor, inBatch: false)
        // PostgreSQL drops the unnamed statement and portal at each simple query.
        let (previous, previousPortal) = (unnamed.take(), portal.take())
        server.unnamed = nil
        let flight = Flight(
            kind: .query, statement: statement, previous: previous, previousPortal: previousPortal,
            startedNs: loop.nowNs, bytesIn: header.frameCount)
        if isWhole, settings.hasStartup, statement.summary.resets {
            return try takeReset(consume flight, statement, text, server, header, &cursor)
        }
        if sharesStatements, statement.summary.namesPrepared, isWhole {
            let naming = naming(of: text, statement, settings.lexing)
            return try takeEdited(consume flight, naming, text, server, header, &cursor)
        }
        try submit(.query, consume flight, server)
        forward(header, &cursor)
        requestForwarded()
        return true
    }

    // MARK: Extended query

    func takeParse(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) throws(PostgresWireError) -> Bool {
        let payload = payload(header, cursor)
        let isWhole = payload.count == header.payloadCount
        guard let nameEnd = payload.firstIndex(of: 0) else {
            throw .malformed(type: header.type, .truncated(need: 1, have: 0))
        }
        let body = UnsafeRawBufferPointer(rebasing: payload[(nameEnd + 1)...])
        guard isSettled(nameEnd > 0 ? [.parsing, .names] : .parsing, &cursor) else { return false }
        // Pinned, or behind definitions of its own, it may see other relations than others do.
        let isShared = isWhole && !pins.isPinned && !exposure.contains(.defines) && !mayWarn(body)
        let known = isShared ? context.findPrepared(body: body, settings.parsing) : nil
        if access.epoch != context.runtime.snapshot.epoch { renewAccess() }
        let textEnd = known == nil || access.isActive ? body.firstIndex(of: 0) ?? body.count : 0
        let text = UnsafeRawBufferPointer(rebasing: body[..<textEnd])
        let statement = known?.statement ?? context.statement(text, isWhole: isWhole, lexing: settings.lexing)
        if let refusal = judge(statement, text, isWhole: isWhole) {
            return try refuseExtended(refusal, header, &cursor)
        }
        guard let server = leasedJudged(&cursor) else { return false }
        let name = nameEnd == 0 ? [] : Array(payload[..<nameEnd])
        rememberParsed(name, text, statement)
        var flight = Flight(kind: .parse, statement: statement, name: name, startedNs: loop.nowNs)
        guard sharesStatements, isWhole else {
            // Too large to be shared, or the connection is the client's own: the name stays as it is.
            return try forwardOwnParse(flight, body, server, header, &cursor)
        }
        let names = statement.summary.namesPrepared
        let shared: PreparedStatement
        if let known {
            shared = known
        } else if isShared, !names {
            shared = context.keepPrepared(body: body, statement, settings.parsing)
        } else {
            shared = PreparedStatement(
                number: context.makeNumber(), source: names ? .naming : .parse, body: Array(body), statement: statement,
                parsing: settings.parsing)
        }
        flight.prepared = shared
        if name.isEmpty {
            flight.previous = unnamed
            unnamed = shared
            server.unnamed = names ? nil : shared
            try submit(.parse, flight, server)
            forward(header, &cursor)
            return true
        }
        try parseNamed(&flight, shared, server, header, &cursor)
        return true
    }

    /// A named statement: prepared under the shared name, unless the server has it.
    private func parseNamed(
        _ flight: inout Flight, _ shared: PreparedStatement, _ server: PostgresServer, _ header: PostgresFrameHeader,
        _ cursor: inout FrameCursor
    ) throws(PostgresWireError) {
        let name = flight.name
        // A name that is taken is the server's to refuse: it gets a name that it has, and the error names the client's.
        let isTaken = prepared[name] != nil
        let target = isTaken ? context.standIn(parameters: 0) : shared
        if isTaken {
            try ensurePrepared(target, server, &cursor)
            flight.kind = .other
            flight.prepared = target
        } else {
            prepared[name] = shared
            if shared.source == .naming {
                // The server is to judge the text; what it makes of it is not used.
                server.unnamed = nil
                try submit(.parse, flight, server)
                cutRun(&cursor)
                ParseMessage.encode(name: [], body: shared.body, onto: &server.output)
                return cursor.skip(header.frameCount)
            }
            if server.transaction != .failed, server.prepared.touch(shared.number) {
                context.metrics.add(route.metrics.preparedHits)
                // The server has it whatever becomes of this request.
                flight.prepared = nil
                try submit(.parse, flight, server, .synthesize)
                return drop(header.frameCount, &cursor)
            }
            try makeRoom(for: shared, server, &cursor)
            // In a failed transaction the server may have it, and refuses nevertheless.
            if !server.prepared.contains(shared.number) { flight.change = .prepares }
            server.prepared.insert(shared.number, cost: shared.body.count)
        }
        try submit(.parse, flight, server)
        cutRun(&cursor)
        // The client's own text: an error in it comes before one about the name.
        ParseMessage.encode(name: target.serverName.dropLast(), body: shared.body, onto: &server.output)
        cursor.skip(header.frameCount)
    }

    /// Forwards a statement that is this client's own at the server; in a pool that shares, the connection is then kept.
    func forwardOwnParse(
        _ flight: Flight, _ body: UnsafeRawBufferPointer, _ server: PostgresServer, _ header: PostgresFrameHeader,
        _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        var flight = flight
        flight.prepared = own(&flight, body, server)
        try submit(.parse, flight, server)
        forward(header, &cursor)
        return true
    }

    /// Notes down a statement that goes to the server under the client's own name.
    private func own(
        _ flight: inout Flight, _ body: UnsafeRawBufferPointer, _ server: PostgresServer
    ) -> PreparedStatement {
        // Its text is wanted again only where it is judged again (see `OwnStatements` for names of the server's).
        let wantsText = access.policy != nil && (sharesStatements || flight.name.isEmpty)
        let own = PreparedStatement(
            number: 0, source: .parse, body: wantsText ? Array(body) : [],
            statement: flight.statement ?? context.functionCall, parsing: settings.parsing)
        if flight.name.isEmpty {
            flight.previous = unnamed
            unnamed = own
            server.unnamed = own
        } else {
            // A name that is taken keeps what it has.
            flight.previous = prepared[flight.name]
            prepared[flight.name] = own
            if sharesStatements { pin("prepared_statement", flight.statement) }
        }
        return own
    }

    func takeBind(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) throws(PostgresWireError) -> Bool {
        let payload = payload(header, cursor)
        guard let portalEnd = payload.firstIndex(of: 0),
            let nameEnd = payload[(portalEnd + 1)...].firstIndex(of: 0)
        else { throw .malformed(type: header.type, .truncated(need: 1, have: 0)) }
        let name = prepared.name(UnsafeRawBufferPointer(rebasing: payload[(portalEnd + 1)..<nameEnd]))
        let dependsOnNames = !name.isEmpty || unnamed?.source == .naming
        guard isSettled(dependsOnNames ? [.parsing, .names] : .parsing, &cursor) else { return false }
        guard let server = leased(&cursor) else { return false }
        var bound = statement(named: name)
        if let refusal = judgeBound(bound, named: name) { return try refuseExtended(refusal, header, &cursor) }
        if let missing = bound { bound = standIn(for: missing, server, payload[(nameEnd + 1)...]) ?? missing }
        if let bound { try guardState(bound.statement, server, &cursor, inBatch: true) }
        let isNaming = sharesStatements && bound?.source == .naming
        let naming =
            isNaming
            ? try bound.map { (bound) throws(PostgresWireError) in
                try bindNaming(bound, isNamed: !name.isEmpty, server, &cursor)
            } : nil
        if name.isEmpty { try forgetForeignUnnamed(server, &cursor) }
        let flight = bind(portal: payload[..<portalEnd], bound, name, naming)
        guard sharesStatements, let bound, bound.number != 0 else {
            try submit(.bind, consume flight, server)
            forward(header, &cursor)
            return true
        }
        if name.isEmpty {
            if !isNaming { try ensureUnnamed(bound, server, &cursor) }
            try submit(.bind, consume flight, server)
            forward(header, &cursor)
        } else {
            if !isNaming { try ensurePrepared(bound, server, &cursor) }
            try submit(.bind, consume flight, server)
            rename(header, &cursor, server, keep: portalEnd + 1, oldName: nameEnd - portalEnd, bound.serverName)
        }
        return true
    }

    /// Notes down what a portal is going to run.
    private func bind(
        portal name: Slice<UnsafeRawBufferPointer>, _ bound: PreparedStatement?, _ statementName: [UInt8],
        _ naming: Naming?
    ) -> Flight {
        let now = bound.map { BoundPortal(statement: $0.statement, naming: naming) }
        guard !name.isEmpty else {
            let previous = portal.take()
            portal = now
            return Flight(
                kind: .bind, prepared: bound, statementName: statementName, previousPortal: previous,
                startedNs: loop.nowNs)
        }
        let key = Array(name)
        defer { portals[key] = now }
        return Flight(
            kind: .bind, prepared: bound, name: key, statementName: statementName, previousPortal: portals[key],
            startedNs: loop.nowNs)
    }

    func takeDescribe(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) throws(PostgresWireError) -> Bool {
        let payload = payload(header, cursor)
        let message = try DescribeMessage(payload: payload)
        guard message.target == .portal || isSettled([.parsing, .names], &cursor) else { return false }
        guard let server = leased(&cursor) else { return false }
        if message.target == .statement, message.name.isEmpty { try forgetForeignUnnamed(server, &cursor) }
        let kind: ResponseKind = message.target == .statement ? .describeStatement : .describePortal
        let name = message.target == .statement ? Array(payload[message.name]) : []
        if message.target == .statement, sharesStatements, var named = statement(named: name), named.number != 0 {
            named = standIn(describing: named, server) ?? named
            if named.source == .naming {
                _ = try bindNaming(named, isNamed: !message.name.isEmpty, server, &cursor)
            } else if message.name.isEmpty {
                try ensureUnnamed(named, server, &cursor)
            } else {
                try ensurePrepared(named, server, &cursor)
            }
            if !message.name.isEmpty {
                let flight = Flight(kind: .other, prepared: named, statementName: name, startedNs: loop.nowNs)
                try submit(kind, consume flight, server)
                rename(header, &cursor, server, keep: 1, oldName: message.name.count + 1, named.serverName)
                return true
            }
        }
        try submit(kind, Flight(kind: .other, startedNs: loop.nowNs), server)
        forward(header, &cursor)
        return true
    }

    func takeExecute(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) throws(PostgresWireError) -> Bool {
        let payload = payload(header, cursor)
        guard let portalEnd = payload.firstIndex(of: 0) else {
            throw .malformed(type: header.type, .truncated(need: 1, have: 0))
        }
        guard let server = leased(&cursor) else { return false }
        let bound = portalEnd == 0 ? portal : portals[Array(payload[..<portalEnd])]
        let flight = Flight(
            kind: .execute, statement: bound?.statement, naming: bound?.naming, startedNs: loop.nowNs,
            bytesIn: header.frameCount)
        try submit(.execute, consume flight, server)
        forward(header, &cursor)
        if let bound { try amend(bound, server, &cursor) }
        requestForwarded()
        return true
    }

    func takeClose(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) throws(PostgresWireError) -> Bool {
        let payload = payload(header, cursor)
        let message = try CloseMessage(payload: payload)
        guard message.target == .portal || isSettled(.names, &cursor) else { return false }
        let isShared = sharesStatements && message.target == .statement && !message.name.isEmpty
        if isShared {
            let known = prepared[Array(payload[message.name])]
            if known?.number != 0 { return try closeShared(Array(payload[message.name]), header, &cursor) }
        }
        guard let server = leased(&cursor) else { return false }
        var flight = Flight(startedNs: loop.nowNs)
        if message.target == .statement {
            if message.name.isEmpty {
                unnamed = nil
                server.unnamed = nil
            } else {
                flight.statementName = Array(payload[message.name])
                prepared[flight.statementName] = nil
            }
        } else if message.name.isEmpty {
            portal = nil
        } else {
            portals[Array(payload[message.name])] = nil
        }
        try submit(.close, flight, server)
        forward(header, &cursor)
        return true
    }

    /// The client forgets a shared statement; the server keeps it for others. The answer is ours, in its place.
    private func closeShared(
        _ name: [UInt8], _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        if let server {
            // In a failed transaction, too, Close is obeyed; after an error in this batch it is skipped like the rest.
            let flight = Flight(kind: .close, prepared: prepared[name], name: name, startedNs: loop.nowNs)
            prepared[name] = nil
            try submit(.close, flight, server, .synthesize)
        } else {
            prepared[name] = nil
            output.appendEmptyMessage(BackendMessageType.closeComplete)
        }
        drop(header.frameCount, &cursor)
        return true
    }

    func takeSync(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) throws(PostgresWireError) -> Bool {
        if isSkippingToSync {
            isSkippingToSync = false
            ReadyForQuery.encode(server?.transaction ?? .idle, onto: &output)
            drop(header.frameCount, &cursor)
            return true
        }
        guard let server else {
            // Nothing is open anywhere: the answer is known.
            ReadyForQuery.encode(.idle, onto: &output)
            drop(header.frameCount, &cursor)
            return true
        }
        try submit(.sync, Flight(kind: .sync, startedNs: loop.nowNs), server)
        forward(header, &cursor)
        return true
    }

    func takeFunctionCall(
        _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        if let refusal = judgeCall() { return try refuseQuery(refusal, header, &cursor) }
        guard let server = leased(&cursor) else { return false }
        try guardState(context.functionCall, server, &cursor, inBatch: false)
        // Any function may be called so: what it does to the session is found out afterwards.
        needsProbe = mode != .session
        let flight = Flight(
            kind: .query, statement: context.functionCall, startedNs: loop.nowNs, bytesIn: header.frameCount)
        try submit(.functionCall, flight, server)
        forward(header, &cursor)
        requestForwarded()
        return true
    }
}
