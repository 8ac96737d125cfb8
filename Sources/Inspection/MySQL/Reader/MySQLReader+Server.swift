/// Statements about tables as a whole, and about the server.
extension SummaryReader<MySQLTokens> {
    /// `t [[AS] a], …`
    mutating func tableList(_ actions: ActionSet) {
        repeat {
            guard !hasFailed, let name = objectName() else { return }
            note(relation: name, actions)
        } while accept(.comma)
    }

    /// `CHECK | CHECKSUM | OPTIMIZE | REPAIR | ANALYZE [LOCAL] TABLE t, …`
    mutating func maintain() {
        statement.kind = .maintenance
        advance()
        if token.word != .table, token.word != .tables { advance() }
        guard token.word == .table || token.word == .tables else {
            if token.word == .view, isMariaDB {
                advance()
                tableList(.admin)
                return skipRest()
            }
            return fail(.unexpectedToken)
        }
        advance()
        tableList(.admin)
        if !hasFailed { skipRest() }
    }

    /// `CACHE INDEX t [INDEX (…)], … IN c`, and `LOAD INDEX INTO CACHE t`
    mutating func cacheIndex() {
        statement.kind = .maintenance
        advance()
        expect(.index)
        keyCaches()
    }

    private mutating func keyCaches() {
        repeat {
            guard !hasFailed, let name = objectName() else { return }
            note(relation: name, .admin)
            if accept(.partition), token.kind == .leftParen { skipParenthesis() }
            if token.word == .index || token.word == .key {
                advance()
                if token.kind == .leftParen { skipParenthesis() }
            }
            if accept(.ignore) { advance() }
        } while accept(.comma)
        skipRest()
    }

    mutating func truncate() {
        statement.kind = .truncate
        advance()
        _ = accept(.table)
        guard let name = objectName() else { return }
        note(relation: name, .write)
        skipRest()
    }

    /// `LOCK TABLES t [[AS] a] {READ [LOCAL] | [LOW_PRIORITY] WRITE}, …`
    mutating func lockTables() {
        statement.kind = .lock
        advance()
        guard token.word == .tables || token.word == .table else { return plain(.lock, .admin) }
        advance()
        repeat {
            guard !hasFailed, let name = objectName() else { return }
            let index = note(relation: name, .read)
            if accept(.as) || token.isColumnName && token.role == .free && !isLockKind {
                setAlias(source.name(token), of: index)
                advance()
            }
            while token.kind == .word, token.role == .reserved || isLockKind {
                let isWrite = source.functionName(token) == "write"
                if isWrite, index >= 0 { statement.relations[index].actions = .write }
                advance()
            }
        } while accept(.comma)
        if !hasFailed { skipRest() }
    }

    private var isLockKind: Bool { token.word == .local || source.functionName(token) == "concurrent" }

    // MARK: LOAD, HANDLER

    /// `LOAD {DATA | XML} [LOCAL] INFILE 'f' [REPLACE | IGNORE] INTO TABLE t … [(columns)] [SET …]`
    mutating func load() {
        if peek().word == .index {
            statement.kind = .maintenance
            advance()
            advance()
            expect(.into)
            expect(.cache)
            return keyCaches()
        }
        statement.kind = .copyIn
        statement.outside.insert(.serverFile)
        advance()
        while !isAtEnd, token.word != .into {
            if token.word == .local { statement.outside = .clientFile }
            advance()
        }
        expect(.into)
        expect(.table)
        guard !hasFailed, let name = objectName(), target(name) else { return }
        stage(.load)
    }

    mutating func loadTail() {
        if isAtEnd { return endStatement() }
        switch token.word {
        case .set:
            advance()
            frame.state = .expression
        default: if token.kind == .leftParen { open(.names, .expression) } else { advance() }
        }
    }

    /// `HANDLER t {OPEN [[AS] a] | READ … [WHERE …] | CLOSE}`
    mutating func handler() {
        advance()
        guard let name = objectName() else { return }
        let index = note(relation: name, .read)
        switch token.word {
        case .open:
            statement.kind = .declare
            advance()
            _ = accept(.as)
            if let alias = acceptName() { setAlias(alias, of: index) }
            frame.state = .finished
        case .close:
            advance()
            statement.kind = .close
            frame.state = .finished
        case .read:
            advance()
            statement.kind = .fetch
            frame.state = .expression
        default: fail(.unexpectedToken)
        }
    }

    // MARK: SHOW

    /// `SHOW … FROM t FROM db`, `SHOW CREATE TABLE t`, `SHOW TABLES FROM db`, …
    mutating func show() {
        statement.kind = .show
        advance()
        while token.word == .full || token.word == .global || token.word == .session || isShowOption { advance() }
        switch token.word {
        case .columns, .fields, .index, .indexes, .keys: shownTable()
        case .create: shownDefinition()
        case .table where peek().word == .status, .tables, .triggers, .events, .open: shownDatabase()
        case .grants, .processlist, .databases, .schemas, .variables, .status: advance()
        default: if token.kind == .word { advance() } else { return fail(.unexpectedToken) }
        }
        // LIKE, WHERE and LIMIT; other SHOW commands have nothing that could name a relation.
        if !hasFailed { frame.state = .expression }
        if !hasFailed { showCondition() }
    }

    private var isShowOption: Bool { token.kind == .word && source.functionName(token) == "extended" }

    private mutating func shownTable() {
        advance()
        guard token.word == .from || token.word == .in else { return fail(.unexpectedToken) }
        advance()
        guard let name = objectName() else { return }
        let index = note(relation: name, .read)
        if token.word == .from || token.word == .in {
            advance()
            guard let database = acceptName() else { return fail(.unexpectedToken) }
            if index >= 0 { statement.relations[index].database = database }
        }
    }

    private mutating func shownDefinition() {
        advance()
        let isTable = token.word == .table || token.word == .view || token.word == .sequence
        guard token.kind == .word else { return fail(.unexpectedToken) }
        advance()
        guard isTable else { return }
        guard let name = objectName() else { return }
        note(relation: name, .read)
    }

    private mutating func shownDatabase() {
        advance()
        skip(.status, .tables)
        guard token.word == .from || token.word == .in else { return note(wide: .database, nil, .read) }
        advance()
        guard let database = acceptName() else { return fail(.unexpectedToken) }
        note(wide: .database, database, .read)
    }

    /// Up to WHERE there are words and constants.
    private mutating func showCondition() {
        while !isAtEnd, token.word != .where {
            if token.kind == .leftParen { return fail(.unexpectedToken) }
            advance()
        }
    }

    // MARK: Rights

    /// `GRANT priv [(columns)], … ON [TABLE | FUNCTION | PROCEDURE] t | db.* | *.* TO …`, `GRANT role TO …`
    mutating func rights() {
        statement.kind = token.word == .grant ? .grant : .revoke
        statement.actions.insert(.admin)
        advance()
        while !isAtEnd, token.word != .on, token.word != .to, token.word != .from {
            if token.kind == .leftParen { skipParenthesis() } else { advance() }
            if hasFailed { return }
        }
        guard accept(.on) else {
            // Roles, or all rights of an account.
            note(wide: .server, nil, .admin)
            return skipRest()
        }
        switch token.word {
        case .function, .procedure:
            if peek().isName { return skipRest() }
        case .table: if peek().isName || peek().kind == .operator { advance() }
        default: break
        }
        rightsLevel()
        skipRest()
    }

    private mutating func rightsLevel() {
        if isStar {
            advance()
            guard accept(.dot) else { return note(wide: .database, nil, .admin) }
            return note(wide: .server, nil, .admin)
        }
        if token.kind == .string || peek().kind == .variable {
            // GRANT PROXY ON 'u'@'h'
            return note(wide: .server, nil, .admin)
        }
        guard token.isName else { return fail(.unexpectedToken) }
        let first = token
        let name = chain()
        if previous.kind == .operator { return note(wide: .database, source.name(first), .admin) }
        note(relation: name, .admin)
    }
}
