/// Figures of a shard, or of a pool when added up. Gauges are of the moment, counters since the start.
public struct PoolStatistics: Sendable, Equatable {
    // Names of PgBouncer's SHOW POOLS.
    /// Clients that hold a connection.
    public var clActive = 0
    public var clWaiting = 0
    public var svActive = 0
    public var svIdle = 0
    /// PgBouncer's idle connections due for a check, and those under check: none here, death is seen at once.
    public var svUsed = 0
    public var svTested = 0
    /// Being opened.
    public var svLogin = 0
    /// How long the first client in the queue has waited, ns.
    public var maxWait: UInt64 = 0

    public var leases: UInt64 = 0
    /// Leases that had to queue, and how long they waited in all, ns.
    public var waits: UInt64 = 0
    public var waitTime: UInt64 = 0
    public var deadlines: UInt64 = 0
    public var notices: UInt64 = 0
    public var opened: UInt64 = 0
    public var openFailures: UInt64 = 0
    /// Connections closed, by `CloseReason.rawValue`.
    public var closed: [UInt64] = Array(repeating: 0, count: CloseReason.allCases.count)
    /// Connections given to other loops.
    public var handedOver: UInt64 = 0
    public var isPaused = false
    public var isDraining = false

    public init() {}

    public static func += (sum: inout Self, part: Self) {
        sum.clActive += part.clActive
        sum.clWaiting += part.clWaiting
        sum.svActive += part.svActive
        sum.svIdle += part.svIdle
        sum.svUsed += part.svUsed
        sum.svTested += part.svTested
        sum.svLogin += part.svLogin
        sum.maxWait = max(sum.maxWait, part.maxWait)
        sum.leases += part.leases
        sum.waits += part.waits
        sum.waitTime += part.waitTime
        sum.deadlines += part.deadlines
        sum.notices += part.notices
        sum.opened += part.opened
        sum.openFailures += part.openFailures
        for index in sum.closed.indices { sum.closed[index] += part.closed[index] }
        sum.handedOver += part.handedOver
        sum.isPaused = sum.isPaused || part.isPaused
        sum.isDraining = sum.isDraining || part.isDraining
    }
}
