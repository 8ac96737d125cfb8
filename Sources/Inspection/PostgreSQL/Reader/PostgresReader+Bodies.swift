/// Rules and routines: statements inside of statements.
extension SummaryReader<PostgresTokens> {
    // MARK: Rules

    /// `RULE x AS ON event TO t [WHERE …] DO [ALSO | INSTEAD] NOTHING | command | (command; …)`
    mutating func createRule() {
        advance()
        while !isAtEnd, token.word != .to { advance() }
        expect(.to)
        guard !hasFailed, let table = objectName() else { return }
        note(relation: table, .ddl)
        stage(.ruleCondition)
        if token.word == .where { frame.state = .expression }
    }

    mutating func ruleCondition() {
        guard accept(.do) else { return fail(.unexpectedToken) }
        skip(.also, .instead)
        frame.stage = 0
        if accept(.nothing) {
            frame.state = .finished
        } else if token.kind == .leftParen {
            frame.state = .finished
            open(.block, .dialect)
            frame.stage = Stage.block.rawValue
        } else {
            frame.state = .statement
        }
    }

    // MARK: Blocks

    /// A statement of a block begins, or the block ends: at `)`, or at END.
    mutating func blockStart() {
        switch token.kind {
        case .semicolon: advance()
        case .rightParen: close()
        default:
            if token.word == .end { return close() }
            if token.word == .return {
                advance()
                frame.state = .expression
            } else {
                frame.state = .statement
            }
        }
    }

    /// `;` in a block: what a statement left behind goes.
    mutating func blockSeparator() {
        if frame.openBrackets > 0 { return fail(.unbalancedParenthesis) }
        switch frame.state {
        case .expression, .fromTail, .finished, .dialect: break
        default: return fail(.unexpectedEnd)
        }
        let outer = frame
        frame = ReaderFrame(.block, .dialect)
        frame.stage = Stage.block.rawValue
        frame.expressionDepth = outer.expressionDepth
        frame.queryLevel = outer.queryLevel
        frame.nameMark = outer.nameMark
        commonTables.removeLast(commonTables.count - min(outer.nameMark, commonTables.count))
        advance()
    }

    // MARK: Routines

    mutating func createRoutine() {
        advance()
        guard objectNameOfRoutine() else { return fail(.unexpectedToken) }
        stage(.function)
        frame.isInert = true
    }

    private mutating func objectNameOfRoutine() -> Bool {
        guard token.isName else { return false }
        _ = chain()
        return true
    }

    /// Behind a routine's name: signature, options, and the body, as a string or as statements.
    mutating func functionTail() {
        if isAtEnd { return endRoutine() }
        switch token.word {
        case .as where peek().kind == .string:
            advance()
            body = token
            advance()
        case .language where peek().isName || peek().kind == .string:
            advance()
            let name = token.kind == .string ? source.value(token) : source.name(token)
            frame.flags = name?.lowercased == "sql" ? Self.isSQL : 0
            advance()
        case .begin where peek().word == .atomic:
            advance()
            open(.block, .dialect)
            frame.isInert = false
            frame.stage = Stage.block.rawValue
        case .return:
            advance()
            frame.isInert = false
            frame.state = .expression
        default:
            if token.kind == .leftParen { open(.names, .expression) } else { advance() }
        }
    }

    private static var isSQL: UInt8 { 1 }

    /// A body in a string is opaque: it runs later, and perhaps as somebody else. One in SQL is read all the same.
    private mutating func endRoutine() {
        if let body {
            note(opaque: .routineBody, body.range)
            if frame.flags == Self.isSQL { note(named: .query, source.value(body), "sql", [], body.range) }
        }
        endStatement()
    }
}
