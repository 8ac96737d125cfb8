public import Pooling
public import Proxy

/// One pool with the sum of its shards.
public struct PoolInfo: Sendable, Equatable {
    public var key: PoolKey
    public var mode: PoolMode
    public var statistics: PoolStatistics
    public var settings: PoolSettings

    public init(key: PoolKey, mode: PoolMode, statistics: PoolStatistics, settings: PoolSettings) {
        self.key = key
        self.mode = mode
        self.statistics = statistics
        self.settings = settings
    }
}
