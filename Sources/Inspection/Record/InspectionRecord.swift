/// What inspection says of one text: the seam between the summaries of the dialects and whoever prints or judges them.
public struct InspectionRecord: Sendable {
    public var summary: BatchSummary
    /// See `ShapeHash`.
    public var shape: UInt64
    /// Of the text, and of the statements that stand in its literals.
    public var detection: Detection

    public init(summary: BatchSummary, shape: UInt64, detection: Detection) {
        self.summary = summary
        self.shape = shape
        self.detection = detection
    }
}

/// Inspects one text of statements, with the dialect's own defaults.
public func inspect(
    _ text: [UInt8], as dialect: SQLDialect, profile: DetectionProfile = .app
) -> InspectionRecord {
    let summary = summarize(text, as: dialect)
    return InspectionRecord(
        summary: summary, shape: shapeHash(text, as: dialect),
        detection: InjectionDetector.judge(text, as: dialect, summary: summary, profile: profile))
}

/// The summary of one text, with the dialect's own defaults.
public func summarize(_ text: [UInt8], as dialect: SQLDialect) -> BatchSummary {
    switch dialect {
    case .postgres: BatchSummary(postgres: text)
    case .mysql: BatchSummary(mysql: text)
    case .mssql: BatchSummary(mssql: text)
    }
}

/// The hash of one text's shape, with the dialect's own defaults.
public func shapeHash(_ text: [UInt8], as dialect: SQLDialect) -> UInt64 {
    unsafe text.withUnsafeBytes { bytes in
        switch dialect {
        case .postgres: unsafe StatementSummary(bytes).shapeHash
        case .mysql: unsafe MySQLTokens(MySQLLexer(bytes)).shape(limit: 0).hash
        case .mssql: unsafe TSQLTokens(TSQLLexer(UTF8Units(ByteView(bytes)))).shape(limit: 0).hash
        }
    }
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
