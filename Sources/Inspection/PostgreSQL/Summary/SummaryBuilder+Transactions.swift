extension SummaryBuilder {
    /// Statements that begin, end or divide transactions; false and nothing read for all others.
    mutating func transactionHead() -> Bool {
        switch token.keyword {
        case .begin:
            begin(.transaction)
            skip(.work, .transaction)
            effects.append(.transaction(.begin(transactionModes())))
        case .start:
            begin(.transaction)
            guard accept(.transaction) else {
                unparsed()
                break
            }
            effects.append(.transaction(.begin(transactionModes())))
        case .commit, .end:
            let isCommit = token.keyword == .commit
            begin(.transaction)
            if isCommit, accept(.prepared) {
                addPrepared { .commitPrepared($0) }
            } else {
                effects.append(.transaction(.commit(chain: acceptChain())))
            }
        case .rollback, .abort: rollback()
        case .savepoint:
            begin(.transaction)
            addNamed { .savepoint($0) }
        case .release:
            begin(.transaction)
            acceptSavepointWord()
            addNamed { .release($0) }
        case .prepare:
            var ahead = lexer
            guard ahead.next().keyword == .transaction, ahead.next().isString else { return false }
            begin(.transaction)
            advance()
            addPrepared { .prepareTransaction($0) }
        default: return false
        }
        scope.isInert = true
        return true
    }

    private mutating func rollback() {
        let isRollback = token.keyword == .rollback
        begin(.transaction)
        if isRollback, accept(.prepared) { return addPrepared { .rollbackPrepared($0) } }
        skip(.work, .transaction)
        if accept(.to) {
            acceptSavepointWord()
            addNamed { .rollbackTo($0) }
        } else {
            effects.append(.transaction(.rollback(chain: acceptChain())))
        }
    }

    /// `SAVEPOINT` before a name, unless it is the name.
    private mutating func acceptSavepointWord() {
        var ahead = lexer
        if token.keyword == .savepoint, ahead.next().isName { advance() }
    }

    private mutating func addNamed(_ make: (SQLText) -> TransactionEffect) {
        guard let name = acceptName() else { return unparsed() }
        effects.append(.transaction(make(name)))
    }

    private mutating func addPrepared(_ make: (SQLText) -> TransactionEffect) {
        guard let identifier = acceptString() else { return unparsed() }
        effects.append(.transaction(make(identifier)))
    }

    private mutating func acceptChain() -> Bool {
        skip(.work, .transaction)
        guard accept(.and) else { return false }
        let isNo = accept(.no)
        return accept(.chain) && !isNo
    }

    mutating func transactionModes() -> TransactionModes {
        var modes = TransactionModes()
        while !isAtEnd {
            if accept(.isolation) {
                skip(.level)
                modes.isolation = isolationLevel()
            } else if accept(.read) {
                modes.readOnly = token.keyword == .only
                advance()
            } else if accept(.not) {
                modes.deferrable = false
                skip(.deferrable)
            } else if accept(.deferrable) {
                modes.deferrable = true
            } else if !accept(.comma) {
                break
            }
        }
        return modes
    }

    private mutating func isolationLevel() -> SQLText? {
        if accept(.serializable) { return "serializable" }
        if accept(.repeatable) {
            skip(.read)
            return "repeatable read"
        }
        guard accept(.read) else { return nil }
        if accept(.committed) { return "read committed" }
        return accept(.uncommitted) ? "read uncommitted" : nil
    }
}
