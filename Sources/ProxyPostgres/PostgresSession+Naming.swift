internal import Inspection
internal import WirePostgres

// What the names in a text stand for: each as the statements before it leave them.
extension PostgresSession {
    typealias Names = [[UInt8]: PreparedStatement]

    func naming(of text: UnsafeRawBufferPointer, _ info: StatementInfo?, _ lexing: PostgresLexing) -> Naming {
        var known = prepared.all
        return naming(of: text, info, lexing, &known)
    }

    private func naming(
        of text: UnsafeRawBufferPointer, _ info: StatementInfo?, _ lexing: PostgresLexing, _ known: inout Names
    ) -> Naming {
        let naming = Naming()
        guard let info else { return naming }
        var lexer = PostgresLexer(text, lexing)
        var earlier = info.summary.statements[...]
        var verb = ""
        while true {
            let token = lexer.next()
            if token.kind == .end || token.kind == .invalid { break }
            let word = token.keywordName
            let isName = token.kind == .identifier || token.kind == .quotedIdentifier
            if !verb.isEmpty, isName {
                // DEALLOCATE PREPARE name: the noise word is not the name.
                if verb == "deallocate", word == "prepare" { continue }
                while let statement = earlier.first, statement.range.upperBound <= token.start {
                    if statement.forgetsNames { known.removeAll() }
                    earlier.removeFirst()
                }
                rename(verb, token, lexer, text, info, naming, &known)
                verb = ""
            } else {
                verb = word == "prepare" || word == "execute" || word == "deallocate" ? word : ""
            }
        }
        return naming
    }

    private func rename(
        _ verb: String, _ token: PostgresToken, _ lexer: PostgresLexer, _ text: UnsafeRawBufferPointer,
        _ info: StatementInfo, _ naming: Naming, _ known: inout Names
    ) {
        let name = lexer.name(token)
        // Only what the statement is known to do: the words occur elsewhere too.
        let statements = info.summary.statements
        guard let place = statements.firstIndex(where: { $0.range.contains(token.start) }),
            let effect = statements[place].effects.first(where: { $0.names(name, verb) })
        else { return }
        let statement = statements[place]
        let range = token.start..<token.end
        if case .prepare(_, let body) = effect {
            let made: PreparedStatement
            if let taken = known[name.bytes] {
                if taken.number == 0 { return }
                // The server is to refuse it: under a name that it has.
                made = naming.isMade(taken) ? taken : context.standIn(parameters: 0)
                if made !== taken { naming.needed.append(made) }
            } else {
                let tail = range.upperBound..<statement.range.upperBound
                let own = UnsafeRawBufferPointer(rebasing: text[body.clamped(to: 0..<text.count)])
                made = PreparedStatement(
                    sql: text[tail], at: tail.lowerBound, number: context.makeNumber(),
                    statement: context.statement(own, isWhole: true, lexing: settings.lexing),
                    parsing: settings.parsing)
                naming.make(made, name.bytes)
                known[name.bytes] = made
            }
            naming.use(made, name.bytes, at: place)
            return naming.edits.append(Naming.Edit(range: range, name: Array(made.serverName.dropLast())))
        }
        guard var target = known[name.bytes], target.number != 0 else { return }
        if verb == "deallocate" {
            known[name.bytes] = nil
            if known.values.contains(where: { $0 === target }) {
                // Another name of the client's stands for the same: something else goes.
                target = PreparedStatement(
                    standIn: context.makeNumber(), parameters: 0, statement: context.functionCall)
            }
        }
        naming.mean(target, name.bytes)
        if verb == "execute" {
            if target.statement.summary.statements.contains(where: \.forgetsNames) { known.removeAll() }
            if target.source == .naming { target = resolve(target, naming, place, &known) }
        }
        naming.use(target, name.bytes, at: place)
        if !naming.isMade(target) { naming.needed.append(target) }
        var ahead = lexer
        naming.executesOnly = verb == "execute" && statements.count == 1 && ahead.next().kind != .leftParen
        naming.edits.append(Naming.Edit(range: range, name: Array(target.serverName.dropLast())))
    }

    /// A statement whose own text names others, executed by EXECUTE: for this once, a statement with the server's names.
    private func resolve(
        _ statement: PreparedStatement, _ outer: Naming, _ place: Int, _ known: inout Names
    ) -> PreparedStatement {
        let textEnd = statement.body.firstIndex(of: 0) ?? statement.body.count
        let text = Array(statement.body[..<textEnd])
        // EXECUTE of itself is the server's to refuse.
        let isNested = statement.statement.summary.effects.contains { if case .execute = $0 { true } else { false } }
        let inner =
            isNested
            ? Naming()
            : text.withUnsafeBytes { naming(of: $0, statement.statement, statement.parsing.lexing, &known) }
        let renamed = text.withUnsafeBytes { inner.apply(to: $0) }
        outer.take(inner, at: place)
        return PreparedStatement(
            number: context.makeNumber(), source: .parse, body: renamed + statement.body[textEnd...],
            statement: statement.statement, parsing: statement.parsing)
    }
}

extension StatementSummary.Statement {
    /// Takes all names away.
    fileprivate var forgetsNames: Bool { effects.contains(.deallocate(name: nil)) }
}

extension SessionEffect {
    /// Whether it is what the words `verb name` do.
    fileprivate func names(_ name: SQLText, _ verb: String) -> Bool {
        switch self {
        case .prepare(let own, _): verb == "prepare" && own == name
        case .execute(let own), .plan(let own): verb == "execute" && own == name
        case .deallocate(let own?): verb == "deallocate" && own == name
        default: false
        }
    }
}
