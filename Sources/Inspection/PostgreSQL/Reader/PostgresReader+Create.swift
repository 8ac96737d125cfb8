/// CREATE.
extension SummaryReader<PostgresTokens> {
    typealias Stage = PostgresTokens.Stage

    mutating func create() {
        if statement.kind == .unknown { statement.kind = .create }
        statement.actions.insert(.ddl)
        advance()
        if token.word == .or, peek().word == .replace {
            advance()
            advance()
        }
        skipPersistence()
        switch token.word {
        case .table: createTable()
        case .view, .recursive, .materialized: createView()
        case .unique, .index: createIndex()
        case .sequence: createSequence()
        case .foreign where peek().word == .table:
            advance()
            createTable()
        case .trigger, .constraint: createTrigger()
        case .policy: createPolicy()
        case .rule: createRule()
        case .statistics: createStatistics()
        case .publication: createPublication()
        case .function, .procedure: createRoutine()
        case .schema: createSchema()
        default: createOther()
        }
    }

    /// `[GLOBAL | LOCAL] TEMPORARY | UNLOGGED`, unless it is a name itself.
    mutating func skipPersistence() {
        if token.word == .local || token.word == .global {
            let next = peek().word
            if next == .temp || next == .temporary { advance() }
        }
        guard token.word == .temp || token.word == .temporary || token.word == .unlogged else { return }
        let next = peek()
        if next.isColumnName || next.word == .table { advance() }
    }

    /// What names no relation, or none that exists.
    private mutating func createOther() {
        switch token.word {
        case .role, .user, .group, .database, .tablespace, .language, .trusted, .event: statement.actions = .admin
        case .subscription:
            statement.actions = .admin
            statement.outside.insert(.network)
        case .server: statement.outside.insert(.network)
        case .extension: statement.outside.insert(.library)
        default: break
        }
        frame.isInert = true
        frame.state = .expression
    }

    // MARK: Relations

    private mutating func createTable() {
        advance()
        skipIfExists()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        stage(.table)
        frame.isDefining = true
        if token.kind == .leftParen { open(.definition, .expression) }
    }

    mutating func stage(_ stage: Stage) {
        frame.stage = stage.rawValue
        frame.state = .dialect
    }

    /// Behind the columns of a table, or its name.
    mutating func tableTail() {
        if isAtEnd { return endStatement() }
        switch token.word {
        case .as:
            advance()
            if token.word == .execute { execute() } else { frame.state = .statement }
        case .inherits: inherits()
        case .partition:
            advance()
            if accept(.of), let parent = objectName() { note(relation: parent, .ddl) }
        case .create, .grant: if !schemaElement() { fail(.unexpectedToken) }
        case .select: fail(.unexpectedToken)
        default:
            switch token.kind {
            case .leftParen:
                open(.operand, .expression)
                frame.isDefining = true
            case .rightParen: close()
            default: advance()
            }
        }
    }

    /// Rows of the new table appear in its parents.
    private mutating func inherits() {
        advance()
        guard accept(.leftParen) else { return fail(.unexpectedToken) }
        repeat {
            guard let parent = objectName() else { return }
            note(relation: parent, .ddl)
        } while accept(.comma)
        if !accept(.rightParen) { fail(.unexpectedToken) }
    }

    private mutating func createView() {
        let isRecursive = accept(.recursive)
        _ = accept(.materialized)
        expect(.view)
        skipIfExists()
        guard !hasFailed, let name = objectName() else { return }
        note(relation: name, .ddl)
        // Its query may name it, as a common table expression.
        if isRecursive, name.count == 1 { commonTables.append(source.name(name.last)) }
        stage(.view)
        if token.kind == .leftParen { open(.names, .expression) }
    }

    /// Options up to AS.
    mutating func viewTail() {
        if isAtEnd { return fail(.unexpectedEnd) }
        if accept(.as) {
            frame.state = .statement
        } else if token.kind == .leftParen {
            open(.names, .expression)
        } else {
            advance()
        }
    }

    private mutating func createIndex() {
        _ = accept(.unique)
        expect(.index)
        while !isAtEnd, token.word != .on { advance() }
        expect(.on)
        guard !hasFailed, relationExpression(.ddl) else { return }
        frame.state = .expression
    }

    private mutating func createSequence() {
        advance()
        skipIfExists()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        stage(.sequence)
    }

    /// Options of a sequence, and what ALTER does to one: OWNED BY names a table's column.
    mutating func sequenceTail() {
        if isAtEnd { return endStatement() }
        if token.word == .owned, peek().word == .by {
            advance()
            advance()
            if token.isColumnName, let column = objectName(), let table = column.withoutLast {
                note(relation: table, .ddl)
            }
        } else if token.word == .owner, peek().word == .to {
            owner()
        } else if token.word == .create || token.word == .grant {
            if !schemaElement() { fail(.unexpectedToken) }
        } else {
            advance()
        }
    }

    // MARK: What belongs to a relation

    /// `[CONSTRAINT] TRIGGER x … ON t [FROM u] … EXECUTE FUNCTION f()`
    private mutating func createTrigger() {
        _ = accept(.constraint)
        expect(.trigger)
        while !isAtEnd, token.word != .on { advance() }
        expect(.on)
        guard !hasFailed, let table = objectName() else { return }
        note(relation: table, .ddl)
        if accept(.from), let other = objectName() { note(relation: other, .ddl) }
        frame.state = .expression
    }

    private mutating func createPolicy() {
        advance()
        guard token.isName else { return fail(.unexpectedToken) }
        advance()
        expect(.on)
        guard !hasFailed, let table = objectName() else { return }
        note(relation: table, .ddl)
        // AS PERMISSIVE, FOR SELECT.
        if accept(.as) { advance() }
        if accept(.for) { advance() }
        frame.state = .expression
    }

    private mutating func createStatistics() {
        advance()
        skipIfExists()
        frame.state = .expression
        frame.stage = Stage.statistics.rawValue
    }

    /// `FROM t [[AS] a]` of CREATE STATISTICS, behind its expressions.
    mutating func statisticsRelation() {
        advance()
        guard relationExpression(.ddl) else { return }
        if accept(.as) || token.isColumnName { advance() }
        frame.state = .finished
    }

    // MARK: Publications

    private mutating func createPublication() {
        statement.actions = .admin
        advance()
        guard acceptName() != nil else { return fail(.unexpectedToken) }
        guard accept(.for) else { return skipRest() }
        publicationObjects()
    }

    /// `TABLE a, b WHERE (…), TABLES IN SCHEMA s`, `ALL TABLES`
    mutating func publicationObjects() {
        if accept(.all) {
            note(wide: .database, nil, .admin)
            return skipRest()
        }
        frame.flags = 0
        stage(.publication)
    }

    /// In that list; `frame.flags` is 1 where names are schemas'.
    mutating func publicationTail() {
        if isAtEnd { return endStatement() }
        switch token.word {
        case .table where token.role == .reserved:
            advance()
            frame.flags = 0
            relationExpression(.admin)
        case .tables where peek().word == .in:
            advance()
            advance()
            expect(.schema)
            frame.flags = 1
            publishedSchema()
        case .where, .with: advance()
        default:
            if token.kind == .leftParen { return open(.operand, .expression) }
            if token.kind == .comma { return advance() }
            guard previous.kind == .comma else { return fail(.unexpectedToken) }
            if frame.flags == 1 { publishedSchema() } else { relationExpression(.admin) }
        }
    }

    private mutating func publishedSchema() {
        guard !hasFailed, token.isName else { return fail(.unexpectedToken) }
        note(wide: .schema, source.name(token), .admin)
        advance()
    }

    // MARK: Schemas

    private mutating func createSchema() {
        advance()
        while !isAtEnd, token.word != .create, token.word != .grant { advance() }
        frame.flags |= Self.schemaFlag
        frame.state = .expression
    }

    private static var schemaFlag: UInt8 { 2 }

    /// CREATE SCHEMA holds further statements, without semicolons.
    mutating func schemaElement() -> Bool {
        guard frames.isEmpty, frame.flags & Self.schemaFlag != 0, token.role == .reserved else { return false }
        frame = ReaderFrame(.root, .finished)
        frame.flags = Self.schemaFlag
        commonTables.removeAll()
        command()
        frame.flags |= Self.schemaFlag
        return true
    }
}
