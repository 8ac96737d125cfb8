/// CREATE, ALTER and DROP.
extension SummaryReader where Source: TSQLTokenSource {
    mutating func define() {
        let isAlter = token.word == .alter
        statement.kind = isAlter ? .alter : .create
        advance()
        if accept(.or) { expect(.alter) }
        switch token.word {
        case .table: isAlter ? alterTable() : createTable()
        case .view: createView()
        case .materialized where peek().word == .view:
            advance()
            createView()
        case .proc, .procedure, .function: procedure()
        case .trigger: trigger()
        case .index, .unique: index()
        case .statistics: index()
        case .synonym: synonym()
        case .schema: schema(isAlter)
        case .database: wide(.database, isAlter ? [.ddl, .admin] : .ddl)
        case .sequence: simple(.ddl)
        case .login, .user, .role, .server, .authorization, .credential: otherAdmin()
        case .assembly: plain(statement.kind, [.ddl, .admin], outside: .library)
        case .endpoint: plain(statement.kind, .admin, outside: .network)
        case .external where peek().word == .table:
            advance()
            createTable()
        default: otherDefinition()
        }
    }

    private mutating func otherDefinition() {
        switch source.functionName(token) {
        case "clustered", "nonclustered", "columnstore", "xml", "primary", "spatial", "fulltext", "json", "vector":
            while token.kind == .word, token.word != .index, token.word != .on, !isAtEnd { advance() }
            if token.word == .index { index() } else { plain(statement.kind, .ddl) }
        case "type", "rule", "default", "aggregate", "partition", "xmlschema", "queue", "message", "contract",
            "service", "route", "broker", "event", "search":
            plain(statement.kind, .ddl)
        default:
            guard token.kind == .word else { return fail(.unexpectedToken) }
            otherAdmin()
        }
    }

    private mutating func otherAdmin() {
        guard token.word != .none || token.kind == .word else { return fail(.unexpectedToken) }
        if token.word == .authorization { return authorization() }
        plain(statement.kind, .admin)
    }

    /// `ALTER AUTHORIZATION ON [class::]t TO u`
    private mutating func authorization() {
        advance()
        expect(.on)
        if !hasFailed, peek().kind == .cast {
            advance()
            advance()
        }
        guard !hasFailed, token.isName else { return fail(.unexpectedToken) }
        note(relation: chain(), .admin)
        skipStatement()
    }

    private mutating func simple(_ actions: ActionSet) {
        advance()
        guard let name = objectName() else { return }
        note(relation: name, actions)
        skipStatement()
    }

    // MARK: Tables

    private mutating func createTable() {
        advance()
        skipIfExists()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        frame.isDefining = true
        stage(.table)
        if token.kind == .leftParen { open(.definition, .expression) }
    }

    /// Behind a table's columns, or an action of ALTER TABLE: options, constraints, partitions.
    mutating func tableTail() {
        if isAtEnd { return endStatement() }
        switch token.kind {
        case .leftParen: open(.operand, .operand)
        case .rightParen: fail(.unbalancedParenthesis)
        case .word where token.role == .reserved && startsStatement && !isTableOption: endStatement()
        case .word where token.word == .references: references()
        case .word where token.word == .as && peek().word == .select:
            advance()
            frame.state = .statement
        default: advance()
        }
    }

    /// `ON UPDATE CASCADE`
    private var isTableOption: Bool {
        (token.word == .update || token.word == .delete || token.word == .set) && previous.word == .on
            || token.word == .set && previous.word != .none && statement.kind == .create
    }

    /// `ALTER TABLE t action`: the table comes first, and other relations behind SWITCH TO and REFERENCES.
    private mutating func alterTable() {
        advance()
        skipIfExists()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        frame.isDefining = true
        // The action's own first words begin statements elsewhere.
        switch token.word {
        case .alter, .drop, .set: advance()
        case .with:
            advance()
            skip(.check, .nocheck)
        default: break
        }
        if token.word == .switch { return switchPartition() }
        if token.word == .add, peek().isColumnName {
            advance()
            columnDefinition()
        }
        frame.resumesAtComma = false
        stage(.table)
    }

    /// `SWITCH [PARTITION n] TO t`
    private mutating func switchPartition() {
        while !isAtEnd, token.word != .to { advance() }
        expect(.to)
        guard !hasFailed, let name = objectName() else { return }
        note(relation: name, [.ddl, .write])
        skipStatement()
    }

    /// `[UNIQUE] [CLUSTERED] INDEX i ON t …`, `STATISTICS s ON t (…)`
    private mutating func index() {
        statement.actions.insert(.ddl)
        while !isAtEnd, token.word != .on { advance() }
        expect(.on)
        guard !hasFailed, let name = objectName() else { return }
        note(relation: name, .ddl)
        if token.kind == .leftParen { skipParenthesis() }
        if !hasFailed { stage(.table) }
    }

    /// `SYNONYM s FOR t`
    private mutating func synonym() {
        advance()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        expect(.for)
        guard !hasFailed, let other = objectName() else { return }
        note(relation: other, .read)
        frame.state = .finished
        atBoundary()
    }

    private mutating func schema(_ isAlter: Bool) {
        advance()
        let name = token.isName && token.role != .reserved ? source.name(token) : nil
        note(wide: .schema, name, .ddl)
        if name != nil { advance() }
        if isAlter, isWord("transfer") {
            advance()
            if peek().kind == .cast {
                advance()
                advance()
            }
            guard let object = objectName() else { return }
            note(relation: object, .ddl)
        }
        skipStatement()
    }

    private mutating func wide(_ scope: WideReference.Scope, _ actions: ActionSet) {
        advance()
        skipIfExists()
        note(wide: scope, token.isName && token.role != .reserved ? source.name(token) : nil, actions)
        if !isAtEnd { advance() }
        // ALTER DATABASE d SET …: SET begins no statement here.
        if token.word == .set { advance() }
        skipStatement()
    }

    // MARK: Views, routines, triggers

    private mutating func createView() {
        advance()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        while !isAtEnd, token.word != .as {
            if token.kind == .leftParen { skipParenthesis() } else { advance() }
            if hasFailed { return }
        }
        expect(.as)
        if !hasFailed { frame.state = .statement }
    }

    /// The head of a procedure or function. Its body runs to the end of the batch: its statements are read like others.
    private mutating func procedure() {
        statement.actions.insert(.ddl)
        advance()
        guard token.isName else { return fail(.unexpectedToken) }
        _ = chain()
        note(opaque: .routineBody, previous.range)
        stage(.procedure)
    }

    /// Up to the body: parameters, RETURNS, WITH, and AS, which functions may leave out.
    mutating func procedureHead() {
        if isAtEnd { return token.kind == .semicolon ? advance() : endStatement() }
        switch token.kind {
        case .leftParen: skipParenthesis()
        case .word where token.word == .as && !previousIsParameter:
            advance()
            frame.state = .finished
            atBoundary()
        case .word where token.role == .reserved && startsStatement && previous.word != .with:
            frame.state = .finished
            atBoundary()
        default: advance()
        }
    }

    /// `@p AS int`, `EXECUTE AS OWNER`
    private var previousIsParameter: Bool {
        previous.kind == .variable || previous.word == .execute || previous.word == .exec
    }

    /// `TRIGGER x ON t {FOR | AFTER | INSTEAD OF} INSERT, UPDATE AS body`
    private mutating func trigger() {
        statement.actions.insert(.ddl)
        while !isAtEnd, token.word != .on { advance() }
        expect(.on)
        if hasFailed { return }
        note(opaque: .routineBody, token.range)
        if token.word == .database || token.word == .all {
            statement.actions.insert(.admin)
            advance()
        } else {
            guard let table = objectName() else { return }
            note(relation: table, .ddl)
        }
        while !isAtEnd, token.word != .as || previous.word == .execute { advance() }
        expect(.as)
        if hasFailed { return }
        frame.state = .finished
        atBoundary()
    }

    // MARK: DROP

    mutating func drop() {
        statement.kind = .drop
        statement.actions.insert(.ddl)
        advance()
        switch token.word {
        case .table, .view, .sequence, .synonym: dropRelations()
        case .external where peek().word == .table:
            advance()
            dropRelations()
        case .index: dropIndexes()
        case .statistics: dropStatistics()
        case .schema: wide(.schema, .ddl)
        case .database: wide(.database, [.ddl, .write])
        case .login, .user, .role, .server, .credential: plain(.drop, .admin)
        default: plain(.drop)
        }
    }

    private mutating func dropRelations() {
        advance()
        skipIfExists()
        repeat {
            guard let name = objectName() else { return }
            note(relation: name, .ddl)
        } while accept(.comma)
        skipStatement()
    }

    /// `INDEX i ON t, …`, and `INDEX t.i` as it was.
    private mutating func dropIndexes() {
        advance()
        skipIfExists()
        repeat {
            guard let name = objectName() else { return }
            if accept(.on) {
                guard let table = objectName() else { return }
                note(relation: table, .ddl)
            } else if let table = name.withoutLast {
                note(relation: table, .ddl)
            } else {
                return fail(.unexpectedToken)
            }
        } while accept(.comma)
        skipStatement()
    }

    /// `STATISTICS t.s, …`
    private mutating func dropStatistics() {
        advance()
        repeat {
            guard let name = objectName(), let table = name.withoutLast else { return fail(.unexpectedToken) }
            note(relation: table, .ddl)
        } while accept(.comma)
        skipStatement()
    }
}
