extension SummaryBuilder {
    /// Reads what a statement begins with and leaves the rest to `scan`.
    mutating func head(isExplained: Bool) {
        switch token.keyword {
        case .select, .values, .table: kind = .select
        case .with: kind = .select
        case .insert: begin(.insert)
        case .update: begin(.update)
        case .delete: begin(.delete)
        case .merge: begin(.merge)
        case .explain where !isExplained: explainHead()
        case .execute: executeHead()
        case .declare: declareHead()
        case .create: createHead()
        default:
            if token.kind == .leftParen {
                kind = .select
            } else if !transactionHead(), !settingHead(), !sessionHead() {
                commandHead()
            }
        }
    }

    mutating func begin(_ kind: StatementKind) {
        self.kind = kind
        scope.previous = token
        advance()
    }

    private mutating func sessionHead() -> Bool {
        switch token.keyword {
        case .prepare: prepareHead()
        case .deallocate:
            kind = .deallocate
            advance()
            if accept(.prepare), isAtEnd { return deallocated("prepare") }
            if accept(.all) { return deallocated(nil) }
            guard let name = acceptName() else {
                unparsed()
                return true
            }
            return deallocated(name)
        case .close:
            kind = .close
            advance()
            if accept(.all) {
                effects.append(.closeCursor(name: nil))
            } else if let name = acceptName() {
                effects.append(.closeCursor(name: name))
            }
        case .listen:
            kind = .listen
            advance()
            if let channel = acceptName() { effects.append(.listen(channel: channel)) }
        case .unlisten:
            kind = .listen
            advance()
            if token.kind == .operator {
                effects.append(.unlisten(channel: nil))
            } else if let channel = acceptName() {
                effects.append(.unlisten(channel: channel))
            }
        case .discard: discardHead()
        case .load:
            begin(.utility)
            effects.append(.taint(.loadedLibrary))
        default: return false
        }
        scope.isInert = true
        return true
    }

    private mutating func deallocated(_ name: SQLText?) -> Bool {
        effects.append(.deallocate(name: name))
        scope.isInert = true
        return true
    }

    private mutating func discardHead() {
        kind = .discard
        advance()
        switch token.keyword {
        case .all: effects.append(.discard(.all))
        case .plans: effects.append(.discard(.plans))
        case .sequences: effects.append(.discard(.sequences))
        case .temp, .temporary: effects.append(.discard(.temporary))
        default: unparsed()
        }
    }

    private mutating func prepareHead() {
        kind = .prepare
        advance()
        guard let name = acceptName() else { return unparsed() }
        if token.kind == .leftParen {
            var depth = 0
            repeat {
                if token.kind == .leftParen { depth += 1 }
                if token.kind == .rightParen { depth -= 1 }
                advance()
            } while depth > 0 && !isAtEnd
        }
        guard accept(.as) else { return unparsed() }
        scope.preparedName = name
        scope.preparedStart = token.start
    }

    /// Now that the end of the statement is known.
    mutating func finishPrepare() {
        guard let name = scope.preparedName else { return }
        effects.append(.prepare(name: name, body: scope.preparedStart..<max(scope.preparedStart, lastEnd)))
    }

    mutating func executeHead() {
        kind = .execute
        advance()
        guard let name = acceptName() else { return unparsed() }
        effects.append(.execute(name: name))
    }

    private mutating func declareHead() {
        kind = .declare
        advance()
        guard let name = acceptName() else { return unparsed() }
        var hold = false
        while !isAtEnd, token.keyword != .for {
            if token.keyword == .with { hold = true }
            advance()
        }
        effects.append(.declareCursor(name: name, hold: hold))
    }

    private mutating func explainHead() {
        advance()
        var analyzes = false
        if token.kind == .leftParen, isOptionList() {
            analyzes = explainOptions()
        } else {
            if accept(.analyze) || accept(.analyse) { analyzes = true }
            skip(.verbose)
        }
        head(isExplained: true)
        kind = .explain
        scope.isExplained = true
        if !analyzes {
            // Planned, not run: what its head would do doesn't happen.
            effects = effects.compactMap { if case .execute(let name) = $0 { .plan(name: name) } else { nil } }
            scope.isPlannedOnly = true
        }
    }

    /// `EXPLAIN (SELECT …)` explains a query in parentheses.
    private func isOptionList() -> Bool {
        var ahead = lexer
        switch ahead.next().keyword {
        case .select, .values, .with, .table: return false
        default: return true
        }
    }

    private mutating func explainOptions() -> Bool {
        var analyzes = false
        advance()
        while !isAtEnd, token.kind != .rightParen {
            if accept(.analyze) || accept(.analyse) {
                let isOff = token.keyword == .false || token.keyword == .off || view[token.start] == 0x30
                analyzes = !isOff
            } else {
                advance()
            }
        }
        _ = accept(.rightParen)
        return analyzes
    }

    /// Commands of which little but the kind matters.
    private mutating func commandHead() {
        switch token.keyword {
        case .copy: copyHead()
        case .do:
            begin(.do)
            effects.append(.opaque(.doBlock))
        case .call:
            begin(.call)
            effects.append(.opaque(.call))
        case .show:
            begin(.show)
            flags.insert(.readsSettings)
            scope.isInert = true
        case .fetch, .move: inert(.fetch)
        case .notify:
            inert(.notify)
            effects.append(.notify)
        case .lock: inert(.lock)
        case .drop: dropHead()
        case .alter: alterHead()
        case .refresh, .grant, .revoke, .comment, .security, .reassign, .import, .truncate: inert(.ddl)
        case .vacuum: inert(.nonTransactional)
        case .reindex, .cluster: reindexHead()
        case .analyze, .analyse, .checkpoint: inert(.utility)
        default: unparsed()
        }
    }

    mutating func inert(_ kind: StatementKind) {
        begin(kind)
        scope.isInert = true
    }

    private mutating func copyHead() {
        begin(.copyOut)
        scope.isCopy = true
        skip(.binary)
        if token.kind != .leftParen { _ = acceptQualifiedName() }
    }
}
