/// EXEC, DECLARE, SET.
extension SummaryReader where Source: TSQLTokenSource {
    /// `EXEC [@r =] p [arguments]`, `EXEC ('text' …)`, `EXECUTE AS …`
    mutating func execute() {
        if statement.kind == .unknown { statement.kind = .call }
        advance()
        if token.word == .as { return plain(.set, .admin) }
        if token.kind == .leftParen { return executeText() }
        if token.kind == .variable {
            advance()
            guard isOperator(0x3D) else {
                // The procedure's name is in the variable.
                note(opaque: .dynamicSQL, previous.range)
                return beginArguments()
            }
            advance()
            if token.kind == .variable {
                note(opaque: .dynamicSQL, token.range)
                advance()
                return beginArguments()
            }
        }
        procedureCall()
    }

    private mutating func executeText() {
        note(opaque: .dynamicSQL, token.range)
        let isString = peek().kind == .string
        let isWhole = isString && peekSecond().kind == .rightParen
        let literal = peek()
        note(named: .query, isWhole ? source.value(literal) : nil, "exec", [.read, .write], literal.range)
        skipParenthesis()
        // AS USER = '…', AT server
        if token.word == .as || isWord("at") {
            if isWord("at") { statement.outside.insert(.network) }
            while !isAtEnd, !(token.role == .reserved && startsStatement) { advance() }
        }
        frame.state = .finished
        atBoundary()
    }

    mutating func procedureCall() {
        if statement.kind == .unknown { statement.kind = .call }
        let start = token
        guard let name = objectName() else { return }
        let procedure = source.functionName(name.last)
        if name.fromEnd(3) != nil { statement.outside.insert(.network) }
        statement.outside.formUnion(TSQLNames.outside(ofProcedure: procedure))
        guard statement.calls.count < SummaryLimits.calls else { return fail(.tooManyCalls) }
        statement.calls.append(FunctionCall(schema: text(name.fromEnd(1)), name: procedure, range: name.range))
        if procedure == "sp_executesql" || procedure == "sp_prepexec" || procedure == "sp_prepare" {
            note(opaque: .dynamicSQL, start.range)
            executedText(procedure)
        } else {
            note(opaque: .procedure, start.range)
        }
        // ;1 is the number of a procedure in a group.
        beginArguments()
    }

    /// The statement that sp_executesql is given, if it is a literal.
    private mutating func executedText(_ taker: SQLText) {
        var literal = token
        if token.kind == .variable, source.isOperator(peek(), 0x3D) { literal = peekSecond() }
        let text = literal.kind == .string ? source.value(literal) : nil
        note(named: .query, text, taker, [.read, .write], literal.range)
    }

    private mutating func beginArguments() {
        frame.stage = TSQLStage.arguments.rawValue
        frame.state = .dialect
    }

    /// Arguments are constants, variables and bare words.
    mutating func argument() {
        if isAtEnd { return endStatement() }
        switch token.kind {
        case .word where token.role == .reserved && startsStatement: endStatement()
        case .leftParen:
            // WITH RESULT SETS ((…))
            guard isWord("sets") || previous.kind == .word else { return fail(.unexpectedToken) }
            skipParenthesis()
        case .rightParen: fail(.unbalancedParenthesis)
        default: advance()
        }
    }

    // MARK: DECLARE

    mutating func declare() {
        statement.kind = .declare
        advance()
        if token.kind == .variable { return stage(.declare) }
        // DECLARE c [INSENSITIVE] CURSOR … FOR query
        guard token.isName else { return fail(.unexpectedToken) }
        statement.preparedName = source.name(token)
        advance()
        cursorQuery()
    }

    /// `CURSOR [options] FOR query`
    private mutating func cursorQuery() {
        while !isAtEnd, token.word != .for {
            if token.role == .reserved, startsStatement { return fail(.unexpectedToken) }
            advance()
        }
        expect(.for)
        if !hasFailed { frame.state = .statement }
    }

    mutating func stage(_ stage: TSQLStage) {
        frame.stage = stage.rawValue
        frame.state = .dialect
    }

    /// `@x type [= e]`, `@t TABLE (…)`, `@c CURSOR`, with commas between.
    mutating func declaration() {
        if isAtEnd { return endStatement() }
        if token.kind == .comma { advance() }
        guard token.kind == .variable else { return fail(.unexpectedToken) }
        advance()
        _ = accept(.as)
        frame.resumesAtComma = true
        frame.state = .expression
        if token.word == .table, token.role == .reserved {
            advance()
            guard token.kind == .leftParen else { return fail(.unexpectedToken) }
            return open(.definition, .expression)
        }
        if token.isName {
            _ = chain()
            if token.kind == .leftParen { skipParenthesis() }
        }
    }

    // MARK: SET

    mutating func set() {
        statement.kind = .set
        advance()
        if token.kind == .variable { return setVariable() }
        if token.word == .identityInsert {
            advance()
            guard let name = objectName() else { return }
            note(relation: name, .write)
        }
        plainSetting()
    }

    private mutating func setVariable() {
        advance()
        frame.state = .expression
        guard isOperator(0x3D), peek().word == .cursor else { return }
        advance()
        cursorQuery()
    }

    /// `SET option, … ON`: words, numbers and strings.
    private mutating func plainSetting() {
        while !isAtEnd, !(token.role == .reserved && startsStatement) {
            if token.kind == .leftParen { return fail(.unexpectedToken) }
            advance()
        }
        frame.state = .finished
        atBoundary()
    }

    // MARK: Rights

    /// `GRANT … [ON [class::]name] TO …`
    mutating func rights() {
        statement.kind = token.word == .grant ? .grant : .revoke
        statement.actions.insert(.admin)
        advance()
        while !isAtEnd, token.word != .on, token.word != .to, token.word != .from {
            if token.kind == .leftParen { skipParenthesis() } else { advance() }
            if hasFailed { return }
        }
        if accept(.on) { rightsTarget() } else { note(wide: .database, nil, .admin) }
        while !isAtEnd, token.word != .to, token.word != .from, !hasFailed { advance() }
        while !isAtEnd, !hasFailed,
            token.word == .with || !(token.role == .reserved && startsStatement)
                || previous.word == .with
        { advance() }
        frame.state = .finished
        atBoundary()
    }

    private mutating func rightsTarget() {
        var isObject = true
        if peek().kind == .cast {
            let kind = token.word
            isObject = isWord("object")
            advance()
            advance()
            guard token.isName else { return fail(.unexpectedToken) }
            if kind == .schema { note(wide: .schema, source.name(token), .admin) }
            if kind == .database { note(wide: .database, source.name(token), .admin) }
        }
        guard token.isName else { return fail(.unexpectedToken) }
        let name = chain()
        if isObject { note(relation: name, .admin) }
        if token.kind == .leftParen { skipParenthesis() }
    }
}
