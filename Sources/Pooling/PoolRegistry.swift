public import Sockets
internal import Synchronization

/// All pools of the process by key. Any thread; asked when a session is routed, not for each query.
public final class PoolRegistry<Connection: PooledConnection>: Sendable {
    private let loops: [EventLoop]
    private let pools = Mutex<[PoolKey: Pool<Connection>]>([:])
    private let isPaused: @Sendable (PoolKey) -> Bool

    /// - Parameter isPaused: asked when a pool is made; what changes its answer has to go through `all` afterwards.
    public init(loops: [EventLoop], isPaused: @escaping @Sendable (PoolKey) -> Bool = { _ in false }) {
        self.loops = loops
        self.isPaused = isPaused
    }

    /// The pool of that key, made if there is none; `settings` and `connect` matter only then.
    public func pool(
        for key: PoolKey, settings: @autoclosure () -> PoolSettings,
        connect: @autoclosure () -> PoolShard<Connection>.Connector
    ) -> Pool<Connection> {
        pools.withLock { pools in
            if let pool = pools[key] { return pool }
            let pool = Pool(
                key: key, settings: settings(), loops: loops, isPaused: isPaused(key), connect: connect())
            pools[key] = pool
            return pool
        }
    }

    public func existing(_ key: PoolKey) -> Pool<Connection>? { pools.withLock { $0[key] } }

    /// Sorted by backend, name, database, identity.
    public var all: [Pool<Connection>] {
        func order(_ key: PoolKey) -> (String, String, String, String, UInt64) {
            (key.backend, key.name, key.database, key.identity, key.epoch)
        }
        return pools.withLock { Array($0.values) }.sorted { order($0.key) < order($1.key) }
    }

    /// Takes a pool out and drains it: sessions that have it keep it to their end, new ones get a new pool.
    /// - Returns: the pool taken out; freed with the last reference to its shards, once it is drained.
    @discardableResult
    public func remove(_ key: PoolKey) -> Pool<Connection>? {
        let pool = pools.withLock { $0.removeValue(forKey: key) }
        pool?.drain()
        return pool
    }

    /// Drains every pool; `isDrained` says when all connections have gone.
    public func drainAll() {
        for pool in all { pool.drain() }
    }

    public var isDrained: Bool { all.allSatisfy { $0.openConnections == 0 } }
}
