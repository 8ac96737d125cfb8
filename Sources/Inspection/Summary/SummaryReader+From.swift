/// FROM: its items, their aliases, and joins.
extension SummaryReader {
    /// The first item comes next.
    mutating func beginFrom() {
        frame.pendingJoins = 0
        if frame.clause == .select { frame.fromMark = statement.relations.count }
        frame.clause = .none
        frame.state = .fromItem
    }

    mutating func fromItem() {
        frame.itemMark = statement.relations.count
        frame.mayTakeStar = false
        if Source.fromItem(&self) { return }
        if frame.role == .fromItem, !frame.isQuery, previous.kind == .leftParen, beginsQuery { return beginQuery() }
        skip(.lateral)
        if token.kind == .leftParen {
            frame.state = .fromTail
            frame.mayTakeAlias = true
            frame.isBehindRelation = false
            return open(.fromItem, .fromItem)
        }
        if token.word == .rows, peek().word == .from { return rowsFrom() }
        if token.word == .only, token.role == .reserved { return onlyItem() }
        guard token.isColumnName || token.kind == .word && token.role == .functionName else {
            return fail(.unexpectedToken)
        }
        namedItem()
    }

    private var beginsQuery: Bool {
        switch token.word {
        case .select, .with, .table, .values: token.role != .free
        default: false
        }
    }

    /// `ONLY t`, `ONLY (t)`
    private mutating func onlyItem() {
        advance()
        let isWrapped = accept(.leftParen)
        guard let name = objectName() else { return }
        behindRelation(noteRead(name))
        if isWrapped, !accept(.rightParen) { fail(.unexpectedToken) }
    }

    private mutating func namedItem() {
        let first = token
        let name = chain()
        frame.state = .fromTail
        frame.mayTakeAlias = true
        frame.isBehindRelation = false
        if token.kind == .leftParen { return call(name) }
        guard first.isColumnName || name.count > 1, !name.isTooLong, previous.kind != .operator, previous.kind != .dot
        else {
            // SQL's own functions without parentheses stand in FROM too: `FROM current_date`.
            return fail(.unexpectedToken)
        }
        behindRelation(noteRead(name))
        frame.mayTakeStar = true
    }

    mutating func behindRelation(_ isRelation: Bool) {
        frame.state = .fromTail
        frame.mayTakeAlias = true
        frame.isBehindRelation = isRelation
    }

    /// `ROWS FROM (f(1), g(2))`: the functions are read as expressions are.
    private mutating func rowsFrom() {
        advance()
        advance()
        guard token.kind == .leftParen else { return fail(.unexpectedToken) }
        frame.state = .fromTail
        frame.mayTakeAlias = true
        frame.isBehindRelation = false
        open(.operand, .expression)
    }

    // MARK: Behind an item

    mutating func fromTail() {
        if token.kind != .comma, token.kind != .rightParen, Source.fromTail(&self) { return }
        switch token.kind {
        case .comma:
            frame.clause = .none
            frame.state = .fromItem
            advance()
        case .rightParen: close()
        case .leftParen where frame.mayTakeAlias && previous.isName && !frame.isBehindRelation:
            frame.mayTakeAlias = false
            open(.names, .expression)
        case .quotedName: alias()
        case .word: tailWord()
        default:
            guard isStar, frame.mayTakeStar else { return fail(.unexpectedToken) }
            frame.mayTakeStar = false
            advance()
        }
    }

    private mutating func tailWord() {
        switch token.word {
        case .as:
            advance()
            if token.kind == .leftParen { return columnDefinitions() }
            guard token.isName else { return fail(.unexpectedToken) }
            alias()
        case .join, .cross, .natural, .inner, .left, .right, .full, .outer: join()
        case .on where token.role == .reserved: joinCondition()
        case .using where token.role == .reserved: joinColumns()
        case .tablesample: tableSample()
        case .repeatable where peek().kind == .leftParen:
            advance()
            open(.operand, .expression)
        case .with where peek().word == .ordinality:
            advance()
            advance()
        default:
            if token.isColumnName, frame.mayTakeAlias { alias() } else { behindFrom() }
        }
    }

    /// The clauses that may stand behind FROM are read like expressions.
    private mutating func behindFrom() {
        guard token.role == .reserved else { return fail(.unexpectedToken) }
        switch token.word {
        case .where, .group, .having, .order, .limit, .offset, .fetch, .window, .for, .union, .intersect, .except,
            .minus, .returning, .set, .when:
            frame.state = .expression
            if frame.clause == .none { frame.clause = .rest }
        default: fail(.unexpectedToken)
        }
    }

    /// The name of the item; columns in parentheses may follow.
    private mutating func alias() {
        guard frame.mayTakeAlias else { return fail(.unexpectedToken) }
        frame.mayTakeStar = false
        let name = source.name(token)
        if frame.isBehindRelation {
            setAlias(name, of: statement.relations.count - 1)
        } else {
            derivedTables.append(
                DerivedTable(
                    alias: name, relations: frame.itemMark..<statement.relations.count,
                    expressionDepth: frame.expressionDepth, queryLevel: frame.queryLevel))
        }
        advance()
        frame.isBehindRelation = false
        if token.kind == .leftParen { return }
        frame.mayTakeAlias = false
    }

    /// `f() AS (a int, b text)`
    private mutating func columnDefinitions() {
        frame.mayTakeAlias = false
        open(.names, .expression)
    }

    private mutating func tableSample() {
        advance()
        guard token.isName else { return fail(.unexpectedToken) }
        _ = chain()
        guard token.kind == .leftParen else { return fail(.unexpectedToken) }
        frame.mayTakeAlias = false
        frame.isBehindRelation = false
        open(.operand, .expression)
    }

    // MARK: Joins

    /// `[NATURAL] [CROSS | INNER | LEFT …] JOIN`, from its first word on.
    mutating func join() {
        var isUnconditional = false
        while token.word != .join {
            switch token.word {
            case .cross, .natural: isUnconditional = true
            case .inner, .left, .right, .full, .outer: break
            default: return fail(.unexpectedToken)
            }
            advance()
        }
        advance()
        if !isUnconditional { frame.pendingJoins &+= 1 }
        frame.clause = .none
        frame.state = .fromItem
    }

    private mutating func joinCondition() {
        if frame.pendingJoins > 0 {
            frame.pendingJoins &-= 1
            frame.clause = .joinCondition
            frame.state = .expression
            advance()
        } else if frame.verb == .insert {
            conflict()
        } else if frame.verb == .merge {
            frame.clause = .joinCondition
            frame.state = .expression
            advance()
        } else {
            fail(.unexpectedToken)
        }
    }

    /// `USING (a, b) [AS x]`
    private mutating func joinColumns() {
        guard frame.pendingJoins > 0, peek().kind == .leftParen else { return fail(.unexpectedToken) }
        frame.pendingJoins &-= 1
        advance()
        frame.mayTakeAlias = true
        frame.isBehindRelation = false
        open(.names, .expression)
    }
}
