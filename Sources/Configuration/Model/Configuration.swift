/// All settings of a server: what the file says, then the environment, then the defaults written here.
///
/// A value of this type has passed validation (`load(path:environment:)`). Durations of zero mean "off" unless the
/// setting says otherwise; counts of zero mean "no limit" where the setting says so. Relative paths of the file have
/// been joined to the directory of the file.
public struct Configuration: Sendable, Equatable {
    public var runtime = Runtime()
    public var control = Control()
    public var metrics = Metrics()
    public var statistics = Statistics()
    public var audit = Audit()
    public var logging = Logging()
    public var timeouts = Timeouts()
    public var limits = Limits()
    public var authentication = Authentication()
    public var security = Security()
    public var listeners: [Listener] = []
    public var backends: [Backend] = []
    public var databases: [Database] = []
    public var groups: [Group] = []
    public var users: [User] = []

    public init() {}

    public struct Runtime: Sendable, Equatable {
        /// Event loops; nil is one per core that the process may use.
        public var threads: Int?

        public init() {}
    }

    public struct Control: Sendable, Equatable {
        /// Path of the owner-only Unix socket for `articdbm ctl` and the console; nil is none.
        public var socket: String? = "articdbm.sock"

        public init() {}
    }

    public struct Metrics: Sendable, Equatable {
        /// Where `/metrics` and `/health/*` are served; nil is nowhere.
        public var listen: Endpoint?

        public init() {}
    }

    public struct Statistics: Sendable, Equatable {
        /// Shapes of statements that each loop counts; 0 is none.
        public var digests = 2000

        public init() {}
    }

    public struct Audit: Sendable, Equatable {
        public enum Durability: String, Sendable, CaseIterable {
            /// Synced to disk within 100 ms.
            case async
            /// On disk before the client sees the reply.
            case beforeReply = "before_reply"
            /// On disk before the statement reaches the backend.
            case beforeForward = "before_forward"
        }

        /// What to do when the disk fails or the queue is full.
        public enum Policy: String, Sendable, CaseIterable {
            case block
            case drop
        }

        public enum Anchor: Sendable, Equatable {
            /// A file that is appended to.
            case file(String)
            /// `http://` or `https://`; each checkpoint is posted there. `path` has the query too.
            case url(isSecure: Bool, host: String, port: UInt16, path: String)
        }

        /// A receiver of syslog messages (RFC 5424).
        public struct Syslog: Sendable, Equatable {
            public enum Transport: String, Sendable, CaseIterable {
                case udp
                case tcp
                case tls
            }

            public enum Events: String, Sendable, CaseIterable {
                case all
                case checkpoints
            }

            /// Host and port; nil is no syslog.
            public var address: Endpoint?
            public var transport = Transport.tls
            public var events = Events.all
            /// 0...23; 13 is «log audit».
            public var facility = 13
            /// PEM files; without `ca` the system's authorities are trusted.
            public var ca: String?
            public var certificate: String?
            public var key: String?

            public init() {}
        }

        public enum Literals: String, Sendable, CaseIterable {
            case redact
            case keep
        }

        public struct Rotation: Sendable, Equatable {
            /// Bytes of the file before it is renamed away; 0 is never.
            public var size = 256 << 20
            /// Age of the file before it is renamed away.
            public var age: Duration = .zero
            /// Renamed files kept; older ones are deleted.
            public var keep = 10

            public init() {}
        }

        public var enabled = true
        /// JSON lines; nil is no audit.
        public var file: String?
        public var durability = Durability.async
        public var policy = Policy.block
        public var literals = Literals.redact
        /// Bytes of statement text kept per event.
        public var textLimit = 4096
        /// Bytes of events that may wait for the writer.
        public var buffer = 16 << 20
        public var rotate = Rotation()
        /// From an event to the checkpoint that signs it; zero signs at the ends of files only.
        public var checkpoint: Duration = .seconds(10)
        /// Where checkpoints go too; nil is nowhere.
        public var anchor: Anchor?
        /// PEM bundle for an anchor by https; nil trusts the system's authorities.
        public var anchorCA: String?
        public var syslog = Syslog()

        public init() {}

        /// Events are to be written.
        public var isActive: Bool { enabled && file != nil }
    }

    public struct Logging: Sendable, Equatable {
        public enum Level: String, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }

        public enum Format: String, Sendable, CaseIterable {
            case json
            case text
        }

        public var level = Level.info
        public var format = Format.text

        public init() {}
    }

    /// Zero switches a timeout off.
    public struct Timeouts: Sendable, Equatable {
        /// From accept to a finished login.
        public var login: Duration = .seconds(15)
        /// One statement at the backend.
        public var query: Duration = .zero
        /// Between two statements of an open transaction.
        public var idleTransaction: Duration = .zero
        /// Between two statements outside a transaction.
        public var clientIdle: Duration = .zero
        /// Wait for a backend connection.
        public var queue: Duration = .seconds(30)
        /// A cancel request, from its sending to the end of the cancelled statement.
        public var cancel: Duration = .seconds(10)
        /// TCP, TLS and login at a backend.
        public var connect: Duration = .seconds(5)
        /// From SIGTERM or `drain` to the end of the last session.
        public var drain: Duration = .seconds(30)

        public init() {}
    }

    public struct Limits: Sendable, Equatable {
        /// Client connections; 0 is bounded by the process's descriptors alone.
        public var maxConnections = 0
        /// Client connections that have not logged in yet.
        public var maxUnauthenticated = 4096
        /// The same, of one client address.
        public var maxUnauthenticatedPerAddress = 1024
        /// Bytes of a startup packet.
        public var startupBytes = 10_000

        public init() {}
    }

    public struct Authentication: Sendable, Equatable {
        /// Key from which the salts of unknown users come; the same on all nodes. Nil is random per start.
        public var secret: Secret?
        /// PBKDF2 rounds of verifiers made from clear passwords.
        public var scramIterations = 4096
        /// Wait after the first failed login of a (user, address); doubles with each further one.
        public var delay: Duration = .milliseconds(250)
        /// Upper bound of that wait.
        public var delayLimit: Duration = .seconds(10)

        public init() {}
    }
}
