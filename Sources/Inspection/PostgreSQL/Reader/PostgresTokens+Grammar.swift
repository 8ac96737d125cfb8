/// Where PostgreSQL's grammar is its own (`src/backend/parser/gram.y`).
extension PostgresTokens: SQLTokenSource {
    static var dialect: SQLDialect { .postgres }
    static var recursiveListsSeeForward: Bool { true }

    /// What a statement's frame is in the middle of, while its state is `.dialect`.
    enum Stage: UInt8 {
        case none, copy, table, view, function, ruleCondition, publication, alter, sequence, block, statistics
    }

    static func head(_ reader: inout SummaryReader<Self>) { reader.command() }

    static func resume(_ reader: inout SummaryReader<Self>) {
        switch Stage(rawValue: reader.frame.stage) ?? .none {
        case .none, .statistics: reader.fail(.unexpectedToken)
        case .copy: reader.copyTail()
        case .table: reader.tableTail()
        case .view: reader.viewTail()
        case .function: reader.functionTail()
        case .ruleCondition: reader.ruleCondition()
        case .publication: reader.publicationTail()
        case .alter: reader.alterAction()
        case .sequence: reader.sequenceTail()
        case .block: reader.blockStart()
        }
    }

    static func change(_ reader: inout SummaryReader<Self>) -> Bool {
        switch reader.token.word {
        case .insert: reader.insert()
        case .update: reader.update()
        case .delete: reader.delete()
        case .merge: reader.merge()
        case .overriding where reader.frame.state == .insertTail:
            reader.advance()
            reader.skip(.user, .system)
            if reader.token.word == .value { reader.advance() } else { reader.fail(.unexpectedToken) }
        case .notify where reader.frame.role == .block || reader.statement.kind == .create: reader.notify()
        default: return false
        }
        return true
    }

    static func blockSeparator(_ reader: inout SummaryReader<Self>) { reader.blockSeparator() }

    static func expressionWord(_ reader: inout SummaryReader<Self>) -> Bool {
        switch reader.token.word {
        case .create, .grant: return reader.schemaElement()
        case .do where reader.frame.role == .root && Stage(rawValue: reader.frame.stage) == .ruleCondition:
            reader.frame.state = .dialect
            return true
        case .from where reader.frame.role == .root && Stage(rawValue: reader.frame.stage) == .statistics:
            reader.statisticsRelation()
            return true
        default: return false
        }
    }

    static func fromItem(_ reader: inout SummaryReader<Self>) -> Bool {
        guard reader.isBareFunction else { return false }
        reader.advance()
        reader.behindRelation(false)
        if reader.token.kind == .leftParen { reader.open(.operand, .expression) }
        return true
    }

    static func fromTail(_ reader: inout SummaryReader<Self>) -> Bool {
        switch reader.token.word {
        case .create, .grant: return reader.schemaElement()
        case .with where reader.frames.isEmpty && reader.statement.definesByQuery && reader.endsDefinition:
            reader.frame.state = .expression
            reader.frame.clause = .rest
            reader.advance()
            return true
        default: return false
        }
    }

    /// `FOR READ ONLY`
    static func forClause(_ reader: inout SummaryReader<Self>) -> Bool {
        guard reader.peek().word == .read else { return false }
        reader.advance()
        reader.advance()
        reader.expect(.only)
        return true
    }

    /// `SELECT … INTO [TEMPORARY | UNLOGGED] [TABLE] t`
    static func into(_ reader: inout SummaryReader<Self>) {
        reader.advance()
        reader.skipPersistence()
        _ = reader.accept(.table)
        guard let name = reader.objectName() else { return }
        reader.note(relation: name, .ddl)
    }

    static func namesFunction(_ token: SQLToken) -> Bool {
        if token.kind == .quotedName { return true }
        switch token.role {
        case .free: return true
        case .functionName:
            switch token.word {
            case .is, .like, .ilike, .similar: return false
            default: return true
            }
        case .columnName: return token.detail == Self.calledBit
        case .reserved: return false
        }
    }
}

extension SummaryReader<PostgresTokens> {
    /// Behind WITH: `[LOCAL | CASCADED] CHECK OPTION` of a view, `[NO] DATA` of a table.
    fileprivate var endsDefinition: Bool {
        mutating get {
            switch peek().word {
            case .check, .local, .cascaded, .no, .data: true
            default: false
            }
        }
    }
}

extension BatchSummary.Statement {
    /// Its rows, or its own, come from the query in it.
    var definesByQuery: Bool { kind == .create || kind == .explain }
}
