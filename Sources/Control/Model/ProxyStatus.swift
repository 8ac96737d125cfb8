/// The process as a whole.
public struct ProxyStatus: Sendable, Equatable {
    public struct Loop: Sendable, Equatable {
        public var index: Int
        public var sessions: Int

        public init(index: Int, sessions: Int) {
            self.index = index
            self.sessions = sessions
        }
    }

    public struct Listener: Sendable, Equatable {
        public var name: String
        /// Where it really listens.
        public var address: String
        /// `postgresql` and so on.
        public var protocolName: String

        public init(name: String, address: String, protocolName: String) {
            self.name = name
            self.address = address
            self.protocolName = protocolName
        }
    }

    public var version = ""
    public var build = ""
    public var commit = ""
    public var pid: Int32 = 0
    /// Realtime, ns since the epoch.
    public var startedNs: UInt64 = 0
    public var uptimeNs: UInt64 = 0
    public var configurationFile = ""
    /// Data loops in order.
    public var loops: [Loop] = []
    public var listeners: [Listener] = []
    /// Everything is paused; single databases say so themselves.
    public var isPaused = false
    public var isDraining = false

    public init() {}
}
