public import Pooling

/// What the control side sees of a server connection: a copy made on its loop.
public struct ServerConnectionInfo: Sendable {
    public enum State: Sendable {
        case idle
        /// Lent to a session.
        case active
        /// Done with its client, waiting until a cancel request for it has ended.
        case beingCancelled
    }

    /// Process-wide unique and never used again.
    public var id: UInt64 = 0
    public var pool: PoolKey
    public var loop = 0
    /// `address:port`, or `unix:path`.
    public var address = ""
    public var localAddress = ""
    /// The server's process.
    public var processID: Int32 = 0
    public var state = State.idle
    /// Ns since it was opened, and since it was last lent or given back.
    public var ageNs: UInt64 = 0
    public var idleNs: UInt64 = 0
    /// Id of the session that has it; 0 when none has.
    public var session: UInt64 = 0
    public var prepared = 0
    /// TLS version and cipher, or empty.
    public var tls = ""

    public init(pool: PoolKey) { self.pool = pool }
}
