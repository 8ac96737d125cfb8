public import Core
public import Credentials
public import Inspection
public import Policy

/// Who a client is at the server.
public enum BackendIdentity: Sendable, Equatable {
    /// The backend's configured account.
    case shared
    /// An account of the user's own. Without a password the backend's way of trust or certificate must do.
    case own(user: String, password: ClearPassword?)
    /// The backend's account, then `SET ROLE`.
    case setRole(String)
    /// The client's own account, by the keys that its login proved (see `PassthroughCache`).
    case passthrough(user: String)

    /// Tells pools apart: connections of one key may serve each other's clients.
    public var key: String {
        switch self {
        case .shared: ""
        case .own(let user, _): "own:\(user)"
        case .setRole(let role): "role:\(role)"
        case .passthrough(let user): "own:\(user)"
        }
    }
}

/// What a user may use at most; 0 is no limit.
public struct UserLimits: Sendable, Equatable {
    /// Sessions at a time.
    public var connections: Int
    /// Statements per second.
    public var rate: Double

    public init(connections: Int = 0, rate: Double = 0) {
        self.connections = connections
        self.rate = rate
    }
}

/// One user as configured. Immutable, shared by all sessions of the user.
public final class UserRecord: Sendable {
    public let name: String
    /// Any one is enough; empty is no login by password.
    public let credentials: [PasswordVerifier]
    public let databases: [NamePattern]
    public let requiresTLS: Bool
    /// Empty is every address.
    public let allowedAddresses: [CIDR]
    public let limits: UserLimits
    public let mayReplicate: Bool
    /// Seconds since 1970 (UTC) from which the account is closed; nil is never.
    public let expires: Int64?
    /// Common name, or distinguished name (RFC 2253), of the client certificate that is this user.
    public let certificate: String?
    public let backend: BackendIdentity
    /// By which the user's statements are judged for injection.
    public let profile: DetectionProfile
    /// Nil: the user may do what his account at the server may.
    public let access: AccessPolicy?

    public init(
        name: String, credentials: [PasswordVerifier] = [], databases: [NamePattern] = [.any],
        requiresTLS: Bool = false, allowedAddresses: [CIDR] = [], limits: UserLimits = UserLimits(),
        mayReplicate: Bool = false, expires: Int64? = nil, certificate: String? = nil,
        backend: BackendIdentity = .shared, access: AccessPolicy? = nil,
        profile: DetectionProfile = .app
    ) {
        self.name = name
        self.credentials = credentials
        self.databases = databases
        self.requiresTLS = requiresTLS
        self.allowedAddresses = allowedAddresses
        self.limits = limits
        self.mayReplicate = mayReplicate
        self.expires = expires
        self.certificate = certificate
        self.backend = backend
        self.access = access
        self.profile = profile
    }

    /// md5 is for those alone who have nothing better.
    public var hasOnlyMD5: Bool {
        !credentials.isEmpty
            && credentials.allSatisfy {
                if case .md5 = $0 { true } else { false }
            }
    }
}
