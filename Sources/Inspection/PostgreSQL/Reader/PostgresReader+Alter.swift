/// ALTER.
extension SummaryReader<PostgresTokens> {
    mutating func alter() {
        statement.kind = .alter
        statement.actions.insert(.ddl)
        advance()
        switch token.word {
        case .table where peek().word == .all, .index where peek().word == .all, .materialized where isAll: moveAll()
        case .table, .index, .view, .sequence: alterRelation()
        case .materialized: alterRelation()
        case .foreign where peek().word == .table: alterRelation()
        case .trigger, .rule, .policy: alterPart()
        case .publication: alterPublication()
        case .extension: alterExtension()
        case .default:
            note(wide: .database, nil, .admin)
            skipRest()
        case .system, .role, .user, .group, .database, .tablespace, .language, .event, .subscription:
            statement.actions = .admin
            skipRest()
        default:
            frame.isInert = true
            frame.state = .expression
        }
    }

    private var isAll: Bool { mutating get { peekSecond().word == .all } }

    /// `ALL IN TABLESPACE t`
    private mutating func moveAll() {
        while !isAtEnd, token.word != .tablespace { advance() }
        expect(.tablespace)
        wideList(.tablespace, [.ddl, .admin])
        skipRest()
    }

    private mutating func alterRelation() {
        skip(.materialized, .foreign)
        let isSequence = token.word == .sequence
        advance()
        skipIfExists()
        guard relationExpression(.ddl) else { return }
        frame.target = statement.relations.count - 1
        if isSequence { return stage(.sequence) }
        frame.isDefining = true
        frame.resumesAtComma = true
        stage(.alter)
    }

    /// An action of ALTER TABLE and its kin begins. The few that name relations are read here.
    mutating func alterAction() {
        if isAtEnd { return endStatement() }
        frame.state = .expression
        switch token.word {
        case .attach where peek().word == .partition, .detach where peek().word == .partition:
            advance()
            advance()
            relation(.ddl)
        case .inherit:
            advance()
            relation(.ddl)
        case .no where peek().word == .inherit:
            advance()
            advance()
            relation(.ddl)
        case .owner where peek().word == .to: owner()
        case .add: addColumn()
        case .merge where peek().word == .partition || peek().isName, .split: fail(.unexpectedToken)
        default: advance()
        }
    }

    /// OWNER TO: rights, not only the definition.
    mutating func owner() {
        if frame.target >= 0 { statement.relations[frame.target].actions.insert(.admin) }
        advance()
    }

    private mutating func relation(_ actions: ActionSet) {
        guard let name = objectName() else { return }
        note(relation: name, actions)
    }

    /// `ADD [COLUMN] [IF NOT EXISTS] name type …`, or a constraint.
    private mutating func addColumn() {
        advance()
        let isColumn = accept(.column)
        skipIfExists()
        if isColumn || token.role != .reserved, token.isName, peek().isName { columnDefinition() }
    }

    private mutating func alterPart() {
        advance()
        guard token.isName else { return fail(.unexpectedToken) }
        advance()
        expect(.on)
        guard !hasFailed, let table = objectName() else { return }
        note(relation: table, .ddl)
        frame.state = .expression
    }

    private mutating func alterPublication() {
        statement.actions = .admin
        advance()
        guard acceptName() != nil else { return fail(.unexpectedToken) }
        let isSet = token.word == .set
        guard isSet || token.word == .add || token.word == .drop else { return skipRest() }
        advance()
        if isSet, token.kind == .leftParen { return skipRest() }
        publicationObjects()
    }

    /// `ALTER EXTENSION x ADD | DROP object`
    private mutating func alterExtension() {
        advance()
        guard acceptName() != nil else { return fail(.unexpectedToken) }
        if accept(.add) || accept(.drop) { object(.ddl) }
        skipRest()
    }
}
