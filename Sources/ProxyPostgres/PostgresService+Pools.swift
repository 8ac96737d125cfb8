public import Pooling
public import Proxy

/// A pool as the process handles it, whatever its connections are. Any thread.
public protocol ManagedPool: Sendable {
    var key: PoolKey { get }
    /// Connections open or being opened.
    var openConnections: Int { get }

    func statistics() async -> PoolStatistics
    func reconfigure(_ settings: PoolSettings)
    func retireAll()
    func pause()
    func resume()
    func shutDown()
}

extension Pool: ManagedPool {}

extension PostgresService {
    /// Sorted by backend, database, identity. `key.backend` is the backend's name, `#`, and the epoch of its target.
    public var managedPools: [any ManagedPool] { pools.all }

    /// Takes a pool that no session uses any more out of the process.
    public func removePool(_ key: PoolKey) {
        guard let pool = pools.remove(key) else { return }
        forgetShards(of: pool)
    }

    /// No server connection is open.
    public var arePoolsDrained: Bool { pools.isDrained }

    /// Every server connection that is open.
    public func serverConnections() async -> [ServerConnectionInfo] { await servers.list() }
}
