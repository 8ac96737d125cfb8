public import Core
public import Credentials
public import Identity
public import Pooling
public import Sockets

/// How a hop is encrypted. Towards clients `allow` and `prefer` mean «if the client asks».
public enum TLSMode: Sendable, Equatable {
    case disable
    case allow
    case prefer
    case require
    case verifyCA
    case verifyFull

    /// Nothing goes on in clear.
    public var isMandatory: Bool {
        switch self {
        case .disable, .allow, .prefer: false
        case .require, .verifyCA, .verifyFull: true
        }
    }
}

/// How a backend is asked for its accounts' verifiers.
public struct AuthQuery: Sendable, Equatable {
    /// Nil is the backend's own account.
    public var user: String?
    public var password: ClearPassword?
    /// Nil is the database that the client asks for.
    public var database: String?
    /// Gives name and verifier for the name in `$1`.
    public var text: String

    public init(user: String?, password: ClearPassword?, database: String?, text: String) {
        self.user = user
        self.password = password
        self.database = database
        self.text = text
    }
}

/// Where a database server is and how the proxy logs in there. Immutable; shared by all loops.
public final class BackendTarget: Sendable {
    public let name: String
    /// Host name or address; the socket's path when `port` is nil.
    public let host: String
    public let port: UInt16?
    public let tlsMode: TLSMode
    /// Nil when `tlsMode` is `disable`.
    public let tls: TLSContext?
    /// Name for SNI and `verify-full`.
    public let tlsName: String
    /// The service account; nil when clients bring their own.
    public let user: String?
    public let password: ClearPassword?
    public let authQuery: AuthQuery?
    public let connectTimeoutNs: UInt64
    /// Connections in all pools together; 0 is no limit.
    public let maxConnections: Int
    /// Counts the changes after which pooled connections are no longer right; a reload that changes nothing keeps it.
    public let epoch: UInt64
    public let socketOptions: SocketOptions

    public init(
        name: String, host: String, port: UInt16?, tlsMode: TLSMode, tls: TLSContext?, tlsName: String, user: String?,
        password: ClearPassword?, authQuery: AuthQuery?, connectTimeoutNs: UInt64, epoch: UInt64,
        socketOptions: SocketOptions, maxConnections: Int = 0
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.tlsMode = tlsMode
        self.tls = tls
        self.tlsName = tlsName
        self.user = user
        self.password = password
        self.authQuery = authQuery
        self.connectTimeoutNs = connectTimeoutNs
        self.epoch = epoch
        self.socketOptions = socketOptions
        self.maxConnections = maxConnections
    }
}

/// When a server connection goes back to its pool.
public enum PoolMode: String, Sendable, Equatable {
    case session
    case transaction
    /// As `transaction`, but a transaction block is refused.
    case statement
}

/// Limits of the statements kept per server connection.
public struct PreparedLimits: Sendable, Equatable {
    /// Statements; 0 switches mapping off.
    public var count: Int
    /// Bytes of their text.
    public var bytes: Int

    public init(count: Int, bytes: Int) {
        self.count = count
        self.bytes = bytes
    }
}

/// Where a database name leads. Immutable.
public final class DatabaseRoute: Sendable {
    /// The configured name, or `*`: what metrics say.
    public let name: String
    public let backend: BackendTarget
    /// Name at the backend; nil is the name the client asked for.
    public let database: String?
    public let mode: PoolMode
    public let pool: PoolSettings
    public let prepared: PreparedLimits
    public let injection: InjectionRule
    public let metrics: RouteMetrics

    public init(
        name: String, backend: BackendTarget, database: String?, mode: PoolMode, pool: PoolSettings,
        prepared: PreparedLimits, injection: InjectionRule, metrics: RouteMetrics
    ) {
        self.name = name
        self.backend = backend
        self.database = database
        self.mode = mode
        self.pool = pool
        self.prepared = prepared
        self.injection = injection
        self.metrics = metrics
    }
}

/// Deadlines in ns; 0 is none.
public struct SessionTimeouts: Sendable, Equatable {
    public var login: UInt64 = 15_000_000_000
    public var query: UInt64 = 0
    public var idleTransaction: UInt64 = 0
    public var clientIdle: UInt64 = 0
    public var cancel: UInt64 = 10_000_000_000
    public var drain: UInt64 = 30_000_000_000

    public init() {}

    /// A session needs a timer.
    public var hasSessionDeadlines: Bool { query | idleTransaction | clientIdle != 0 }
}

/// One listening address and its rules. Immutable.
public final class ListenerRules: Sendable {
    public enum Authentication: Sendable, Equatable {
        case managed
        /// Verifiers come from the backend; logins go on with the client's own key.
        case passthrough
        /// The exchange itself is relayed to a fresh backend connection.
        case relay
    }

    public let name: String
    public let address: SocketAddress
    public let authentication: Authentication
    public let tlsMode: TLSMode
    public let tls: TLSContext?
    /// A TLS handshake without a request in the protocol is welcome.
    public let allowsDirectTLS: Bool
    /// Peers that speak for others by the PROXY protocol.
    public let proxySources: [CIDR]

    /// Whether `address` is a balancer's, which says whom it speaks for.
    public func isBalancer(_ address: IPAddress) -> Bool { proxySources.contains { $0.contains(address) } }
    public let allowsMD5: Bool
    public let allowsPassword: Bool
    public let allowsCertificate: Bool
    /// A passthrough login may open a replication connection.
    public let allowsReplication: Bool
    /// 0 is no limit of its own.
    public let maxConnections: Int
    /// Bytes of a startup packet.
    public let startupLimit: Int
    public let metrics: ListenerMetrics

    public init(
        name: String, address: SocketAddress, authentication: Authentication, tlsMode: TLSMode, tls: TLSContext?,
        allowsDirectTLS: Bool, proxySources: [CIDR], allowsMD5: Bool, allowsPassword: Bool, allowsCertificate: Bool,
        allowsReplication: Bool, maxConnections: Int, startupLimit: Int, metrics: ListenerMetrics
    ) {
        self.name = name
        self.address = address
        self.authentication = authentication
        self.tlsMode = tlsMode
        self.tls = tls
        self.allowsDirectTLS = allowsDirectTLS
        self.proxySources = proxySources
        self.allowsMD5 = allowsMD5
        self.allowsPassword = allowsPassword
        self.allowsCertificate = allowsCertificate
        self.allowsReplication = allowsReplication
        self.maxConnections = maxConnections
        self.startupLimit = startupLimit
        self.metrics = metrics
    }
}

/// Everything a session decides by, as one immutable value that a reload replaces whole.
public final class ProxySnapshot: Sendable {
    public let epoch: UInt64
    public let identity: IdentitySnapshot
    public let timeouts: SessionTimeouts
    public let listeners: [String: ListenerRules]
    /// Users whose sessions are pooled in another way than their database's.
    public let userModes: [String: PoolMode]
    /// By listener and database name; `*` stands for names not listed.
    private let routes: [String: [String: DatabaseRoute]]

    public init(
        epoch: UInt64, identity: IdentitySnapshot, timeouts: SessionTimeouts, listeners: [String: ListenerRules],
        userModes: [String: PoolMode], routes: [String: [String: DatabaseRoute]]
    ) {
        self.epoch = epoch
        self.identity = identity
        self.timeouts = timeouts
        self.listeners = listeners
        self.userModes = userModes
        self.routes = routes
    }

    /// Nil: the database does not exist, as far as this listener's clients are concerned.
    public func route(listener: String, database: String) -> DatabaseRoute? {
        routes[listener]?[database] ?? routes[listener]?["*"]
    }
}
