/// What a policy says of a text.
public struct Ruling: Sendable, Equatable {
    /// Nil: it may pass.
    public var refusal: Refusal?
    /// Seconds since 1970, UTC: from then on the answer may be another; nil is never.
    public var expires: Int64?

    public struct Refusal: Sendable, Equatable {
        public enum Cause: Sendable, Equatable {
            /// No grant covers the object.
            case notGranted
            /// A denial does.
            case denied
            /// Not understood, or it does what can't be seen.
            case unparsed
        }

        public enum Kind: String, Sendable {
            case table, function, schema, database, statement
        }

        public var cause: Cause
        public var kind: Kind
        /// As the client named it; empty for statements.
        public var name: String
        public var actions: AccessAction
        /// The denial's id, empty without one.
        public var rule: String

        public init(cause: Cause, kind: Kind, name: String, actions: AccessAction, rule: String) {
            self.cause = cause
            self.kind = kind
            self.name = name
            self.actions = actions
            self.rule = rule
        }
    }
}

/// Where a text is judged.
public struct PolicyPlace: Sendable, Equatable {
    /// The database's name as clients know it, and at the server.
    public var database: String
    public var serverDatabase: String
    /// Schemas in which names without one are looked up; nil where that is not known.
    public var searchPath: [String]?

    public init(database: String, serverDatabase: String, searchPath: [String]?) {
        self.database = database
        self.serverDatabase = serverDatabase
        self.searchPath = searchPath
    }
}
