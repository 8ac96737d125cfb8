public import Sockets

/// What connections must have in common to be lent to the same clients.
public struct PoolKey: Hashable, Sendable {
    public let backend: String
    /// Name at the server.
    public let database: String
    /// Who one is at the server: account, and role if one is set.
    public let identity: String

    public init(backend: String, database: String, identity: String) {
        self.backend = backend
        self.database = database
        self.identity = identity
    }
}

/// The connections to one database under one identity: a shard per loop and one limit over all.
///
/// Sessions lease from the shard of their own loop; everything here may be called from any thread.
public final class Pool<Connection: PooledConnection>: Sendable {
    public let key: PoolKey
    private let ledger: PoolLedger
    private let shards: [PoolShard<Connection>]

    /// Nothing is opened before the first request, or `warmUp`.
    /// - Parameter loops: all loops whose sessions may use the pool; `loops[i].index` is `i`.
    public init(
        key: PoolKey, settings: PoolSettings, loops: [EventLoop], connect: @escaping PoolShard<Connection>.Connector
    ) {
        self.key = key
        let ledger = PoolLedger(size: settings.size, reserve: settings.reserve, shards: loops.count)
        self.ledger = ledger
        shards = loops.enumerated().map { index, loop in
            PoolShard(loop: loop, index: index, settings: settings, ledger: ledger, connect: connect)
        }
        // Nobody else knows the shards yet.
        for shard in shards { shard.siblings = shards }
    }

    /// The shard to lease from on `loop`, which must be one of the pool's.
    public func shard(on loop: EventLoop) -> PoolShard<Connection> {
        let shard = shards[loop.index]
        precondition(shard.loop === loop)
        return shard
    }

    /// Connections open or being opened, in all.
    public var openConnections: Int { ledger.open }

    /// Opens the warm-up share in the background, if that has not happened yet.
    public func warmUp() { shards[0].loop.execute { [shards] in shards[0].start() } }

    /// Replaces every connection opened before now, lent ones when they come back: after a reload, a change of password,
    /// of the account's settings or of the server's version.
    public func retireAll() { onEach { $0.retireAll() } }

    /// Lends nothing until `resume`; clients queue. Quiet once `statistics().svActive` is 0.
    public func pause() { onEach { $0.pause() } }

    public func resume() { onEach { $0.resume() } }

    /// Refuses new requests, serves those queued, closes each connection when nobody waits for it.
    public func drain() { onEach { $0.drain() } }

    /// Drains, and fails those who wait.
    public func shutDown() { onEach { $0.shutDown() } }

    /// New sizes and times, for connections open already too; what is beyond the size goes when it comes back.
    public func reconfigure(_ settings: PoolSettings) {
        ledger.resize(size: settings.size, reserve: settings.reserve)
        onEach { $0.reconfigure(settings) }
    }

    /// Hooks the wait-time histogram in: `observe` runs on the loop, given the loop's index and nanoseconds.
    public func observeWaits(_ observe: @escaping @Sendable (_ loop: Int, _ waited: UInt64) -> Void) {
        onEach { shard in
            let index = shard.index
            shard.onWaited = { observe(index, $0) }
        }
    }

    /// Sum over the shards, each read on its loop.
    public func statistics() async -> PoolStatistics {
        var sum = PoolStatistics()
        for shard in shards { sum += await shard.loop.run { shard.statistics() } }
        return sum
    }

    /// Lets go of a pool that is drained and that no session refers to any more.
    func dissolve() { onEach { $0.forgetSiblings() } }

    private func onEach(_ body: @escaping @Sendable (PoolShard<Connection>) -> Void) {
        for shard in shards { shard.loop.execute { body(shard) } }
    }
}
