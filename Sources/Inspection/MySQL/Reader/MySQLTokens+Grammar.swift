/// Where MySQL's and MariaDB's grammar is their own (`sql/sql_yacc.yy`).
extension MySQLTokens: SQLTokenSource {
    static var dialect: SQLDialect { .mysql }
    static var qualifierIsDatabase: Bool { true }

    /// What a statement's frame is in the middle of, while its state is `.dialect`.
    enum Stage: UInt8 {
        case none, assignment, table, view, alter, load
    }

    static func head(_ reader: inout SummaryReader<Self>) { reader.command() }

    static func resume(_ reader: inout SummaryReader<Self>) {
        switch Stage(rawValue: reader.frame.stage) ?? .none {
        case .none: reader.fail(.unexpectedToken)
        case .assignment: reader.assignment()
        case .table: reader.tableTail()
        case .view: reader.viewTail()
        case .alter: reader.alterAction()
        case .load: reader.loadTail()
        }
    }

    static func change(_ reader: inout SummaryReader<Self>) -> Bool {
        switch reader.token.word {
        case .insert: reader.insert(.insert)
        case .replace: reader.insert(.replace)
        case .update: reader.update()
        case .delete: reader.delete()
        case .value where reader.frame.state == .insertTail, .set where reader.frame.state == .insertTail:
            reader.frame.state = .expression
            reader.frame.clause = .rest
            reader.advance()
        default: return false
        }
        return true
    }

    static func finish(_ reader: inout SummaryReader<Self>) { reader.settle() }

    static func expressionWord(_ reader: inout SummaryReader<Self>) -> Bool {
        guard
            reader.token.role == .reserved || reader.token.word == .value || reader.token.word == .next
                || reader.token.word == .convert
        else { return false }
        switch reader.token.word {
        case .on where reader.peek().word == .duplicate: reader.duplicateKey()
        case .into where reader.frame.isQuery && reader.frame.clause != .select: reader.intoClause()
        case .set where reader.frame.verb == .update && reader.frame.state == .expression && reader.isAtAssignments:
            reader.assignments()
        case .straightJoin where reader.frame.clause == .joinCondition: reader.straightJoin()
        case .cross where reader.frame.clause == .joinCondition: reader.crossJoin()
        case .lock where reader.peek().word == .in: reader.lockInShareMode()
        case .next where reader.peek().word == .value: return reader.nextValue()
        default: return false
        }
        return true
    }

    static func fromItem(_ reader: inout SummaryReader<Self>) -> Bool { reader.ownFromItem() }
    static func fromTail(_ reader: inout SummaryReader<Self>) -> Bool { reader.ownFromTail() }
    static func into(_ reader: inout SummaryReader<Self>) { reader.intoClause() }
    static func definitionElement(_ reader: inout SummaryReader<Self>) -> Bool { reader.keyDefinition() }

    /// `FOR UPDATE` and `FOR SHARE` are the reader's.
    static func forClause(_ reader: inout SummaryReader<Self>) -> Bool { false }
}

extension SummaryReader<MySQLTokens> {
    mutating func stage(_ stage: MySQLTokens.Stage) {
        frame.stage = stage.rawValue
        frame.state = .dialect
    }

    var isMariaDB: Bool { source.server == .mariaDB }
}
