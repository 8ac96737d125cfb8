/// INSERT, REPLACE, UPDATE and DELETE.
extension SummaryReader<MySQLTokens> {
    /// `INSERT [LOW_PRIORITY | …] [IGNORE] [INTO] t [PARTITION (…)]`
    mutating func insert(_ kind: SQLStatementKind) {
        beginChange(.insert, kind)
        skipModifiers()
        _ = accept(.into)
        guard !hasFailed, let name = objectName(), target(name) else { return }
        frame.state = .insertTail
        guard accept(.partition) else { return }
        guard token.kind == .leftParen else { return fail(.unexpectedToken) }
        open(.names, .expression)
    }

    /// LOW_PRIORITY, DELAYED, HIGH_PRIORITY, QUICK, IGNORE.
    private mutating func skipModifiers() {
        while token.kind == .word {
            switch source.functionName(token) {
            case "low_priority", "delayed", "high_priority", "ignore": advance()
            case "quick" where peek().isName || peek().word == .from: advance()
            default: return
            }
        }
    }

    /// `ON DUPLICATE KEY UPDATE`
    mutating func duplicateKey() {
        advance()
        advance()
        expect(.key)
        expect(.update)
        frame.pendingJoins = 0
        frame.clause = .rest
        frame.state = .expression
    }

    // MARK: UPDATE

    mutating func update() {
        beginChange(.update, .update)
        skipModifiers()
        beginFrom()
    }

    /// SET has still to come.
    var isAtAssignments: Bool { frame.flags & Self.assignsBit == 0 }
    private static var assignsBit: UInt8 { 1 }

    /// SET behind the tables of an UPDATE.
    mutating func assignments() {
        advance()
        frame.flags |= Self.assignsBit
        frame.clause = .rest
        frame.listMark = statement.relations.count
        if frame.listMark &- frame.fromMark > Self.mostTables {
            // More than any server joins.
            for index in statement.relations.indices.dropFirst(frame.fromMark) where isOfThisQuery(index) {
                statement.relations[index].actions.insert(.write)
            }
            frame.state = .expression
        } else {
            frame.resumesAtComma = true
            stage(.assignment)
        }
    }

    private static var mostTables: Int { 64 }

    /// `t.c = …`: the column says which table is changed; without a qualifier any of several may be.
    mutating func assignment() {
        frame.state = .expression
        guard token.isName else { return fail(.unexpectedToken) }
        let column = chain()
        let indices = (frame.fromMark..<frame.listMark).filter(isOfThisQuery)
        if indices.count == 1 {
            statement.relations[indices[0]].actions = .write
        } else if let table = column.withoutLast {
            let name = text(table.last)
            let database = text(table.fromEnd(1))
            let targets = indices.filter { isNamed($0, name, database) }
            if targets.isEmpty { return fail(.unexpectedToken) }
            for index in targets { statement.relations[index].actions = .write }
        } else {
            for index in indices { statement.relations[index].actions.insert(.write) }
        }
    }

    private func isOfThisQuery(_ index: Int) -> Bool {
        let relation = statement.relations[index]
        return relation.expressionDepth == frame.expressionDepth && relation.queryLevel == frame.queryLevel
    }

    private func isNamed(_ index: Int, _ name: SQLText?, _ database: SQLText?) -> Bool {
        let relation = statement.relations[index]
        guard let database else { return (relation.alias ?? relation.name) == name }
        return relation.name == name && (relation.database == nil || relation.database == database)
    }

    // MARK: DELETE

    /// `DELETE FROM t …`, `DELETE t, u FROM …`, `DELETE FROM t, u USING …`
    mutating func delete() {
        beginChange(.delete, .delete)
        skipModifiers()
        if token.word == .history { advance() }
        let isListed = token.word != .from
        if !isListed { advance() }
        frame.listMark = statement.relations.count
        repeat {
            guard token.isColumnName else { return fail(.unexpectedToken) }
            let name = chain()
            if name.isTooLong || previous.kind == .dot { return fail(.unexpectedToken) }
            frame.target = note(relation: name, .write)
            if statement.relations.count > frame.listMark &+ Self.mostTables { return fail(.tooManyNames) }
        } while !hasFailed && accept(.comma)
        if hasFailed { return }
        if isListed || token.word == .using {
            if isListed { expect(.from) } else { advance() }
            frame.flags |= Self.deletesBit
            frame.fromMark = statement.relations.count
            beginFrom()
        } else if statement.relations.count > frame.listMark &+ 1 {
            fail(.unexpectedToken)
        } else {
            deletedAlias()
        }
    }

    private static var deletesBit: UInt8 { 2 }

    private mutating func deletedAlias() {
        let isNamed = accept(.as)
        if token.isColumnName {
            setAlias(source.name(token), of: frame.target)
            advance()
        } else if isNamed {
            return fail(.unexpectedToken)
        }
        if accept(.partition) {
            guard token.kind == .leftParen else { return fail(.unexpectedToken) }
            open(.names, .expression)
        } else if token.word == .for, isMariaDB {
            // FOR PORTION OF, BEFORE SYSTEM_TIME.
            advance()
        }
    }

    /// At a statement's end.
    mutating func settle() {
        let root = frames.first ?? frame
        if root.verb == .update, root.flags & Self.assignsBit == 0 { fail(.unexpectedEnd) }
        if root.verb == .delete, root.flags & Self.deletesBit != 0 { settleDeletions(root) }
    }

    /// The tables of a DELETE's list are those of its FROM by the same name or alias. What is not found there stays in
    /// the list: the server refuses it.
    private mutating func settleDeletions(_ root: ReaderFrame) {
        let listed = root.listMark..<min(root.fromMark, statement.relations.count)
        var isSettled: [Int] = []
        for index in listed {
            let target = statement.relations[index]
            for other in statement.relations.indices.dropFirst(root.fromMark) {
                let relation = statement.relations[other]
                guard relation.expressionDepth == root.expressionDepth, relation.queryLevel == root.queryLevel,
                    isNamed(other, target.name, target.database)
                else { continue }
                statement.relations[other].actions = .write
                isSettled.append(index)
                break
            }
        }
        for index in isSettled.reversed() { statement.relations.remove(at: index) }
    }
}
