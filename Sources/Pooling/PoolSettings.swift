/// Sizes and times of one pool. All times are nanoseconds; 0 switches a limit off where the comment says so.
public struct PoolSettings: Sendable, Equatable {
    /// Most server connections open at once in the whole process, 1 or more; `reserve` comes on top.
    public var size: Int
    /// Connections kept open even when nobody has used the pool for a whole `lifetime`.
    public var minSize: Int
    /// Connections beyond `size` that may be opened for clients who have waited `reserveTimeout`.
    public var reserve: Int
    public var reserveTimeout: UInt64
    /// Share of `size`, 0-100 %, opened at first use and kept open while the pool is used.
    public var warmUpPercent: Int
    /// Share of `size`, 0-100 %, that may stay idle; what is beyond goes after `idleTimeout`.
    public var keepIdlePercent: Int
    /// A connection older than this is replaced at its next idle moment; 0 = never.
    public var lifetime: UInt64
    /// Each connection's life is cut by a random part of up to this share, 0-100 %, so that not all end together.
    public var lifetimeJitterPercent: Int
    public var idleTimeout: UInt64
    /// How long a client may queue when its request names no deadline; 0 = without end.
    public var queueTimeout: UInt64
    /// A client that has queued this long is told so once; 0 = never.
    public var noticeAfter: UInt64
    /// Pause after the first failed attempt to connect; doubles up to `retryMost`.
    public var retryFirst: UInt64
    public var retryMost: UInt64
    /// Attempts in a row that must fail, with no connection open, before waiting clients get the error.
    public var failFastAfter: Int

    public init(
        size: Int = 20,
        minSize: Int = 0,
        reserve: Int = 0,
        reserveTimeout: UInt64 = 5_000_000_000,
        warmUpPercent: Int = 30,
        keepIdlePercent: Int = 80,
        lifetime: UInt64 = 180_000_000_000,
        lifetimeJitterPercent: Int = 20,
        idleTimeout: UInt64 = 60_000_000_000,
        queueTimeout: UInt64 = 30_000_000_000,
        noticeAfter: UInt64 = 5_000_000_000,
        retryFirst: UInt64 = 50_000_000,
        retryMost: UInt64 = 1_000_000_000,
        failFastAfter: Int = 3
    ) {
        self.size = max(size, 1)
        self.minSize = min(max(minSize, 0), self.size)
        self.reserve = max(reserve, 0)
        self.reserveTimeout = reserveTimeout
        self.warmUpPercent = min(max(warmUpPercent, 0), 100)
        self.keepIdlePercent = min(max(keepIdlePercent, 0), 100)
        self.lifetime = lifetime
        self.lifetimeJitterPercent = min(max(lifetimeJitterPercent, 0), 100)
        self.idleTimeout = idleTimeout
        self.queueTimeout = queueTimeout
        self.noticeAfter = noticeAfter
        self.retryFirst = max(retryFirst, 1_000_000)
        self.retryMost = max(retryMost, self.retryFirst)
        self.failFastAfter = max(failFastAfter, 1)
    }

    /// Connections opened ahead of need: the warm-up share rounded up, at least 2 where `size` has room.
    var warmUp: Int {
        warmUpPercent == 0 ? minSize : min(size, max(minSize, 2, (size * warmUpPercent + 99) / 100))
    }

    /// Connections that may stay idle without end, process-wide.
    var keepIdle: Int { max(minSize, (size * keepIdlePercent + 99) / 100) }
}
