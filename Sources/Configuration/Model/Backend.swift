extension Configuration {
    public enum PoolMode: String, Sendable, CaseIterable {
        case session
        case transaction
        case statement
    }

    /// One pool per (backend, database, identity).
    public struct Pool: Sendable, Equatable {
        public var mode = PoolMode.transaction
        /// Connections at most.
        public var size = 20
        /// Connections kept open even when idle for long.
        public var min = 0
        /// Further connections when a client has waited `reserveTimeout`.
        public var reserve = 0
        public var reserveTimeout: Duration = .seconds(5)
        /// Share of `size` opened when the pool comes into use, 0...1.
        public var warmup = 0.3
        /// Share of the open connections that idleness does not close, 0...1.
        public var keepIdle = 0.8
        /// Life of a connection; ended at its first release afterwards.
        public var lifetime: Duration = .seconds(180)
        /// Random part of `lifetime` by which it is shortened, 0...1, so that connections do not end together.
        public var lifetimeJitter = 0.1
        /// Idle time after which a connection beyond `keepIdle` and `min` is closed.
        public var idle: Duration = .seconds(60)
        /// Named statements kept per backend connection; 0 maps none (session mode needs none).
        public var preparedStatements = 200
        /// Bytes of statement text kept per backend connection.
        public var preparedBytes = 4 << 20

        public init() {}
    }

    public struct Backend: Sendable, Equatable {
        public enum Role: String, Sendable, CaseIterable {
            case primary
            case replica
        }

        public struct TLS: Sendable, Equatable {
            public var mode = TLSMode.prefer
            /// PEM bundle that the server's certificate must chain to.
            public var ca: String?
            /// PEM client certificate and its key.
            public var certificate: String?
            public var key: String?
            /// PEM revocation lists.
            public var crl: String?
            /// Name for SNI and `verify-full`; nil is the host of `address`.
            public var serverName: String?
            public var minVersion = TLSVersion.tls12

            public init() {}
        }

        /// How a passthrough listener learns the verifiers of the backend's accounts.
        public struct AuthQuery: Sendable, Equatable {
            /// Nil is the backend's own `user` and `password`.
            public var user: String?
            public var password: Secret?
            /// Database the query runs in; nil is the one the client asked for.
            public var database: String?
            /// Returns (name, verifier) for the name in `$1`.
            public var query =
                "SELECT rolname, rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1"
                + " AND rolcanlogin AND (rolvaliduntil IS NULL OR rolvaliduntil > now())"

            public init() {}
        }

        public var name = ""
        public var `protocol` = DatabaseProtocol.postgresql
        public var address = Endpoint.tcp(host: "127.0.0.1", port: 5432)
        public var role = Role.primary
        public var user: String?
        public var password: Secret?
        /// Connections in all pools of the backend together; 0 is no limit.
        public var maxConnections = 0
        public var tls = TLS()
        public var pool = Pool()
        public var authQuery = AuthQuery()

        public init() {}
    }

    public struct Database: Sendable, Equatable {
        /// The name clients ask for; `*` is every name not listed.
        public var name = ""
        public var backend = ""
        /// Name at the backend; nil is the name the client asked for.
        public var database: String?
        /// The backend's pool settings with this database's own in their place.
        public var pool = Pool()
        public var security = SecurityOverride()

        public init() {}
    }
}
