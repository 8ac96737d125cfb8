public import Core

extension Configuration {
    public struct User: Sendable, Equatable {
        /// Who a user is at the backend.
        public enum Identity: String, Sendable, CaseIterable {
            /// The backend's `user`.
            case shared
            /// An account of its own: `user` and `password` here.
            case own
            /// The backend's `user`, then `SET ROLE` to `user` here.
            case setRole = "set_role"
        }

        public struct BackendIdentity: Sendable, Equatable {
            public var identity = Identity.shared
            /// Nil is the user's own name.
            public var user: String?
            public var password: Secret?

            public init() {}
        }

        public var name = ""
        /// Any one of them is enough; empty is no login by password.
        public var credentials: [StoredCredential] = []
        /// Names or patterns (`*` any text, `?` one character) of databases the user may open.
        public var databases: [String] = ["*"]
        public var requireTLS = false
        /// Client addresses; empty is every address.
        public var allowedIPs: [CIDR] = []
        /// Statements per second; 0 is no limit.
        public var rateLimit = 0.0
        /// Sessions at a time; 0 is no limit.
        public var maxConnections = 0
        public var replication = false
        /// Seconds since 1970 (UTC) at which the account ends; nil is never.
        public var expires: Int64?
        /// Common name, or distinguished name (RFC 2253), of the client certificate that is this user.
        public var certificate: String?
        public var backend = BackendIdentity()
        /// In place of the pool's mode.
        public var poolMode: PoolMode?
        /// By which the user's statements are judged for injection.
        public var profile = SecurityProfile.app
        /// Names of groups whose rules are the user's too.
        public var groups: [String] = []
        public var grants: [AccessRule] = []
        public var deny: [AccessRule] = []
        /// Statements that can't be inspected may pass.
        public var allowUnparsed = false
        /// Schemas in which names without one are looked up, for users with rules.
        public var searchPath: [String] = ["public"]

        public init() {}
    }

    /// Users with rules in common.
    public struct Group: Sendable, Equatable {
        public var name = ""
        public var grants: [AccessRule] = []
        public var deny: [AccessRule] = []

        public init() {}
    }

    /// What may be done with which objects, or may not.
    public struct AccessRule: Sendable, Equatable {
        public enum Action: String, Sendable, CaseIterable {
            case read
            case write
            case ddl
            case admin
            case execute
        }

        public var databases: [String] = ["*"]
        public var schemas: [String] = ["*"]
        public var tables: [String] = []
        public var functions: [String] = []
        public var actions: [Action] = []
        /// Seconds since 1970, UTC; nil is always.
        public var validFrom: Int64?
        public var validUntil: Int64?

        public init() {}
    }
}
