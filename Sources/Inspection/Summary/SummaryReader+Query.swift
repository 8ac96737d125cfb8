/// Queries: SELECT, VALUES, TABLE, WITH, and what joins them to one.
extension SummaryReader {
    /// Where a query or a change must come.
    mutating func beginQuery() {
        switch token.word {
        case .select:
            enter(.select, .select)
            advance()
        case .values:
            enter(.select, .rest)
            advance()
        case .table: tableCommand()
        case .with: with()
        default:
            if token.kind == .leftParen {
                enter(frame.verb == .insert ? .insert : .select, .none)
                frame.isQuery = true
                openQuery()
            } else if !Source.change(&self) {
                fail(frames.isEmpty && statement.kind == .unknown ? .unknownStatement : .unexpectedToken)
            }
        }
    }

    /// A query begins in this frame. What an INSERT takes its rows from belongs to its frame.
    private mutating func enter(_ verb: ReaderFrame.Verb, _ clause: ReaderFrame.Clause) {
        if !frame.isQuery { frame.queryLevel &+= 1 }
        if frame.verb != .insert { frame.verb = verb }
        if statement.kind == .unknown { statement.kind = .select }
        frame.isQuery = true
        frame.isInert = false
        frame.clause = clause
        frame.fromMark = statement.relations.count
        frame.state = .expression
    }

    /// `TABLE t` is a query in itself.
    private mutating func tableCommand() {
        enter(.select, .rest)
        advance()
        _ = accept(.only)
        let isWrapped = previous.word == .only && accept(.leftParen)
        guard let name = objectName() else { return }
        _ = noteRead(name)
        if isWrapped, !accept(.rightParen) { return fail(.unexpectedToken) }
        if isStar { advance() }
    }

    // MARK: Set operations

    /// UNION and its kin between queries.
    mutating func setOperation() {
        guard frame.isQuery, frame.clause != .conflict else { return fail(.unexpectedToken) }
        advance()
        skip(.all, .distinct)
        frame.pendingJoins = 0
        frame.state = .setOperand
    }

    mutating func setOperand() {
        switch token.word {
        case .select, .table: beginQuery()
        case .values: beginQuery()
        default:
            guard token.kind == .leftParen else { return fail(.unexpectedToken) }
            frame.clause = .none
            frame.state = .expression
            openQuery()
        }
    }

    /// `(` before a query that is part of this one, not of an expression.
    private mutating func openQuery() {
        let depth = frame.expressionDepth
        open(.operand, .statement)
        frame.expressionDepth = depth
    }

    // MARK: WITH

    /// WITH in front of a query or a change; the names hold to the end of the frame.
    mutating func with() {
        if !frame.isQuery, frame.verb == .none { frame.queryLevel &+= 1 }
        advance()
        frame.isRecursive = accept(.recursive)
        frame.listMark = commonTables.count
        frame.withMark = statement.relations.count
        frame.state = .withName
    }

    /// `name [(columns)] AS [[NOT] MATERIALIZED] (`
    mutating func withName() {
        guard frame.isNamed else {
            guard token.isColumnName else { return fail(.unexpectedToken) }
            pendingNames.append(source.name(token))
            frame.isNamed = true
            return advance()
        }
        if token.kind == .leftParen, previous.isName { return open(.names, .expression) }
        if token.word == .as {
            advance()
            skip(.not, .materialized)
            guard token.kind == .leftParen, !pendingNames.isEmpty else { return fail(.unexpectedToken) }
            frame.isNamed = false
            let seesItself = frame.isRecursive || Source.commonTablesSeeThemselves
            if seesItself { declare(pendingNames[pendingNames.count - 1]) }
            frame.state = .withTail
            return open(.commonTable, .statement)
        }
        fail(.unexpectedToken)
    }

    /// The body of the last name has been read.
    mutating func declarePending() {
        guard let name = pendingNames.popLast() else { return fail(.unexpectedToken) }
        if !frame.isRecursive, !Source.commonTablesSeeThemselves { declare(name) }
    }

    private mutating func declare(_ name: SQLText) {
        commonTableCount &+= 1
        guard commonTableCount <= SummaryLimits.commonTables else { return fail(.tooManyNames) }
        commonTables.append(name)
    }

    /// Behind a body: another name, SEARCH and CYCLE, or the query.
    mutating func withTail() {
        if token.kind == .comma {
            advance()
            frame.state = .withName
        } else if token.word == .search {
            passOver(upTo: .set)
        } else if token.word == .cycle {
            passOver(upTo: .using)
        } else {
            if frame.isRecursive, Source.recursiveListsSeeForward { resolveForward() }
            beginQuery()
        }
    }

    /// `SEARCH DEPTH FIRST BY a, b SET c`, `CYCLE a, b SET c TO x DEFAULT y USING p`: names and constants.
    private mutating func passOver(upTo word: SQLWord) {
        while !isAtEnd, token.word != word, token.kind != .leftParen, token.kind != .rightParen { advance() }
        expect(word)
        guard !hasFailed, acceptName() != nil else { return fail(.unexpectedToken) }
    }

    /// With RECURSIVE a body may name what comes later in the list: such mentions are no relations after all.
    private mutating func resolveForward() {
        let names = commonTables[min(frame.listMark, commonTables.count)...]
        guard names.count > 1, frame.withMark < statement.relations.count else { return }
        var kept = frame.withMark
        for index in frame.withMark..<statement.relations.count {
            let relation = statement.relations[index]
            if relation.traits.contains(.mayBeCommonTable), names.contains(relation.name) { continue }
            statement.relations[kept] = relation
            kept += 1
        }
        statement.relations.removeLast(statement.relations.count - kept)
    }

    // MARK: Locks

    /// `FOR [NO KEY] UPDATE | [KEY] SHARE [OF …] [NOWAIT | SKIP LOCKED]`: locked rows count as written.
    mutating func locking() {
        guard beginsLocking else {
            if !Source.forClause(&self) { fail(.unexpectedToken) }
            return
        }
        advance()
        skip(.no, .key, .update, .share)
        frame.clause = .rest
        if accept(.of) {
            repeat {
                guard let name = objectName() else { return }
                lockCount &+= 1
                guard lockCount <= SummaryLimits.locks else { return fail(.tooManyNames) }
                lock(source.name(name.last))
            } while accept(.comma)
        } else {
            lockCount &+= 1
            guard lockCount <= SummaryLimits.locks else { return fail(.tooManyNames) }
            lockAll()
        }
        skip(.nowait, .skip, .locked)
    }

    var beginsLocking: Bool {
        mutating get {
            switch peek().word {
            case .update, .share, .no, .key: true
            default: false
            }
        }
    }

    /// The relations in FROM, those of subqueries in it too. If the frame only holds a query in parentheses, all of it.
    mutating func lockAll() {
        for index in statement.relations.indices.dropFirst(frame.fromMark)
        where statement.relations[index].expressionDepth == frame.expressionDepth || frame.verb == .none {
            statement.relations[index].actions.insert(.write)
        }
    }

    /// By alias, of a relation or of a subquery. If there is neither, all may be meant.
    private mutating func lock(_ alias: SQLText) {
        var isFound = false
        for index in statement.relations.indices.dropFirst(frame.fromMark) {
            let relation = statement.relations[index]
            guard relation.expressionDepth == frame.expressionDepth, relation.queryLevel == frame.queryLevel,
                (relation.alias ?? relation.name) == alias
            else { continue }
            statement.relations[index].actions.insert(.write)
            isFound = true
        }
        for derived in derivedTables
        where derived.alias == alias && derived.queryLevel == frame.queryLevel
            && derived.expressionDepth == frame.expressionDepth && derived.relations.lowerBound >= frame.fromMark
        {
            for index in derived.relations
            where statement.relations[index].expressionDepth == frame.expressionDepth {
                statement.relations[index].actions.insert(.write)
            }
            isFound = true
        }
        if !isFound { lockAll() }
    }
}

/// A subquery or the like in FROM, and the relations that were found in it.
struct DerivedTable {
    var alias: SQLText
    var relations: Range<Int>
    var expressionDepth: Int32
    var queryLevel: Int32
}
