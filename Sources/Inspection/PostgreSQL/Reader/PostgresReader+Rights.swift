/// GRANT, REVOKE, COMMENT, SECURITY LABEL, DROP, and commands that mean many relations at once.
extension SummaryReader<PostgresTokens> {
    // MARK: GRANT and REVOKE

    mutating func rights() {
        if statement.kind == .unknown { statement.kind = token.word == .grant ? .grant : .revoke }
        statement.actions.insert(.admin)
        advance()
        // Privileges, with columns perhaps, or roles.
        while !isAtEnd, token.word != .on, token.word != .to, token.word != .from {
            if token.kind == .leftParen { skipParenthesis() } else { advance() }
            if hasFailed { return }
        }
        if accept(.on) { rightsOn() }
        frame.state = .expression
        frame.isInert = true
    }

    private mutating func rightsOn() {
        if token.word == .all { return rightsOnAll() }
        if accept(.table) { return relationList(.admin) }
        // Words of object types that could be a table's own name.
        let isType = peek().isColumnName || peek().kind == .word && peek().role == .functionName
        switch token.word {
        case .sequence where isType:
            advance()
            relationList(.admin)
        case .database, .schema, .tablespace, .domain, .type, .language, .function, .procedure, .routine, .large,
            .foreign:
            if token.word == .foreign || isType { return }
            relationList(.admin)
        default:
            // PARAMETER is no word that anything else hangs on.
            if isType, token.word == .none, source.name(token) == "parameter" { return }
            relationList(.admin)
        }
    }

    /// `ALL TABLES IN SCHEMA a, b`
    private mutating func rightsOnAll() {
        advance()
        let isRelations = token.word == .tables || token.word == .sequences
        advance()
        expect(.in)
        expect(.schema)
        wideList(.schema, isRelations ? .admin : [])
    }

    /// Names with commas between them, each of which stands for all that is in it.
    mutating func wideList(_ scope: WideReference.Scope, _ actions: ActionSet) {
        repeat {
            guard !hasFailed, token.isName else { return fail(.unexpectedToken) }
            if !actions.isEmpty { note(wide: scope, source.name(token), actions) }
            advance()
        } while accept(.comma)
    }

    // MARK: COMMENT and SECURITY LABEL

    mutating func comment() {
        statement.kind = .comment
        statement.actions.insert(.ddl)
        advance()
        expect(.on)
        object(.ddl)
        skipRest()
    }

    mutating func securityLabel() {
        statement.kind = .utility
        statement.actions.insert(.admin)
        advance()
        expect(.label)
        while !isAtEnd, token.word != .on { advance() }
        expect(.on)
        object(.admin)
        skipRest()
    }

    /// `type name`, for one object of any type: notes the relation that it is, or belongs to.
    mutating func object(_ actions: ActionSet) {
        switch token.word {
        case .table, .view, .index, .sequence:
            advance()
            named(actions)
        case .materialized, .foreign:
            let next = peek().word
            guard next == .view || next == .table else { return }
            advance()
            advance()
            named(actions)
        case .column:
            advance()
            guard let column = objectName() else { return }
            if let table = column.withoutLast { note(relation: table, actions) }
        case .constraint, .trigger, .rule, .policy: part(actions)
        default: break
        }
    }

    private mutating func named(_ actions: ActionSet) {
        guard let name = objectName() else { return }
        note(relation: name, actions)
    }

    /// `TRIGGER x ON t`; the constraint of a domain is no relation's.
    private mutating func part(_ actions: ActionSet) {
        advance()
        guard token.isName else { return fail(.unexpectedToken) }
        advance()
        expect(.on)
        if token.word == .domain, peek().isColumnName { return }
        if !hasFailed { named(actions) }
    }

    // MARK: DROP

    mutating func drop() {
        statement.kind = .drop
        statement.actions.insert(.ddl)
        advance()
        switch token.word {
        case .table, .view, .index, .sequence: dropRelations()
        case .materialized: dropRelations()
        case .foreign where peek().word == .table: dropRelations()
        case .trigger, .rule, .policy: dropPart()
        case .schema: dropWide(.schema, .ddl)
        case .owned:
            advance()
            expect(.by)
            wideList(.owner, [.ddl, .admin])
        case .database: dropWide(.database, [.ddl, .admin])
        case .tablespace: dropWide(.tablespace, .admin)
        case .extension: dropWide(.extension, .ddl)
        case .role, .user, .group, .server, .subscription: statement.actions.insert(.admin)
        default: break
        }
        skipRest()
    }

    private mutating func dropRelations() {
        skip(.materialized, .foreign)
        advance()
        _ = accept(.concurrently)
        skipIfExists()
        repeat {
            guard !hasFailed, let name = objectName() else { return }
            note(relation: name, .ddl)
        } while accept(.comma)
    }

    private mutating func dropPart() {
        advance()
        skipIfExists()
        guard token.isName else { return fail(.unexpectedToken) }
        advance()
        expect(.on)
        if !hasFailed { named(.ddl) }
    }

    private mutating func dropWide(_ scope: WideReference.Scope, _ actions: ActionSet) {
        advance()
        skipIfExists()
        wideList(scope, actions)
    }

    // MARK: Much at once

    /// `REASSIGN OWNED BY a TO b`
    mutating func reassign() {
        statement.kind = .alter
        advance()
        expect(.owned)
        expect(.by)
        wideList(.owner, .admin)
        skipRest()
    }

    /// `IMPORT FOREIGN SCHEMA r [LIMIT TO (…)] FROM SERVER s INTO l`: makes what the other server has.
    mutating func importSchema() {
        statement.kind = .create
        statement.outside.insert(.network)
        note(opaque: .remote, token.range)
        while !isAtEnd, token.word != .into { advance() }
        expect(.into)
        wideList(.schema, .ddl)
        skipRest()
    }

    // MARK: Maintenance

    mutating func maintain() {
        let word = token.word
        if statement.kind == .unknown { statement.kind = .maintenance }
        advance()
        switch word {
        case .refresh:
            expect(.materialized)
            expect(.view)
            _ = accept(.concurrently)
            if !hasFailed { named(.write) }
        case .reindex: reindex()
        default:
            if token.kind == .leftParen { skipParenthesis() }
            skip(.full, .freeze, .verbose, .analyze, .analyse)
            maintained(word)
        }
        if !hasFailed { skipRest() }
    }

    private mutating func maintained(_ word: SQLWord) {
        if isAtEnd { return note(wide: .database, nil, .admin) }
        repeat {
            guard !hasFailed, relationExpression(.admin) else { return }
            if token.kind == .leftParen { skipParenthesis() }
        } while accept(.comma)
        // The old `CLUSTER index ON table`: the first name was the index.
        if word == .cluster, token.word == .on {
            statement.relations.removeAll()
            advance()
            named(.admin)
        }
    }

    private mutating func reindex() {
        if token.kind == .leftParen { skipParenthesis() }
        let word = token.word
        advance()
        _ = accept(.concurrently)
        switch word {
        case .table, .index: named(.admin)
        case .schema: wideList(.schema, .admin)
        default: note(wide: .database, acceptName(), .admin)
        }
    }
}
