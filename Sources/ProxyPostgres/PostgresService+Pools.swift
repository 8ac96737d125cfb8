public import Pooling
public import Proxy
internal import Synchronization

/// A pool as the process handles it, whatever its connections are. Any thread.
public protocol ManagedPool: Sendable {
    var key: PoolKey { get }
    /// Connections open or being opened.
    var openConnections: Int { get }

    func statistics() async -> PoolStatistics
    func retireAll()
    func pause()
    func resume()
    func shutDown()
}

extension Pool: ManagedPool {}

extension PostgresService {
    /// Sorted by backend, name, database, identity.
    public var managedPools: [any ManagedPool] { pools.all }

    /// Gives a pool the settings of its route after a reload. A pool of one connection that can't be opened again is not
    /// concerned.
    public func reconfigure(_ key: PoolKey, _ route: DatabaseRoute) {
        guard let pool = pools.existing(key), let source = sources.withLock({ $0[key] }),
            !source.get().account.isRelayed
        else { return }
        let old = source.set(route)
        pool.reconfigure(route.pool)
        // A connection is made with its limits.
        if old.prepared != route.prepared { pool.retireAll() }
    }

    /// Takes a pool that no session uses any more out of the process.
    public func removePool(_ key: PoolKey) {
        sources.withLock { sources in sources[key] = nil }
        guard let pool = pools.remove(key) else { return }
        forgetShards(of: pool)
    }

    /// No server connection is open.
    public var arePoolsDrained: Bool { pools.isDrained }

    /// Every server connection that is open.
    public func serverConnections() async -> [ServerConnectionInfo] { await servers.list() }
}
