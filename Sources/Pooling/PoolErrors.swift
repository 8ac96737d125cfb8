/// Why a server connection could not be opened.
public struct PoolConnectError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The server answered and said no, and would say so again: bad password, unknown database, no permission.
        case rejected
        /// No connection, or the server is not ready yet (starting up, shutting down, too many clients).
        case unreachable
        /// No answer within the connect timeout.
        case timedOut
        /// The server has all the connections it may have; one comes free, so clients go on waiting.
        case full
        /// The pool gave up waiting: it is closing.
        case cancelled
    }

    public let kind: Kind
    /// SQLSTATE or the protocol's own code; empty when the server said nothing.
    public let code: String
    /// The server's own text, or what the system said. Safe to show to the client: the connector redacts.
    public let message: String

    public init(kind: Kind, code: String = "", message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }
}

/// Why a request got no connection.
public enum LeaseFailure: Error, Sendable, Equatable {
    /// Waited until the deadline; with the last error of connecting when that is why nothing came free.
    case deadline(PoolConnectError?)
    /// No connection is open and none can be opened.
    case connect(PoolConnectError)
    /// The pool takes no new requests.
    case draining
}

/// Why a server connection was closed; a metrics label.
public enum CloseReason: Int, Sendable, CaseIterable {
    /// Its life is over.
    case expired
    /// Idle for too long beyond the idle share.
    case idle
    /// Opened under settings or credentials that are no longer in force.
    case retired
    /// Beyond the pool's size: a reserve connection nobody needs, or the size was reduced.
    case surplus
    /// Died, or its session could not be proven clean.
    case broken
    /// The pool is paused or draining.
    case stopped
}
