/// INSERT, UPDATE, DELETE and MERGE.
extension SummaryReader where Source: TSQLTokenSource {
    /// `INSERT [TOP (n)] [INTO] t [WITH (hints)]`
    mutating func insert() {
        if peek().word == .bulk { return insertBulk() }
        beginChange(.insert, .insert)
        skipTop()
        _ = accept(.into)
        guard changedObject() else { return }
        frame.state = .insertTail
        if token.word == .with, peek().kind == .leftParen {
            advance()
            skipParenthesis()
        }
    }

    /// What drivers send before rows in bulk: `INSERT BULK t (columns) WITH (…)`.
    private mutating func insertBulk() {
        statement.kind = .copyIn
        advance()
        advance()
        guard let name = objectName() else { return }
        note(relation: name, .write)
        while token.kind == .leftParen || token.word == .with {
            if token.kind == .leftParen { skipParenthesis() } else { advance() }
            if hasFailed { return }
        }
        frame.state = .finished
    }

    private mutating func skipTop() {
        guard accept(.top) else { return }
        if token.kind == .leftParen { skipParenthesis() } else { advance() }
        if token.word == .percent { advance() }
    }

    /// The target: a relation, an alias of one, a table variable, or rows of another server. False after a failure.
    private mutating func changedObject() -> Bool {
        if hasFailed { return false }
        if token.kind == .variable {
            advance()
            return true
        }
        if token.word == .openquery || token.word == .openrowset || token.word == .opendatasource {
            statement.outside.insert(.network)
            note(opaque: .remote, token.range)
            advance()
            guard token.kind == .leftParen else {
                fail(.unexpectedToken)
                return false
            }
            skipParenthesis()
            while accept(.dot) { if token.isName { advance() } }
            return !hasFailed
        }
        guard let name = objectName() else { return false }
        if name.count == 1, isCommonTable(source.name(name.last)) {
            changeCommonTable()
            return true
        }
        guard target(name) else { return false }
        if token.kind == .leftParen, isHint { skipParenthesis() }
        return !hasFailed
    }

    private var isHint: Bool {
        mutating get {
            let first = peek()
            return first.kind == .word && TSQLNames.hints.contains(source.functionName(first))
        }
    }

    /// A common table expression is changed: so are the relations that it reads, as far as can be told.
    private mutating func changeCommonTable() {
        for index in statement.relations.indices { statement.relations[index].actions.insert(.write) }
    }

    /// `UPDATE [TOP (n)] t [WITH (hints)] SET …`
    mutating func update() {
        if peek().word == .statistics { return updateStatistics() }
        beginChange(.update, .update)
        skipTop()
        guard changedObject() else { return }
        skipHints()
        if token.word != .set { fail(.unexpectedToken) }
    }

    private mutating func skipHints() {
        guard token.word == .with, peek().kind == .leftParen else { return }
        advance()
        skipParenthesis()
    }

    private mutating func updateStatistics() {
        statement.kind = .maintenance
        advance()
        advance()
        guard let name = objectName() else { return }
        note(relation: name, .admin)
        skipStatement()
    }

    /// `DELETE [TOP (n)] [FROM] t [WITH (hints)] [FROM …] [WHERE …]`
    mutating func delete() {
        beginChange(.delete, .delete)
        skipTop()
        _ = accept(.from)
        guard changedObject() else { return }
        skipHints()
        frame.clause = .assignments
    }

    /// `MERGE [TOP (n)] [INTO] t [WITH (hints)] [[AS] a] USING …`
    mutating func merge() {
        beginChange(.merge, .merge)
        skipTop()
        _ = accept(.into)
        guard changedObject() else { return }
        skipHints()
        if token.word != .using {
            _ = accept(.as)
            guard let alias = acceptName() else { return fail(.unexpectedToken) }
            setAlias(alias, of: frame.target)
        }
        expect(.using)
        if !hasFailed { beginFrom() }
    }

    // MARK: The end

    /// At a statement's end: the target of UPDATE and DELETE may be an alias, or a table that FROM names again.
    mutating func settle() {
        let root = frames.first ?? frame
        if root.verb == .update || root.verb == .delete { settleTarget(root) }
        guard statement.unparsed == nil else { return }
        // END of blocks belongs to no statement.
        while token.word == .end, token.role == .reserved, peek().word != .conversion {
            advance()
            if token.word == .try || token.word == .catch { advance() }
            while token.kind == .semicolon { advance() }
        }
    }

    private mutating func settleTarget(_ root: ReaderFrame) {
        guard root.target >= 0, root.target < statement.relations.count else { return }
        let target = statement.relations[root.target]
        guard target.alias == nil, target.schema == nil || target.database == nil else { return }
        for index in statement.relations.indices.dropFirst(root.target + 1) {
            let relation = statement.relations[index]
            guard relation.expressionDepth == root.expressionDepth, relation.queryLevel == root.queryLevel else {
                continue
            }
            let isAlias = target.schema == nil && relation.alias == target.name
            let isSame = relation.name == target.name && relation.schema == target.schema && relation.alias == nil
            guard isAlias || isSame else { continue }
            statement.relations[index].actions = .write
            statement.relations[index].traits.formUnion(target.traits)
            statement.relations.remove(at: root.target)
            return
        }
        if root.flags & Self.derivedBit != 0, target.schema == nil {
            // It may be the alias of a derived table: then what that reads is changed.
            for index in statement.relations.indices { statement.relations[index].actions.insert(.write) }
        }
    }

    /// Passes over the rest of a statement that can't name a relation any more, up to the next one.
    mutating func skipStatement() {
        while !isAtEnd, !hasFailed {
            if token.kind == .leftParen {
                skipParenthesis()
            } else if token.role == .reserved, startsStatement, !isOption {
                break
            } else {
                advance()
            }
        }
        frame.state = .finished
        if !isAtEnd, !hasFailed { endStatement() }
    }

    /// `ON DELETE CASCADE`, `FOR INSERT`, `WITH EXECUTE AS`: words that begin no statement where they stand.
    private var isOption: Bool {
        switch token.word {
        case .insert, .update, .delete, .select, .exec, .execute, .alter, .create:
            previous.word == .on || previous.word == .for || previous.kind == .comma || previous.word == .with
                || previous.word == .after || previous.word == .of
        default: false
        }
    }
}
