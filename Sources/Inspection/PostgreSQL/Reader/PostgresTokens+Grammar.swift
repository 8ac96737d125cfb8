extension PostgresTokens: SQLTokenSource {
    static var dialect: SQLDialect { .postgres }
    static var recursiveListsSeeForward: Bool { true }

    static func head(_ reader: inout SummaryReader<Self>) { reader.beginQuery() }

    // MARK: Changes

    static func change(_ reader: inout SummaryReader<Self>) -> Bool {
        switch reader.token.word {
        case .insert: reader.insert()
        case .update: reader.update()
        case .delete: reader.delete()
        case .merge: reader.merge()
        default: return false
        }
        return true
    }

    /// `SELECT … INTO [TEMPORARY | UNLOGGED] [TABLE] t`
    static func into(_ reader: inout SummaryReader<Self>) {
        reader.advance()
        let isTemporary = reader.token.word
        if reader.token.word == .local || reader.token.word == .global, reader.peek().isColumnName { reader.advance() }
        switch reader.token.word {
        case .temp, .temporary, .unlogged:
            // Words that could be the table's own name.
            let next = reader.peek()
            if next.isColumnName && next.word != .none || next.word == .table || next.kind == .quotedName
                || next.kind == .word && next.role == .free
            {
                reader.advance()
            }
        default: break
        }
        _ = isTemporary
        _ = reader.accept(.table)
        guard let name = reader.objectName() else { return }
        reader.note(relation: name, .ddl)
    }

    static func namesFunction(_ token: SQLToken) -> Bool {
        switch token.role {
        case .free: true
        case .functionName:
            switch token.word {
            case .is, .like, .ilike, .similar: false
            default: true
            }
        case .columnName: token.word == .none || isCallLike(token)
        case .reserved: false
        }
    }

    /// Of the words that can't name a function, those that are called like one are no types.
    private static func isCallLike(_ token: SQLToken) -> Bool { false }
}

extension SummaryReader<PostgresTokens> {
    /// `INSERT INTO t [AS a]`
    mutating func insert() {
        beginChange(.insert, .insert)
        expect(.into)
        guard !hasFailed, let name = objectName(), target(name) else { return }
        if accept(.as) {
            guard let alias = acceptName() else { return fail(.unexpectedToken) }
            setAlias(alias, of: frame.target)
        }
        frame.state = .insertTail
    }

    /// `[ONLY] t [*] [[AS] a]`; false after a failure.
    private mutating func changedRelation(until word: SQLWord) -> Bool {
        let isOnly = accept(.only)
        let isWrapped = isOnly && accept(.leftParen)
        guard let name = objectName(), target(name) else { return false }
        if isWrapped, !accept(.rightParen) { fail(.unexpectedToken) }
        if isStar { advance() }
        let isNamed = accept(.as)
        if token.isColumnName, isNamed || token.word != word {
            setAlias(source.name(token), of: frame.target)
            advance()
        } else if isNamed {
            fail(.unexpectedToken)
        }
        return !hasFailed
    }

    mutating func update() {
        beginChange(.update, .update)
        guard changedRelation(until: .set) else { return }
        expect(.set)
        frame.clause = .assignments
    }

    mutating func delete() {
        beginChange(.delete, .delete)
        expect(.from)
        guard !hasFailed, changedRelation(until: .none) else { return }
        if accept(.using) { beginFrom() }
    }

    mutating func merge() {
        beginChange(.merge, .merge)
        expect(.into)
        guard !hasFailed, changedRelation(until: .none) else { return }
        expect(.using)
        beginFrom()
    }
}
