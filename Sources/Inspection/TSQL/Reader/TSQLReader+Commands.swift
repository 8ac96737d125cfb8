/// Statements by their first words.
extension SummaryReader where Source: TSQLTokenSource {
    mutating func command() {
        passOverControl()
        switch token.kind {
        case .end, .semicolon:
            statement.kind = .block
            frame.state = .finished
            return
        case .leftParen: return beginQuery()
        default: break
        }
        switch token.word {
        case .select, .with, .values: query()
        case .create, .alter: define()
        case .drop: drop()
        case .truncate: truncate()
        case .exec, .execute: execute()
        case .declare: declare()
        case .set: set()
        case .grant, .revoke, .deny: rights()
        case .bulk: bulkInsert()
        case .if, .while: condition()
        default: if !sessionCommand(), !serverCommand(), !textCommand() { otherCommand() }
        }
    }

    /// `BEGIN`, `BEGIN TRY`, `ELSE`, `END`, labels: what stands before a statement.
    private mutating func passOverControl() {
        while token.kind == .word {
            switch token.word {
            case .begin where isBlock:
                advance()
                if token.word == .try || token.word == .catch { advance() }
            case .end where token.role == .reserved && peek().word != .conversion:
                advance()
                if token.word == .try || token.word == .catch { advance() }
            case .else where token.role == .reserved: advance()
            default:
                guard token.role == .free, peek().kind == .colon else { return }
                advance()
                advance()
            }
            while token.kind == .semicolon { advance() }
        }
    }

    private var isBlock: Bool {
        mutating get {
            switch peek().word {
            case .tran, .transaction: false
            default: !isDialog
            }
        }
    }

    private var isDialog: Bool {
        mutating get {
            let next = peek()
            guard next.kind == .word else { return false }
            let name = source.functionName(next)
            return name == "dialog" || name == "distributed" || name == "conversation"
        }
    }

    private mutating func query() {
        if token.word == .with, peek().kind == .word, source.functionName(peek()) == "xmlnamespaces" {
            advance()
            advance()
            guard token.kind == .leftParen else { return fail(.unexpectedToken) }
            skipParenthesis()
            if accept(.comma) {
                // Common table expressions follow in the same list.
                frame.state = .withName
                frame.listMark = commonTables.count
                return
            }
        }
        frame.state = .statement
    }

    mutating func plain(_ kind: SQLStatementKind, _ actions: ActionSet = [], outside: OutsideAccess = []) {
        statement.kind = kind
        statement.actions.formUnion(actions)
        statement.outside.formUnion(outside)
        advance()
        skipStatement()
    }

    /// A statement whose rest holds expressions.
    private mutating func expressions(_ kind: SQLStatementKind, _ actions: ActionSet = []) {
        statement.kind = kind
        statement.actions.formUnion(actions)
        advance()
        frame.state = .expression
    }

    /// `IF e`, `WHILE e`: the statement that follows is one of its own.
    private mutating func condition() {
        statement.kind = .block
        advance()
        frame.state = .expression
    }

    private mutating func sessionCommand() -> Bool {
        switch token.word {
        case .begin, .commit, .rollback, .save: plain(.transaction)
        case .print, .raiserror, .return, .goto, .break, .continue, .waitfor: expressions(.utility)
        case .throw where peek().kind != .colon: expressions(.utility)
        case .use:
            statement.changesNames = true
            advance()
            guard token.isName else {
                fail(.unexpectedToken)
                return true
            }
            note(wide: .database, source.name(token), [])
            plain(.set)
        case .open: cursor(.fetch)
        case .close: cursor(.close)
        case .deallocate: cursor(.deallocate)
        case .fetch: fetch()
        case .revert, .setuser: plain(.set, .admin)
        default: return false
        }
        return true
    }

    private mutating func serverCommand() -> Bool {
        switch token.word {
        case .backup, .restore, .dump, .load: plain(.utility, .admin, outside: .serverFile)
        case .dbcc: expressions(.maintenance, .admin)
        case .kill, .checkpoint, .shutdown, .reconfigure: plain(.utility, .admin)
        case .enable, .disable: triggerSwitch()
        case .add where peek().kind == .word: plain(.alter, .admin)
        default: return false
        }
        return true
    }

    /// READTEXT, WRITETEXT, UPDATETEXT: `t.c` names a column.
    private mutating func textCommand() -> Bool {
        let word = token.word
        guard word == .readtext || word == .writetext || word == .updatetext else { return false }
        statement.kind = word == .readtext ? .select : .update
        advance()
        if token.word == .bulk { advance() }
        guard let column = objectName(), let table = column.withoutLast else {
            fail(.unexpectedToken)
            return true
        }
        note(relation: table, word == .readtext ? .read : .write)
        frame.state = .expression
        return true
    }

    /// A procedure's name alone calls it, at the beginning of a batch.
    private mutating func otherCommand() {
        let isFirst = summary.statements.isEmpty
        if isFirst, token.isColumnName, token.kind == .quotedName || token.word != .merge, previousIsStart {
            return procedureCall()
        }
        beginQuery()
    }

    private var previousIsStart: Bool { previous.kind == .end }

    private mutating func cursor(_ kind: SQLStatementKind) {
        if peek().kind == .word, ["symmetric", "master", "all"].contains(source.functionName(peek())) {
            return plain(.utility, .admin)
        }
        statement.kind = kind
        advance()
        _ = accept(.global)
        if token.isName { statement.preparedName = source.name(token) }
        if kind == .fetch { note(opaque: .preparedStatement, token.range) }
        advance()
        frame.state = .finished
        atBoundary()
    }

    /// The statement is complete; another one may begin at once.
    mutating func atBoundary() {
        if !isAtEnd, !hasFailed { endStatement() }
    }

    /// `FETCH [NEXT FROM] c [INTO @a, @b]`
    private mutating func fetch() {
        statement.kind = .fetch
        note(opaque: .preparedStatement, token.range)
        advance()
        while !isAtEnd, token.word != .from, !(token.role == .reserved && startsStatement), token.word != .into {
            if token.isName { statement.preparedName = source.name(token) }
            advance()
        }
        if accept(.from) {
            _ = accept(.global)
            if token.isName { statement.preparedName = source.name(token) }
            if !isAtEnd { advance() }
        }
        if accept(.into) {
            repeat {
                guard token.kind == .variable else { return fail(.unexpectedToken) }
                advance()
            } while accept(.comma)
        }
        frame.state = .finished
        atBoundary()
    }

    /// `ENABLE | DISABLE TRIGGER x, … ON t | DATABASE | ALL SERVER`
    private mutating func triggerSwitch() {
        guard peek().word == .trigger else { return otherCommand() }
        statement.kind = .alter
        statement.actions.insert(.ddl)
        while !isAtEnd, token.word != .on { advance() }
        expect(.on)
        if hasFailed { return }
        if token.word == .database || token.word == .all { return plain(.alter, .admin) }
        guard let table = objectName() else { return }
        note(relation: table, .ddl)
        frame.state = .finished
        atBoundary()
    }

    private mutating func truncate() {
        statement.kind = .truncate
        advance()
        expect(.table)
        guard !hasFailed, let name = objectName() else { return }
        note(relation: name, .write)
        skipStatement()
    }

    /// `BULK INSERT t FROM 'file' [WITH (…)]`
    private mutating func bulkInsert() {
        statement.kind = .copyIn
        statement.outside.insert(.serverFile)
        advance()
        expect(.insert)
        guard !hasFailed, let name = objectName() else { return }
        note(relation: name, .write)
        skipStatement()
    }
}
