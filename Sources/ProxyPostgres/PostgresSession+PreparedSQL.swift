internal import Bytes
internal import Inspection
internal import Proxy
internal import Sockets
internal import WirePostgres

// PREPARE, EXECUTE and DEALLOCATE as SQL. In a pool that shares connections a client's statement names are not the
// server's, so the name is changed in the text. What is prepared by SQL keeps its PREPARE, to be said again on another
// connection; protocol and SQL share one name space, as at the server.
extension PostgresSession {
    /// Where the text names prepared statements, and what they are called at the server.
    struct Renaming {
        /// In the order of the text.
        var edits: [(range: Range<Int>, name: [UInt8])] = []
        /// Statements that the server must have before the text runs.
        var needed: [PreparedStatement] = []
        /// Made by the text, by the client's names.
        var made: [[UInt8]: PreparedStatement] = [:]
    }

    /// Takes a simple query that names prepared statements.
    func takePreparedSQL(
        _ flight: Flight, _ text: UnsafeRawBufferPointer, _ server: PostgresServer, _ header: PostgresFrameHeader,
        _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        var flight = flight
        let renaming = renaming(of: text, flight.statement)
        cutRun(&cursor)
        for statement in renaming.needed { try ensurePrepared(statement, server, &cursor) }
        flight.made = renaming.made.isEmpty ? nil : renaming.made
        let renamed = apply(renaming, to: text)
        try submit(.query, flight, server)
        renamed.withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        cursor.skip(header.frameCount)
        requestForwarded()
        return true
    }

    /// The Parse message of a text that names prepared statements.
    func takePreparedSQLParse(
        _ flight: Flight, _ text: UnsafeRawBufferPointer, _ types: UnsafeRawBufferPointer, _ server: PostgresServer,
        _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        guard let statement = flight.statement, !statement.summary.preparesSQL else {
            // PREPARE inside the extended protocol: its name stays the client's, and so does the connection.
            pin("prepared_statement", flight.statement)
            return try forwardOwnParse(flight, server, header, &cursor)
        }
        var flight = flight
        let renaming = renaming(of: text, statement)
        cutRun(&cursor)
        for statement in renaming.needed { try ensurePrepared(statement, server, &cursor) }
        let body = apply(renaming, to: text) + [0] + Array(types)
        flight.prepared = own(flight, server)
        try submit(.parse, flight, server)
        ParseMessage.encode(name: flight.name, body: body, onto: &server.output)
        cursor.skip(header.frameCount)
        return true
    }

    private func renaming(of text: UnsafeRawBufferPointer, _ info: StatementInfo?) -> Renaming {
        var renaming = Renaming()
        var lexer = PostgresLexer(text, settings.lexing)
        var verb = ""
        while true {
            let token = lexer.next()
            if token.kind == .end || token.kind == .invalid { break }
            let word = token.keywordName
            let isName = token.kind == .identifier || token.kind == .quotedIdentifier
            if !verb.isEmpty, isName {
                // DEALLOCATE PREPARE name: the noise word is not the name; DEALLOCATE ALL has none.
                if verb == "deallocate", word == "prepare" || word == "all" { continue }
                rename(verb, token, lexer, text, info, &renaming)
                verb = ""
            } else {
                verb = word == "prepare" || word == "execute" || word == "deallocate" ? word : ""
            }
        }
        return renaming
    }

    private func rename(
        _ verb: String, _ token: PostgresToken, _ lexer: PostgresLexer, _ text: UnsafeRawBufferPointer,
        _ info: StatementInfo?, _ renaming: inout Renaming
    ) {
        let range = token.start..<token.end
        let name = lexer.name(token).bytes
        if verb == "prepare", prepared[name] == nil, renaming.made[name] == nil {
            let end = info?.summary.statements.first { $0.range.contains(range.lowerBound) }?.range.upperBound
            let made = PreparedStatement(
                sql: text[range.upperBound..<(end ?? text.count)], number: context.makeNumber(),
                statement: context.functionCall)
            renaming.made[name] = made
            renaming.edits.append((range, Array(made.serverName.dropLast())))
            return
        }
        guard let target = renaming.made[name] ?? prepared[name], target.number != 0 else { return }
        if renaming.made[name] == nil { renaming.needed.append(target) }
        renaming.edits.append((range, Array(target.serverName.dropLast())))
    }

    private func apply(_ renaming: Renaming, to text: UnsafeRawBufferPointer) -> [UInt8] {
        var renamed: [UInt8] = []
        var position = 0
        for edit in renaming.edits {
            renamed += text[position..<edit.range.lowerBound]
            renamed += edit.name
            position = edit.range.upperBound
        }
        return renamed + text[position...]
    }

    /// Says a PREPARE again on this server connection. Ahead of a simple query or of a batch, both take it as messages of
    /// the extended protocol; its own unnamed statement and portal are then not the client's.
    func appendPrepareSQL(
        _ statement: PreparedStatement, _ server: PostgresServer, _ flight: Flight
    ) throws(PostgresWireError) {
        server.unnamed = nil
        try submit(.parse, flight, server, .swallow)
        ParseMessage.encode(name: [], body: statement.body + [0, 0, 0], onto: &server.output)
        try submit(.bind, Flight(startedNs: loop.nowNs), server, .swallow)
        server.output.appendHeader(type: FrontendMessageType.bind.rawValue, payloadCount: 8)
        server.output.append([0, 0, 0, 0, 0, 0, 0, 0])
        try submit(.execute, Flight(startedNs: loop.nowNs), server, .swallow)
        ExecuteMessage.encode(onto: &server.output)
    }
}

extension StatementSummary {
    /// Holds a PREPARE.
    var preparesSQL: Bool {
        !isPlain && statements.contains { $0.effects.contains { if case .prepare = $0 { true } else { false } } }
    }
}
