public import Proxy

/// A user of the configuration, or one that passed through and has sessions.
public struct UserInfo: Sendable, Equatable {
    public var name: String
    /// Nil is the database's.
    public var mode: PoolMode?
    /// Patterns of the databases they may use.
    public var databases: [String] = []
    public var requiresTLS = false
    /// Most sessions; 0 is no limit.
    public var maxSessions = 0
    public var sessions = 0
    /// Server connections their sessions hold.
    public var serverConnections = 0

    public init(name: String) { self.name = name }
}
