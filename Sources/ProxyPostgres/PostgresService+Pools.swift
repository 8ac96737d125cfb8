public import Pooling
public import Proxy
internal import Synchronization

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

/// A pool of one connection that can't be opened again: a reload does not concern it.
private struct RelayedPool: ManagedPool {
    let pool: Pool<PostgresServer>

    var key: PoolKey { pool.key }
    var openConnections: Int { pool.openConnections }

    func statistics() async -> PoolStatistics { await pool.statistics() }
    func reconfigure(_ settings: PoolSettings) {}
    func retireAll() { pool.retireAll() }
    func pause() { pool.pause() }
    func resume() { pool.resume() }
    func shutDown() { pool.shutDown() }
}

extension PostgresService {
    /// Sorted by backend, database, identity. `key.backend` is the backend's name, `#`, and the epoch of its target.
    public var managedPools: [any ManagedPool] {
        let relayed = accounts.withLock { accounts in Set(accounts.filter { $0.value.get().isRelayed }.keys) }
        return pools.all.map { pool -> any ManagedPool in
            if relayed.contains(pool.key) { return RelayedPool(pool: pool) }
            return pool
        }
    }

    /// Takes a pool that no session uses any more out of the process.
    public func removePool(_ key: PoolKey) {
        accounts.withLock { accounts in accounts[key] = nil }
        guard let pool = pools.remove(key) else { return }
        forgetShards(of: pool)
    }

    /// No server connection is open.
    public var arePoolsDrained: Bool { pools.isDrained }

    /// Every server connection that is open.
    public func serverConnections() async -> [ServerConnectionInfo] { await servers.list() }
}
