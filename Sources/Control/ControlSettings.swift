/// Where the control side listens, and what a connection may cost.
public struct ControlSettings: Sendable, Equatable {
    /// Path of the Unix socket, at most 107 bytes.
    public var path: String
    /// Port for the name `.s.PGSQL.<port>` beside the socket, by which libpq finds it; nil makes none.
    public var port: UInt16?
    /// Connections served at once. One more takes the place of the one that has been idle longest.
    public var maxConnections = 32
    /// Bytes of one line or packet, 16 KiB or more.
    public var messageLimit = 1 << 20
    /// Ns from accept to the end of the first line or startup packet.
    public var startTimeoutNs: UInt64 = 10_000_000_000
    /// Ns from the first byte of a further line or packet to its last, and in which a client must take some of a reply.
    public var progressTimeoutNs: UInt64 = 30_000_000_000
    /// Ns that a connection may wait between commands; 0 is for ever.
    public var idleTimeoutNs: UInt64 = 600_000_000_000
    /// Ns between two samples of the counters: averages are over the last one to two periods.
    public var statisticsPeriodNs: UInt64 = 60_000_000_000
    /// Answered to `SHOW VERSION` and in `server_version`.
    public var version: String

    public init(path: String, port: UInt16?, version: String) {
        self.path = path
        self.port = port
        self.version = version
    }
}
