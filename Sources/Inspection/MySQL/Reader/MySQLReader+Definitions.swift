/// CREATE, ALTER, DROP and RENAME.
extension SummaryReader<MySQLTokens> {
    mutating func create() {
        statement.kind = .create
        advance()
        if accept(.or) { expect(.replace) }
        skip(.temporary)
        definitionOptions()
        switch token.word {
        case .table: createTable()
        case .view: createView()
        case .sequence: simpleRelation(.ddl)
        case .index, .unique, .fulltext, .spatial: createIndex()
        case .database, .schema: wideDefinition(.ddl)
        case .trigger: createTrigger()
        case .procedure, .function, .event, .aggregate: routine()
        case .user, .role: plain(.create, .admin)
        case .server: plain(.create, .admin, outside: .network)
        case .tablespace: plain(.create, .admin, outside: .serverFile)
        default:
            if isWord("package") { routine() } else if isWord("vector") { createIndex() } else { otherDefinition() }
        }
    }

    func isWord(_ name: SQLText) -> Bool { token.kind == .word && source.functionName(token) == name }

    /// `ALGORITHM = x`, `DEFINER = u@h`, `SQL SECURITY x`, `ONLINE`, `OFFLINE`, `IGNORE`
    private mutating func definitionOptions() {
        while token.kind == .word, !hasFailed {
            switch source.functionName(token) {
            case "algorithm", "definer":
                advance()
                guard isOperator(0x3D) else { return fail(.unexpectedToken) }
                advance()
                account()
            case "sql" where peek().word == .security:
                advance()
                advance()
                advance()
            case "online", "offline", "ignore", "undo": advance()
            default: return
            }
        }
    }

    /// A word, or `'u'@'h'`, `CURRENT_USER()`.
    private mutating func account() {
        advance()
        if token.kind == .variable { advance() }
        if token.kind == .leftParen { skipParenthesis() }
    }

    private mutating func otherDefinition() {
        switch source.functionName(token) {
        case "logfile", "resource", "spatial", "instance", "library": plain(statement.kind, .admin)
        default: fail(.unknownStatement)
        }
    }

    private mutating func simpleRelation(_ actions: ActionSet) {
        advance()
        skipIfExists()
        guard let name = objectName() else { return }
        note(relation: name, actions)
        skipRest()
    }

    private mutating func wideDefinition(_ actions: ActionSet) {
        advance()
        skipIfExists()
        note(wide: .database, token.isName && token.role != .reserved ? source.name(token) : nil, actions)
        skipRest()
    }

    // MARK: Tables

    private mutating func createTable() {
        advance()
        skipIfExists()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        frame.isDefining = true
        stage(.table)
        if token.kind == .leftParen {
            switch peek().word {
            case .select, .with, .values: frame.state = .statement
            default: if peek().kind == .leftParen { frame.state = .statement } else { open(.definition, .expression) }
            }
        }
    }

    /// Behind the columns of a table, or its name.
    mutating func tableTail() {
        if isAtEnd { return endStatement() }
        switch token.word {
        case .like:
            advance()
            guard let name = objectName() else { return }
            note(relation: name, .read)
        case .as:
            advance()
            frame.state = .statement
        case .with where peek().word == .system:
            // WITH SYSTEM VERSIONING
            advance()
        case .select, .with: frame.state = .statement
        case .values where peek().kind == .leftParen || peek().word == .row: frame.state = .statement
        case .union where source.isOperator(peek(), 0x3D): mergedTables()
        default:
            switch token.kind {
            case .leftParen: open(.operand, .operand)
            case .rightParen: fail(.unbalancedParenthesis)
            default: advance()
            }
        }
    }

    /// `UNION = (t, u)` of the MERGE engine: what is done to one is done to the others.
    private mutating func mergedTables() {
        advance()
        advance()
        guard accept(.leftParen) else { return fail(.unexpectedToken) }
        if token.kind != .rightParen { tableList([.read, .write]) }
        if !accept(.rightParen) { fail(.unexpectedToken) }
    }

    /// `KEY [name] [USING x] (columns)` among the columns of a table: no column's name is called.
    mutating func keyDefinition() -> Bool {
        guard token.role == .reserved else { return false }
        switch token.word {
        case .key, .index, .unique, .fulltext, .spatial, .primary, .foreign: break
        default: return false
        }
        advance()
        while token.kind == .word || token.kind == .quotedName { advance() }
        if token.kind == .leftParen { open(.names, .expression) }
        return true
    }

    private mutating func createView() {
        advance()
        skipIfExists()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        stage(.view)
        if token.kind == .leftParen { open(.names, .expression) }
    }

    mutating func viewTail() {
        if accept(.as) { frame.state = .statement } else { fail(.unexpectedToken) }
    }

    private mutating func createIndex() {
        while !isAtEnd, token.word != .on { advance() }
        expect(.on)
        guard !hasFailed, let name = objectName() else { return }
        note(relation: name, .ddl)
        frame.state = .expression
        if token.kind == .leftParen { open(.names, .expression) }
    }

    // MARK: ALTER

    mutating func alter() {
        statement.kind = .alter
        advance()
        definitionOptions()
        switch token.word {
        case .table: alterTable()
        case .view: createView()
        case .sequence: simpleRelation(.ddl)
        case .database, .schema: wideDefinition(.ddl)
        case .procedure, .function, .event: routine()
        case .user, .role: plain(.alter, .admin)
        case .server: plain(.alter, .admin, outside: .network)
        case .tablespace, .instance: plain(.alter, .admin)
        default: otherDefinition()
        }
    }

    private mutating func alterTable() {
        advance()
        skipIfExists()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        frame.isDefining = true
        frame.resumesAtComma = true
        stage(.alter)
    }

    /// An action of ALTER TABLE begins; the few that name relations are read here.
    mutating func alterAction() {
        if isAtEnd { return endStatement() }
        frame.state = .expression
        switch token.word {
        case .rename:
            advance()
            if token.word == .column || token.word == .index || token.word == .key { return }
            _ = accept(.to) || accept(.as) || isOperator(0x3D)
            if previous.word == .rename, isOperator(0x3D) { advance() }
            relation(.ddl)
        case .convert where peek().word == .partition || peek().word == .table: convertPartition()
        case .union where source.isOperator(peek(), 0x3D): mergedTables()
        case .add: added()
        default: exchanged()
        }
    }

    /// `EXCHANGE PARTITION p WITH TABLE t`
    private mutating func exchanged() {
        guard isWord("exchange"), peek().word == .partition else { return advance() }
        while !isAtEnd, token.word != .with { advance() }
        expect(.with)
        expect(.table)
        if !hasFailed { relation([.ddl, .write]) }
    }

    /// `CONVERT PARTITION p TO TABLE t`, `CONVERT TABLE t TO PARTITION p` of MariaDB.
    private mutating func convertPartition() {
        advance()
        if accept(.table) { return relation(.ddl) }
        while !isAtEnd, token.word != .to { advance() }
        expect(.to)
        expect(.table)
        if !hasFailed { relation(.ddl) }
    }

    /// `ADD [COLUMN] c type`, `ADD (c type, …)`, `ADD KEY k (columns)`
    private mutating func added() {
        advance()
        _ = accept(.column)
        skipIfExists()
        if token.kind == .leftParen { return open(.definition, .expression) }
        if keyDefinition() { return }
        if token.isColumnName { columnDefinition() }
    }

    private mutating func relation(_ actions: ActionSet) {
        guard let name = objectName() else { return }
        note(relation: name, actions)
    }

    // MARK: DROP, RENAME

    mutating func drop() {
        statement.kind = .drop
        advance()
        skip(.temporary)
        definitionOptions()
        switch token.word {
        case .table, .tables, .view, .sequence: dropRelations()
        case .index: createIndex()
        case .database, .schema: wideDefinition([.ddl, .write])
        case .prepare:
            advance()
            statement.preparedName = acceptName()
            plain(.deallocate)
        case .user, .role, .server, .tablespace: plain(.drop, .admin)
        case .trigger, .procedure, .function, .event: plain(.drop, .ddl)
        default: if isWord("package") { plain(.drop, .ddl) } else { otherDefinition() }
        }
    }

    private mutating func dropRelations() {
        advance()
        skipIfExists()
        tableList(.ddl)
        if !hasFailed { skipRest() }
    }

    /// `RENAME TABLE a TO b, c TO d`
    mutating func rename() {
        statement.kind = .rename
        advance()
        if token.word == .user { return plain(.rename, .admin) }
        guard accept(.table) || accept(.tables) else { return fail(.unexpectedToken) }
        skipIfExists()
        repeat {
            relation(.ddl)
            if !hasFailed, token.word != .to { while !isAtEnd, token.word != .to { advance() } }
            if !hasFailed { expect(.to) }
            if !hasFailed { relation(.ddl) }
        } while !hasFailed && accept(.comma)
        frame.state = .finished
    }

    // MARK: Routines

    private mutating func createTrigger() {
        statement.actions.insert(.ddl)
        while !isAtEnd, token.word != .on { advance() }
        expect(.on)
        guard !hasFailed, let table = objectName() else { return }
        note(relation: table, .ddl)
        note(opaque: .routineBody, token.range)
        skipBody()
    }

    /// CREATE and ALTER of PROCEDURE, FUNCTION, EVENT: the body runs later.
    private mutating func routine() {
        statement.actions.insert(.ddl)
        note(opaque: .routineBody, token.range)
        skipBody()
    }
}
