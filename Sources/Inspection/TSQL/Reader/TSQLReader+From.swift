/// FROM, in Transact-SQL's own ways.
extension SummaryReader where Source: TSQLTokenSource {
    mutating func ownFromItem() -> Bool {
        if isOperator(0x7B) {
            advance()
            if token.kind == .word { advance() } else { fail(.unexpectedToken) }
            return true
        }
        if token.kind == .variable {
            // A table variable, or the nodes of one that holds XML.
            advance()
            behindRelation(false)
            frame.flags |= Self.derivedBit
            methods()
            return true
        }
        if token.kind == .leftParen {
            frame.flags |= Self.derivedBit
            return false
        }
        switch token.word {
        case .openrowset, .openquery, .opendatasource: remoteRows()
        case .openxml: function()
        case .containstable, .freetexttable, .changetable: searchFunction()
        case .insert where previous.kind == .leftParen, .update where previous.kind == .leftParen,
            .delete where previous.kind == .leftParen, .merge where previous.kind == .leftParen:
            frame.state = .statement
        default:
            guard token.isColumnName || token.role == .functionName else { return false }
            namedItem()
        }
        return true
    }

    /// A table, a function with its arguments, or a table with hints.
    private mutating func namedItem() {
        let name = chain()
        guard !name.isTooLong, previous.kind != .operator, previous.kind != .dot else { return fail(.unexpectedToken) }
        if token.kind != .leftParen {
            let isRelation = noteRead(name)
            if !isRelation { frame.flags |= Self.derivedBit }
            return behindRelation(isRelation)
        }
        if beginsHints {
            behindRelation(noteRead(name))
            return open(.names, .expression)
        }
        frame.flags |= Self.derivedBit
        behindRelation(false)
        call(name)
    }

    /// `(NOLOCK)`, `(INDEX(i), NOLOCK)`
    private var beginsHints: Bool {
        mutating get {
            let first = peek()
            return first.kind == .word && TSQLNames.hints.contains(source.functionName(first))
        }
    }

    /// `.nodes('…')` and the like.
    private mutating func methods() {
        guard accept(.dot) else { return }
        guard token.isName else { return fail(.unexpectedToken) }
        advance()
        if token.kind == .leftParen { open(.operand, .expression) }
    }

    private mutating func function() {
        let name = NameChain(token)
        advance()
        guard token.kind == .leftParen else { return fail(.unexpectedToken) }
        frame.flags |= Self.derivedBit
        behindRelation(false)
        call(name)
    }

    /// `OPENROWSET(…)`, `OPENQUERY(server, 'query')`, `OPENDATASOURCE(…).db.schema.t`
    private mutating func remoteRows() {
        let isFile = token.word == .openrowset && peekSecond().word == .bulk
        statement.outside.insert(isFile ? .serverFile : .network)
        note(opaque: .remote, token.range)
        function()
    }

    /// `CONTAINSTABLE(t, columns, 'search')`, `CHANGETABLE(CHANGES t, 0)`
    private mutating func searchFunction() {
        function()
        guard !hasFailed else { return }
        if isWord("changes") || isWord("version") { advance() }
        guard let name = objectName() else { return }
        note(relation: name, .read)
        frame.state = .expression
    }

    // MARK: Behind an item

    mutating func ownFromTail() -> Bool {
        if isOperator(0x7D) {
            advance()
            return true
        }
        switch token.kind {
        case .leftParen where frame.isBehindRelation:
            guard beginsHints else { return false }
            open(.names, .expression)
        case .dot where previous.kind == .rightParen:
            // OPENDATASOURCE(…).db.schema.t
            advance()
            guard token.isName else {
                fail(.unexpectedToken)
                return true
            }
            _ = chain()
        case .word: return tailWord()
        default: return false
        }
        return true
    }

    private mutating func tailWord() -> Bool {
        switch token.word {
        case .with where peek().kind == .leftParen:
            advance()
            open(.names, .expression)
        case .with where frames.isEmpty && (statement.kind == .create || statement.kind == .alter):
            // WITH CHECK OPTION
            frame.state = .expression
            frame.clause = .rest
            advance()
        case .inner, .left, .right, .full, .cross, .outer, .join:
            guard token.role == .reserved else { return false }
            if !ownJoin() { fail(.unexpectedToken) }
        case .merge where peek().word == .join: ownJoin()
        case .pivot, .unpivot:
            advance()
            guard token.kind == .leftParen else {
                fail(.unexpectedToken)
                return true
            }
            frame.mayTakeAlias = true
            frame.isBehindRelation = false
            frame.flags |= Self.derivedBit
            open(.operand, .expression)
        case .tablesample:
            advance()
            _ = accept(.system)
            guard token.kind == .leftParen else {
                fail(.unexpectedToken)
                return true
            }
            frame.mayTakeAlias = false
            open(.operand, .expression)
        case .for where peek().word == .systemTime: systemTime()
        case .using where frame.verb == .merge && frame.pendingJoins == 0: return false
        case .option:
            frame.state = .expression
            frame.clause = .rest
            advance()
        case .output where frame.verb != .select && frame.verb != .none: output()
        default:
            guard token.role == .reserved, frames.isEmpty, startsStatement else { return false }
            if token.word == .set || token.word == .fetch { return false }
            endStatement()
        }
        return true
    }

    /// `[INNER | LEFT [OUTER] | …] [LOOP | HASH | MERGE | REMOTE] JOIN`, `CROSS | OUTER APPLY`; false: neither.
    @discardableResult
    mutating func ownJoin() -> Bool {
        var isUnconditional = false
        while token.kind == .word {
            switch token.word {
            case .join, .apply:
                if token.word == .apply { isUnconditional = true }
                advance()
                if !isUnconditional { frame.pendingJoins &+= 1 }
                frame.clause = .none
                frame.state = .fromItem
                return true
            case .cross: isUnconditional = true
            case .inner, .left, .right, .full, .outer, .loop, .hash, .merge, .remote: break
            default: return false
            }
            advance()
        }
        return false
    }

    /// `FOR SYSTEM_TIME AS OF x | FROM x TO y | BETWEEN x AND y | CONTAINED IN (x, y) | ALL`
    private mutating func systemTime() {
        advance()
        advance()
        while !isAtEnd, !hasFailed {
            switch token.kind {
            case .string, .variable, .parameter: advance()
            case .word where previous.word == .from || previous.word == .to: advance()
            case .leftParen:
                skipParenthesis()
                return
            case .word
            where token.word == .as || token.word == .of || token.word == .from || token.word == .to
                || token.word == .between || token.word == .and || token.word == .all || token.word == .in
                || isWord("contained"):
                if token.word == .as, peek().word != .of { return }
                advance()
            default: return
            }
        }
    }
}
