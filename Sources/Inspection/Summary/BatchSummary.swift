/// What the statements of a text name and call: the part of a statement that permissions, learning and the detector
/// judge. A value that depends on nothing but the text, the dialect and how it is lexed.
///
/// Invisible to it is what views, triggers, rules, functions and operators do in turn, and which schema an unqualified
/// name is found in.
public struct BatchSummary: Sendable {
    public struct Statement: Sendable {
        public var kind: SQLStatementKind = .unknown
        /// Where it lies in the text, without the semicolon.
        public var range: Range<Int> = 0..<0
        /// Every mention, in the order of the text.
        public var relations: [RelationReference] = []
        public var wide: [WideReference] = []
        public var named: [NamedObject] = []
        public var calls: [FunctionCall] = []
        /// Each one once, as it is written, at most `SummaryLimits.operators`.
        public var operators: [SQLText] = []
        /// What it does besides to relations: `ddl` for CREATE FUNCTION, `admin` for CREATE ROLE.
        public var actions: ActionSet = []
        public var outside: OutsideAccess = []
        public var opaque: [OpaquePart] = []
        /// PREPARE, EXECUTE, DECLARE, FETCH, CLOSE, DEALLOCATE: whose name it gives or uses.
        public var preparedName: SQLText?
        /// `SET search_path`, `USE`: names after it mean something else.
        public var changesNames = false
        /// Where reading it ended, and why; nil if all of it was understood.
        public var unparsed: Unparsed?

        public init() {}
    }

    public var dialect: SQLDialect
    /// Empty statements are left out.
    public var statements: [Statement] = []
    /// In the order of the text, over all statements.
    public var literals: [LiteralSpan] = []
    /// Byte offsets of bind parameters' marks.
    public var parameters: [Range<Int>] = []
    /// There are more literals, parameters or operators than are listed.
    public var isCut = false

    init(_ dialect: SQLDialect) { self.dialect = dialect }
}

public enum SQLDialect: String, Sendable, CaseIterable {
    case postgres, mysql, mssql
}
