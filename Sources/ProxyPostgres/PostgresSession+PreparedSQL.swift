internal import Bytes
internal import Inspection
internal import Proxy
internal import Sockets
internal import WirePostgres

// PREPARE, EXECUTE and DEALLOCATE as SQL. In a pool that shares connections a client's statement names are not the
// server's, so the name is changed in the text. What is prepared by SQL keeps its PREPARE, to be said again on another
// connection; protocol and SQL share one name space, as at the server.
extension PostgresSession {
    /// Takes a simple query whose text is not what the server is told.
    func takeEdited(
        _ flight: Flight, _ naming: Naming, _ text: UnsafeRawBufferPointer, _ server: PostgresServer,
        _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        var flight = flight
        flight.naming = naming
        for meant in naming.allMeant { try guardState(meant.statement, server, &cursor, inBatch: false) }
        cutRun(&cursor)
        let isPreparing = try prepareNeeded(by: naming, server, &cursor)
        let beginsTransaction = flight.statement?.summary.beginsTransaction ?? false
        // A snapshot taken for the preparing would be too early for the options of BEGIN.
        if isPreparing, beginsTransaction { try appendSync(server) }
        try submit(.query, flight, server)
        naming.apply(to: text).withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        // If the preparing failed the server skips to here; then this is what the client's query is answered with.
        if isPreparing, !beginsTransaction { try appendSync(server) }
        cursor.skip(header.frameCount)
        requestForwarded()
        return true
    }

    /// True when anything was sent for it.
    private func prepareNeeded(
        by naming: Naming, _ server: PostgresServer, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        // A failed transaction refuses everything alike.
        guard server.transaction != .failed else { return false }
        var isPreparing = false
        for statement in naming.needed where !server.prepared.contains(statement.number) {
            isPreparing = true
            try ensurePrepared(statement, server, &cursor)
        }
        return isPreparing
    }

    private func appendSync(_ server: PostgresServer) throws(PostgresWireError) {
        try submit(.sync, Flight(kind: .prepare, startedNs: loop.nowNs), server, .swallow)
        server.output.appendEmptyMessage(FrontendMessageType.sync)
    }

    /// Puts the text of a `.naming` statement, with the names of now, under its name at the server, or unnamed.
    func bindNaming(
        _ statement: PreparedStatement, isNamed: Bool, _ server: PostgresServer, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Naming {
        let textEnd = statement.body.firstIndex(of: 0) ?? statement.body.count
        let text = Array(statement.body[..<textEnd])
        let naming = text.withUnsafeBytes { self.naming(of: $0, statement.statement, statement.parsing.lexing) }
        cutRun(&cursor)
        for meant in naming.allMeant { try guardState(meant.statement, server, &cursor, inBatch: true) }
        for needed in naming.needed { try ensurePrepared(needed, server, &cursor) }
        let renamed = text.withUnsafeBytes { naming.apply(to: $0) }
        let name = isNamed ? Array(statement.serverName.dropLast()) : []
        if isNamed {
            try submit(.close, Flight(startedNs: loop.nowNs), server, .swallow)
            CloseMessage.encode(.statement, name: String(decoding: name, as: UTF8.self), onto: &server.output)
            server.prepared.insert(statement.number, cost: statement.body.count)
        } else {
            server.unnamed = nil
        }
        try underSettings(of: statement, server) { () throws(PostgresWireError) in
            var flight = Flight(kind: .prepare, prepared: statement, startedNs: loop.nowNs)
            if isNamed { flight.change = .prepares }
            try submit(.parse, flight, server, .swallow)
            ParseMessage.encode(name: name, body: renamed + statement.body[textEnd...], onto: &server.output)
        }
        return naming
    }

    // MARK: Ahead of the client's own

    /// Says a PREPARE again on this server connection.
    func appendPrepareSQL(
        _ statement: PreparedStatement, _ server: PostgresServer, _ flight: Flight
    ) throws(PostgresWireError) {
        try appendSilently(statement.body, flight, server)
    }

    /// Has `body` send what is to be parsed under the settings of then.
    func underSettings(
        of statement: PreparedStatement, _ server: PostgresServer, _ body: () throws(PostgresWireError) -> Void
    ) throws(PostgresWireError) {
        let (then, now) = (statement.parsing, settings.parsing)
        guard !statement.isStandIn, then.fingerprint != now.fingerprint, TrackedFeature.meanings.isOn else {
            return try body()
        }
        try appendSilently(then.commands(from: now), Flight(kind: .prepare, startedNs: loop.nowNs), server)
        try body()
        try appendSilently(now.commands(from: then), Flight(kind: .prepare, startedNs: loop.nowNs), server)
    }

    /// One statement that the client does not see, as messages of the extended protocol: so it goes ahead of a simple
    /// query as well as into a batch, with names of its own.
    func appendSilently(
        _ text: [UInt8], _ flight: Flight, _ server: PostgresServer
    ) throws(PostgresWireError) {
        let name = Array("\(PreparedStatement.namePrefix)\(context.makeNumber())".utf8)
        let own = Flight(kind: .prepare, startedNs: loop.nowNs)
        try submit(.parse, flight, server, .swallow)
        ParseMessage.encode(name: name, body: text + [0, 0, 0], onto: &server.output)
        try submit(.bind, own, server, .swallow)
        server.output.appendHeader(type: FrontendMessageType.bind.rawValue, payloadCount: 2 * name.count + 8)
        server.output.append(name + [0] + name + [0, 0, 0, 0, 0, 0, 0])
        try submit(.execute, flight, server, .swallow)
        server.output.appendHeader(type: FrontendMessageType.execute.rawValue, payloadCount: name.count + 5)
        server.output.append(name + [0, 0, 0, 0, 0])
        for target in [DescribeTarget.portal, .statement] {
            try submit(.close, own, server, .swallow)
            CloseMessage.encode(target, name: String(decoding: name, as: UTF8.self), onto: &server.output)
        }
    }
}
