/// Statements by their first words.
extension SummaryReader<PostgresTokens> {
    mutating func command() {
        switch token.word {
        case .explain: explain()
        case .create: create()
        case .alter: alter()
        case .drop: drop()
        case .copy: copy()
        case .truncate: truncate()
        case .lock: lockTables()
        case .grant, .revoke: rights()
        case .comment: comment()
        case .security: securityLabel()
        case .vacuum, .analyze, .analyse, .cluster, .reindex, .refresh: maintain()
        case .import: importSchema()
        case .reassign: reassign()
        default: if !sessionCommand(), !settingCommand() { beginQuery() }
        }
    }

    /// A statement that names no relation, whose rest is of no interest here.
    mutating func plain(_ kind: SQLStatementKind, _ actions: ActionSet = []) {
        statement.kind = kind
        statement.actions = actions
        skipRest()
    }

    // MARK: Session

    private mutating func sessionCommand() -> Bool {
        switch token.word {
        case .begin, .start, .commit, .end, .rollback, .abort, .savepoint, .release: plain(.transaction)
        case .prepare: prepare()
        case .execute: execute()
        case .deallocate: named(.deallocate)
        case .declare: declareCursor()
        case .fetch, .move: fetchRows()
        case .close: named(.close)
        case .listen, .unlisten: plain(.listen)
        case .notify: plain(.notify)
        case .discard: plain(.discard)
        case .checkpoint: plain(.utility, .admin)
        case .load:
            statement.outside.insert(.library)
            plain(.utility, .admin)
        case .do:
            note(opaque: .codeBlock, token.range)
            plain(.block)
        case .call:
            statement.kind = .call
            note(opaque: .procedure, token.range)
            advance()
            frame.state = .expression
        default: return false
        }
        return true
    }

    /// SET, RESET and SHOW. Some decide what names mean.
    private mutating func settingCommand() -> Bool {
        switch token.word {
        case .set, .reset: statement.kind = .set
        case .show: statement.kind = .show
        default: return false
        }
        let isShow = token.word == .show
        advance()
        if token.word == .session || token.word == .local, peek().kind == .word { advance() }
        let name = token.isName ? source.name(token) : SQLText()
        switch token.word {
        case .searchPath, .schema, .role, .authorization, .all, .session: statement.changesNames = !isShow
        default: statement.changesNames = !isShow && name == "search_path"
        }
        skipRest()
        return true
    }

    /// DEALLOCATE and CLOSE.
    private mutating func named(_ kind: SQLStatementKind) {
        statement.kind = kind
        advance()
        if token.word == .prepare, peek().isName { advance() }
        if token.word != .all { statement.preparedName = token.isName ? source.name(token) : nil }
        skipRest()
    }

    private mutating func prepare() {
        if peek().word == .transaction, peekSecond().kind == .string { return plain(.transaction) }
        statement.kind = .prepare
        advance()
        guard let name = acceptName() else { return fail(.unexpectedToken) }
        statement.preparedName = name
        if token.kind == .leftParen { skipParenthesis() }
        expect(.as)
        frame.state = .statement
    }

    mutating func execute() {
        if statement.kind == .unknown { statement.kind = .execute }
        note(opaque: .preparedStatement, token.range)
        advance()
        guard let name = acceptName() else { return fail(.unexpectedToken) }
        statement.preparedName = name
        frame.state = .expression
    }

    private mutating func declareCursor() {
        if statement.kind == .unknown { statement.kind = .declare }
        advance()
        guard let name = acceptName() else { return fail(.unexpectedToken) }
        statement.preparedName = name
        while !isAtEnd, token.word != .for { advance() }
        expect(.for)
        frame.state = .statement
    }

    /// FETCH and MOVE: the cursor's name is the last word.
    private mutating func fetchRows() {
        statement.kind = .fetch
        note(opaque: .preparedStatement, token.range)
        advance()
        while !isAtEnd {
            if token.isName { statement.preparedName = source.name(token) }
            advance()
        }
        frame.state = .finished
    }

    /// NOTIFY as an action of a rule.
    mutating func notify() {
        advance()
        guard acceptName() != nil else { return fail(.unexpectedToken) }
        frame.state = .expression
    }

    // MARK: EXPLAIN

    /// Without ANALYZE nothing runs, but the same rights are asked for.
    private mutating func explain() {
        guard statement.kind == .unknown else { return fail(.unexpectedToken) }
        statement.kind = .explain
        advance()
        if token.kind == .leftParen, !beginsQueryInParenthesis {
            skipParenthesis()
        } else {
            skip(.analyze, .analyse, .verbose)
        }
        switch token.word {
        case .create: create()
        case .refresh: maintain()
        case .execute: execute()
        case .declare: declareCursor()
        default: frame.state = .statement
        }
        statement.kind = .explain
    }

    private var beginsQueryInParenthesis: Bool {
        mutating get {
            let next = peek()
            switch next.word {
            case .select, .with, .values, .table: return true
            default: return next.kind == .leftParen
            }
        }
    }

    // MARK: Relations in a list

    private mutating func truncate() {
        statement.kind = .truncate
        advance()
        _ = accept(.table)
        relationList(.write)
        skipRest()
    }

    private mutating func lockTables() {
        statement.kind = .lock
        advance()
        _ = accept(.table)
        relationList(.write)
        skipRest()
    }

    // MARK: COPY

    private mutating func copy() {
        statement.kind = .copyOut
        advance()
        frame.stage = PostgresTokens.Stage.copy.rawValue
        frame.state = .dialect
        if token.kind == .leftParen { return open(.operand, .statement) }
        _ = accept(.binary)
        guard let name = objectName() else { return }
        frame.target = note(relation: name, [])
        if token.kind == .leftParen { open(.names, .expression) }
    }

    /// `FROM | TO  file | PROGRAM command | STDIN | STDOUT`, and options.
    mutating func copyTail() {
        let isIn = token.word == .from
        guard isIn || token.word == .to, frame.target >= 0 || !isIn else { return fail(.unexpectedToken) }
        if isIn { statement.kind = .copyIn }
        if frame.target >= 0 { statement.relations[frame.target].actions = isIn ? .write : .read }
        advance()
        if accept(.program) {
            statement.outside.insert(.program)
            statement.actions.insert(.admin)
        } else if token.kind == .string {
            statement.outside.insert(.serverFile)
            statement.actions.insert(.admin)
        }
        frame.target = -1
        frame.state = .expression
    }
}
