/// INSERT, UPDATE, DELETE and MERGE.
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

    /// `[ONLY] t [*] [[AS] a]`; false after a failure. `word` is no alias unless AS stands before it.
    private mutating func changedRelation(until word: SQLWord) -> Bool {
        let isWrapped = accept(.only) && accept(.leftParen)
        guard let name = objectName(), target(name) else { return false }
        if isWrapped, !accept(.rightParen) { fail(.unexpectedToken) }
        if isStar { advance() }
        let isNamed = accept(.as)
        if token.isColumnName, isNamed || token.word == .none || token.word != word {
            setAlias(source.name(token), of: frame.target)
            advance()
        } else if isNamed {
            fail(.unexpectedToken)
        }
        return !hasFailed
    }
}
