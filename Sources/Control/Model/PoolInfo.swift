public import Pooling
public import Proxy

/// One pool with the sum of its shards.
public struct PoolInfo: Sendable, Equatable {
    public var key: PoolKey
    public var mode: PoolMode
    public var statistics: PoolStatistics
    public var settings: PoolSettings
    /// A reload took its route away: it ends with the sessions that have it.
    public var isRetired: Bool

    public init(
        key: PoolKey, mode: PoolMode, statistics: PoolStatistics, settings: PoolSettings, isRetired: Bool = false
    ) {
        self.key = key
        self.mode = mode
        self.statistics = statistics
        self.settings = settings
        self.isRetired = isRetired
    }
}
