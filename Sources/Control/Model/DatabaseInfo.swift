public import Proxy

/// A name that clients may connect to, and where it leads.
public struct DatabaseInfo: Sendable, Equatable {
    /// As clients say it; `*` for the route of names not listed.
    public var name: String
    public var backend: String
    /// Host name, address, or a socket's path.
    public var host = ""
    /// 0 for a Unix socket.
    public var port: UInt16 = 0
    /// Name at the server; nil is the client's own.
    public var database: String?
    /// The account that all clients share at the server; nil when each brings their own.
    public var sharedUser: String?
    public var mode = PoolMode.transaction
    public var poolSize = 0
    public var minPoolSize = 0
    public var reserve = 0
    /// Ns; 0 is for ever.
    public var lifetimeNs: UInt64 = 0
    public var serverConnections = 0
    public var sessions = 0
    public var isPaused = false

    public init(name: String, backend: String) {
        self.name = name
        self.backend = backend
    }
}
