public import Pooling

/// One server connection: a copy made on its loop.
public struct ServerInfo: Sendable, Equatable {
    public enum State: String, Sendable {
        /// Being opened.
        case login
        case idle
        /// Lent to a session.
        case active
        /// Proving that nobody left anything behind, or being reset.
        case tested
        /// Done with its client, waiting until a cancel request for it has ended.
        case beingCanceled = "being_canceled"
    }

    /// Process-wide unique and never used again.
    public var id: UInt64 = 0
    public var pool: PoolKey
    public var loop = 0
    /// `address:port`, or `unix:path`.
    public var address = ""
    /// Our end, `address:port`; empty for a Unix socket.
    public var localAddress = ""
    /// The backend's process; 0 while unknown.
    public var pid: Int32 = 0
    public var state = State.login
    /// Realtime, ns since the epoch.
    public var connectedNs: UInt64 = 0
    /// When it was last given work; realtime, ns since the epoch; 0 when never.
    public var requestNs: UInt64 = 0
    /// Id of the session that has it; 0 when none has.
    public var session: UInt64 = 0
    /// Statements prepared on it.
    public var prepared = 0
    /// `TLSv1.3/TLS_AES_256_GCM_SHA384`, or empty.
    public var tls = ""
    /// Of the session that has it.
    public var applicationName = ""
    /// Closes when released: retired by a reload, a reconnect, or its age.
    public var isRetired = false

    public init(pool: PoolKey) { self.pool = pool }
}
