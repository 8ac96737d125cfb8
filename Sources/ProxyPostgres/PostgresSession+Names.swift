internal import Bytes
internal import Inspection
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

// Names of prepared statements: the client's in its messages, the pool's own at the server.
extension PostgresSession {
    /// What the client means by a statement's name.
    func statement(named name: [UInt8]) -> PreparedStatement? { name.isEmpty ? unnamed : prepared.find(name) }

    /// Parsing may give a warning (22P06 about backslashes) that each client is to hear: such a text is not shared.
    @inline(__always)
    func mayWarn(_ text: UnsafeRawBufferPointer) -> Bool {
        !settings.lexing.standardConformingStrings && text.firstIndex(of: 0x5C) != nil
    }

    /// Writes the frame at the cursor anew with the shared name: `keep` payload bytes, the name in place of `oldName`
    /// bytes, the rest.
    func rename(
        _ header: PostgresFrameHeader, _ cursor: inout FrameCursor, _ server: PostgresServer, keep: Int, oldName: Int,
        _ name: [UInt8]
    ) {
        cutRun(&cursor)
        let payload = payload(header, cursor)
        let size = header.payloadCount - oldName + name.count
        server.output.appendHeader(type: header.type, payloadCount: size)
        server.output.append(UnsafeRawBufferPointer(rebasing: payload[..<keep]))
        server.output.append(name)
        server.output.append(UnsafeRawBufferPointer(rebasing: payload[(keep + oldName)...]))
        let held = payload.count + PostgresFrameHeader.size
        cursor.skip(held)
        streaming = header.frameCount - held
        streamingForwards = true
    }

    /// Prepares a shared statement on this server connection if it is missing there; the client does not notice.
    func ensurePrepared(
        _ statement: PreparedStatement, _ server: PostgresServer, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) {
        guard TrackedFeature.prepared.isOn else { return }
        if server.prepared.touch(statement.number) { return context.metrics.add(route.metrics.preparedHits) }
        context.metrics.add(route.metrics.preparedMisses)
        try makeRoom(for: statement, server, &cursor)
        server.prepared.insert(statement.number, cost: statement.body.count)
        cutRun(&cursor)
        var flight = Flight(kind: .prepare, prepared: statement, startedNs: loop.nowNs)
        flight.change = .prepares
        try underSettings(of: statement, server) { () throws(PostgresWireError) in
            if statement.source == .sql { return try appendPrepareSQL(statement, server, flight) }
            try submit(.parse, flight, server, .swallow)
            appendParse(statement, server)
        }
    }

    /// A client without an unnamed statement must not find the one that another client left.
    func forgetForeignUnnamed(
        _ server: PostgresServer, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) {
        guard sharesStatements, unnamed == nil else { return }
        cutRun(&cursor)
        try submit(.close, Flight(startedNs: loop.nowNs), server, .swallow)
        CloseMessage.encode(.statement, name: "", onto: &server.output)
        server.unnamed = nil
    }

    /// Gives the server's unnamed statement the client's, if another one is there.
    func ensureUnnamed(
        _ statement: PreparedStatement, _ server: PostgresServer, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) {
        guard server.unnamed !== statement, TrackedFeature.unnamed.isOn else { return }
        server.unnamed = statement
        cutRun(&cursor)
        let flight = Flight(kind: .prepare, prepared: statement, startedNs: loop.nowNs)
        try underSettings(of: statement, server) { () throws(PostgresWireError) in
            try submit(.parse, flight, server, .swallow)
            ParseMessage.encode(name: [], body: statement.body, onto: &server.output)
        }
    }

    private func appendParse(_ statement: PreparedStatement, _ server: PostgresServer) {
        ParseMessage.encode(name: statement.serverName.dropLast(), body: statement.body, onto: &server.output)
    }

    /// Closes the statements used longest ago until this one fits.
    func makeRoom(
        for statement: PreparedStatement, _ server: PostgresServer, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) {
        for victim in server.prepared.makeRoom(cost: statement.body.count) {
            cutRun(&cursor)
            let name = "\(PreparedStatement.namePrefix)\(victim.number)"
            CloseMessage.encode(.statement, name: name, onto: &server.output)
            let change = Flight.Change.closes(victim.number, cost: victim.cost)
            try submit(.close, Flight(change: change, startedNs: loop.nowNs), server, .swallow)
            context.metrics.add(route.metrics.preparedEvictions)
        }
    }
}

extension ParseMessage {
    /// The message under another name.
    static func encode(name: some Collection<UInt8>, body: [UInt8], onto out: inout ByteBuffer) {
        out.appendHeader(type: FrontendMessageType.parse.rawValue, payloadCount: name.count + 1 + body.count)
        for byte in name { out.append(byte) }
        out.append(0 as UInt8)
        out.append(body)
    }
}
