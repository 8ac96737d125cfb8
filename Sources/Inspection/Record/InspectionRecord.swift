/// What inspection says of one text: the seam between the summaries of the dialects and whoever prints or judges them.
public struct InspectionRecord: Sendable {
    public var summary: BatchSummary
    /// See `ShapeHash`.
    public var shape: UInt64

    public init(summary: BatchSummary, shape: UInt64) {
        self.summary = summary
        self.shape = shape
    }
}

/// Inspects one text of statements, with the dialect's own defaults.
public func inspect(_ text: [UInt8], as dialect: SQLDialect) -> InspectionRecord {
    switch dialect {
    case .postgres:
        InspectionRecord(summary: BatchSummary(postgres: text), shape: StatementSummary(text).shapeHash)
    case .mysql: inspect(mysql: text)
    case .mssql:
        InspectionRecord(
            summary: BatchSummary(mssql: text),
            shape: unsafe text.withUnsafeBytes { bytes in
                unsafe TSQLTokens(TSQLLexer(UTF8Units(ByteView(bytes)))).shape(limit: 0).hash
            })
    }
}

/// Inspects one text for MySQL or MariaDB.
public func inspect(mysql text: [UInt8], _ lexing: MySQLLexing = .init()) -> InspectionRecord {
    InspectionRecord(
        summary: BatchSummary(mysql: text, lexing),
        shape: unsafe text.withUnsafeBytes { bytes in
            unsafe MySQLTokens(MySQLLexer(bytes, lexing)).shape(limit: 0).hash
        })
}

/// A relation's qualified name with everything that is done to it.
public struct NamedActions: Sendable, Equatable {
    public var name: String
    public var actions: ActionSet
}

extension [RelationReference] {
    /// Mentions of the same name taken together, in the order of the first ones. The parts of a name are joined by dots
    /// as they are.
    public var merged: [NamedActions] {
        var places: [String: Int] = [:]
        var result: [NamedActions] = []
        for relation in self {
            let name = relation.qualifiedName
            if let place = places[name] {
                result[place].actions.formUnion(relation.actions)
            } else {
                places[name] = result.count
                result.append(NamedActions(name: name, actions: relation.actions))
            }
        }
        return result
    }
}

extension RelationReference {
    /// For people to read: the parts that are there, with dots between.
    public var qualifiedName: String {
        guard schema != nil || database != nil || server != nil else { return name.description }
        return [server, database, schema, name].compactMap { $0?.description }.joined(separator: ".")
    }
}
