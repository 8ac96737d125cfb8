/// A table, view, sequence or index that a statement names. Names are as the server compares them.
///
/// A name of a common table expression is no relation, and is left out where it is in scope.
public struct RelationReference: Hashable, Sendable {
    public struct Traits: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// What was written comes back to the client: RETURNING, OUTPUT.
        public static let returned = Traits(rawValue: 1)
        /// Named where common table expressions are looked up too.
        static let mayBeCommonTable = Traits(rawValue: 2)
    }

    /// A linked server; T-SQL alone.
    public var server: SQLText?
    public var database: SQLText?
    public var schema: SQLText?
    public var name: SQLText
    public var alias: SQLText?
    public var actions: ActionSet
    public var traits: Traits
    /// Byte offsets of the name with its qualifiers.
    public var range: Range<Int>
    /// How many parentheses of expressions stood open, for clauses that mean the relations of one FROM.
    var expressionDepth: Int32
    /// How many queries stood open.
    var queryLevel: Int32
}

/// Objects that are meant without being named one by one.
public struct WideReference: Hashable, Sendable {
    public enum Scope: String, Sendable {
        /// All relations of the schema `name`.
        case schema
        /// All relations of the database `name`; of the current one if there is no name.
        case database
        case tablespace
        /// What belongs to the extension `name`.
        case `extension`
        /// All that the role `name` owns.
        case owner
        /// The server: roles, settings, other databases.
        case server
    }

    public var scope: Scope
    public var name: SQLText?
    public var actions: ActionSet
}

/// An object whose name, or a query whose text, stands in a literal: `'t'::regclass`, `nextval('s')`,
/// `query_to_xml('SELECT …')`.
public struct NamedObject: Hashable, Sendable {
    public enum Meaning: String, Sendable {
        case relation, sequence
        /// The literal is a statement, which is executed.
        case query
        /// Only that the function is called matters; its literals name files or servers.
        case other
    }

    public var meaning: Meaning
    /// The value of the literal; nil where the argument is no constant.
    public var text: SQLText?
    /// The function or type that takes it so.
    public var taker: SQLText
    public var actions: ActionSet
    public var range: Range<Int>
    /// What the query in `text` names, as far as it can be read.
    public var relations: [RelationReference] = []
}
