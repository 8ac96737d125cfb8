internal import Bytes
internal import Inspection
internal import WirePostgres

// In a failed transaction a server prepares nothing but what ends it. Yet errors about a statement's name and parameters come
// before the one that the transaction is aborted: where a statement is missing then, a ROLLBACK with as many parameters
// stands in for it. It never runs: with parameters it can't be bound, and without it is used for what can't be bound.
extension PostgresSession {
    /// What is to be bound in place of `statement`; nil where it can be bound itself, or comes to the same error.
    /// - Parameter bind: what follows the names in the Bind message.
    func standIn(
        for statement: PreparedStatement, _ server: PostgresServer, _ bind: Slice<UnsafeRawBufferPointer>
    ) -> PreparedStatement? {
        guard isMissing(statement, server),
            let supplied = try? BindParameters(payload: UnsafeRawBufferPointer(rebasing: bind)).valueCount
        else { return nil }
        let count = statement.parameterCount
        return count == 0 && supplied == 0 ? nil : context.standIn(parameters: count)
    }

    /// What is to be described in place of `statement`: what gives no rows may be, and without parameters all look alike.
    func standIn(describing statement: PreparedStatement, _ server: PostgresServer) -> PreparedStatement? {
        guard isMissing(statement, server), statement.givesNoRows, statement.parameterCount == 0 else { return nil }
        return context.standIn(parameters: 0)
    }

    /// The server would have to prepare it, and can't.
    private func isMissing(_ statement: PreparedStatement, _ server: PostgresServer) -> Bool {
        guard server.transaction == .failed, sharesStatements, statement.number != 0, !statement.endsTransaction,
            server.unnamed !== statement
        else { return false }
        return statement.source == .naming || !server.prepared.contains(statement.number)
    }
}

extension PreparedStatement {
    /// It may run in a failed transaction.
    fileprivate var endsTransaction: Bool {
        statement.summary.effects.contains {
            guard case .transaction(let effect) = $0 else { return false }
            switch effect {
            case .commit, .rollback, .rollbackTo, .prepareTransaction: return true
            default: return false
            }
        }
    }

    fileprivate var givesNoRows: Bool {
        switch statement.summary.kind {
        case .set, .transaction, .prepare, .deallocate, .listen, .notify, .discard, .ddl, .lock, .close, .declare: true
        default: false
        }
    }

    /// Parameters of a statement that the server has accepted: the declared ones, or as many as the text numbers.
    var parameterCount: Int {
        let textEnd = body.firstIndex(of: 0) ?? body.count
        let counts = body[textEnd...].dropFirst().prefix(2)
        let declared = counts.reduce(0) { $0 << 8 | Int($1) }
        // The text of these is not looked into before they run.
        if source == .naming { return declared }
        return body[..<textEnd].withUnsafeBytes { text in
            var lexer = PostgresLexer(text, parsing.lexing)
            var last = max(declared, source == .sql ? Self.declaredTypes(lexer) : 0)
            while true {
                let token = lexer.next()
                if token.kind == .end || token.kind == .invalid { return last }
                if token.kind == .parameter {
                    let digits = text[(token.start + 1)..<token.end].prefix(5)
                    last = max(last, digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) })
                }
            }
        }
    }

    /// Of `PREPARE name (type, type) AS`.
    private static func declaredTypes(_ head: PostgresLexer) -> Int {
        var lexer = head
        _ = lexer.next()
        _ = lexer.next()
        guard lexer.next().kind == .leftParen else { return 0 }
        var count = 1
        var depth = 1
        while depth > 0 {
            switch lexer.next().kind {
            case .leftParen, .leftBracket: depth += 1
            case .rightParen, .rightBracket: depth -= 1
            case .comma where depth == 1: count += 1
            case .end, .invalid: return count
            default: break
            }
        }
        return count
    }
}
