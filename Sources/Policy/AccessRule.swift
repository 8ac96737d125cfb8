public import Core

/// A permission or a prohibition: what may be done with which objects of which databases, and when.
public struct AccessRule: Sendable, Equatable {
    /// Where the rule stands, `users[alice].grants[0]`: for the audit log, never for clients.
    public var id: String
    /// Names as clients know them.
    public var databases: [NamePattern]
    public var schemas: [NamePattern]
    /// Tables, views, sequences and indexes.
    public var tables: [NamePattern]
    /// Functions and procedures, for `execute`.
    public var functions: [NamePattern]
    public var actions: AccessAction
    /// Seconds since 1970, UTC; nil is always.
    public var from: Int64?
    public var until: Int64?

    public init(
        id: String, databases: [NamePattern] = [.any], schemas: [NamePattern] = [.any],
        tables: [NamePattern] = [.any], functions: [NamePattern] = [], actions: AccessAction, from: Int64? = nil,
        until: Int64? = nil
    ) {
        self.id = id
        self.databases = databases
        self.schemas = schemas
        self.tables = tables
        self.functions = functions
        self.actions = actions
        self.from = from
        self.until = until
    }

    func isInForce(_ now: Int64) -> Bool { now >= from ?? .min && now < until ?? .max }

    /// The next moment at which `isInForce` may change; nil is never.
    func boundary(after now: Int64) -> Int64? {
        if let from, now < from { return from }
        if let until, now < until { return until }
        return nil
    }

    func covers(schema: String) -> Bool { schemas.contains { $0.matches(schema) } }
    func covers(table: String) -> Bool { tables.contains { $0.matches(table) } }
    func covers(function: String) -> Bool { functions.contains { $0.matches(function) } }

    /// All objects of all schemas: what is done to the database as a whole needs it.
    var coversEverything: Bool { schemas.contains(.any) && tables.contains(.any) }
}

/// What a user may do: his own rules and those of his groups. Immutable.
public final class AccessPolicy: Sendable {
    public let grants: [AccessRule]
    /// They win.
    public let denials: [AccessRule]
    /// Statements that can't be understood, or do what can't be seen, may pass.
    public let allowsUnparsed: Bool
    /// Schemas in which names without one are looked up, unless the client says otherwise.
    public let searchPath: [String]
    /// Told apart by it from every other policy of the process: what was judged by one says nothing of another.
    public let number: UInt64

    public init(
        grants: [AccessRule], denials: [AccessRule], allowsUnparsed: Bool, searchPath: [String], number: UInt64
    ) {
        self.number = number
        self.grants = grants
        self.denials = denials
        self.allowsUnparsed = allowsUnparsed
        self.searchPath = searchPath
    }
}
