public import Core

extension Configuration {
    /// Wire protocols that can be served; the others of the product are refused by name until they are built.
    public enum DatabaseProtocol: String, Sendable, CaseIterable {
        case postgresql
    }

    /// Meaning for a listener: `disable` never, `allow` and `prefer` if the client asks, `require` always,
    /// `verify-ca` and `verify-full` always and with a client certificate (`verify-full`: whose name is the user's).
    /// Meaning for a backend: libpq's `sslmode`.
    public enum TLSMode: String, Sendable, CaseIterable {
        case disable
        case allow
        case prefer
        case require
        case verifyCA = "verify-ca"
        case verifyFull = "verify-full"
    }

    public enum TLSVersion: String, Sendable, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    public struct Listener: Sendable, Equatable {
        public enum Authentication: String, Sendable, CaseIterable {
            /// Users and verifiers of this configuration.
            case managed
            /// The backend's own accounts.
            case passthrough
        }

        /// How a passthrough login is carried out.
        public enum Passthrough: String, Sendable, CaseIterable {
            /// Verifiers are fetched by `auth_query`; SCRAM ends here and its client key logs in to the backend.
            case verifiers
            /// The exchange is relayed to one fresh backend connection that is closed with its client.
            case relay
        }

        public struct TLS: Sendable, Equatable {
            public var mode = TLSMode.disable
            /// PEM chain, leaf first.
            public var certificate: String?
            /// PEM private key.
            public var key: String?
            /// PEM bundle that client certificates must chain to.
            public var clientCA: String?
            /// PEM revocation lists for client certificates.
            public var crl: String?
            public var minVersion = TLSVersion.tls12
            /// Accept a TLS handshake without SSLRequest (ALPN `postgresql`).
            public var direct = true

            public init() {}
        }

        /// Peers allowed to announce a client's address by the PROXY protocol, v1 or v2.
        public struct ProxyProtocol: Sendable, Equatable {
            /// From these addresses the header is mandatory; from any other it is refused.
            public var sources: [CIDR] = []

            public init() {}
        }

        /// Methods that may be offered beside SCRAM.
        public struct Methods: Sendable, Equatable {
            /// For users who have no SCRAM verifier and no clear password.
            public var md5 = false
            /// The clear password, over TLS only.
            public var password = false
            /// A client certificate that maps to the user.
            public var certificate = true

            public init() {}
        }

        public var name = ""
        public var `protocol` = DatabaseProtocol.postgresql
        public var listen = Endpoint.tcp(host: "127.0.0.1", port: 6432)
        public var auth = Authentication.managed
        public var passthrough = Passthrough.verifiers
        /// Backend of every database name that `databases` does not list; nil is the only one of the protocol.
        public var backend: String?
        public var tls = TLS()
        public var proxyProtocol = ProxyProtocol()
        public var methods = Methods()
        /// Users of a passthrough listener may open replication connections; managed users have their own setting.
        public var replication = false
        /// Client connections; 0 is no limit of its own.
        public var maxConnections = 0
        /// Permission bits of a Unix socket.
        public var socketMode = 0o600
        public var security = SecurityOverride()

        public init() {}
    }
}
