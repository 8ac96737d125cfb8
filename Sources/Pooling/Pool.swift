public import Sockets
internal import Synchronization

/// What connections must have in common to be lent to the same clients.
public struct PoolKey: Hashable, Sendable {
    public let backend: String
    /// Of the backend's target: counts the changes after which its connections are no longer right.
    public let epoch: UInt64
    /// The configured database whose settings the pool has; `*` for those that are not named.
    public let route: String
    /// Name at the server.
    public let database: String
    /// Who one is at the server: account, and role if one is set.
    public let identity: String
    /// Looked up several times at each login: hashed once.
    private let hash: Int

    public init(backend: String, epoch: UInt64, route: String, database: String, identity: String) {
        self.backend = backend
        self.epoch = epoch
        self.route = route
        self.database = database
        self.identity = identity
        var hasher = Hasher()
        hasher.combine(backend)
        hasher.combine(epoch)
        hasher.combine(route)
        hasher.combine(database)
        hasher.combine(identity)
        hash = hasher.finalize()
    }

    /// The database's name as clients know it.
    public var name: String { route == "*" ? database : route }

    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// The connections to one database under one identity: a shard per loop and one limit over all.
///
/// Sessions lease from the shard of their own loop; everything here may be called from any thread.
public final class Pool<Connection: PooledConnection>: Sendable {
    public let key: PoolKey
    private let ledger: PoolLedger
    private let shards: [PoolShard<Connection>]

    /// Nothing is opened before the first request, or `warmUp`.
    /// - Parameters:
    ///   - loops: all loops whose sessions may use the pool; `loops[i].index` is `i`.
    ///   - isPaused: as after `pause`, from the very first request on.
    public init(
        key: PoolKey, settings: PoolSettings, loops: [EventLoop], isPaused: Bool = false,
        connect: @escaping PoolShard<Connection>.Connector
    ) {
        self.key = key
        let ledger = PoolLedger(size: settings.size, reserve: settings.reserve, shards: loops.count)
        self.ledger = ledger
        let peers = PoolPeers<Connection>(count: loops.count)
        shards = loops.enumerated().map { index, loop in
            PoolShard(
                loop: loop, index: index, settings: settings, ledger: ledger, peers: peers, isPaused: isPaused,
                connect: connect)
        }
        peers.gather(shards)
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
    public func warmUp() { shards.first?.post { $0.start() } }

    /// Replaces every connection opened before now, lent ones when they come back: after a reload, a change of password,
    /// of the account's settings or of the server's version.
    public func retireAll() { onEach { $0.retireAll() } }

    /// Lends nothing until `resume`; clients queue. Quiet once `statistics().svActive` is 0.
    public func pause() { onEach { $0.pause() } }

    public func resume() { onEach { $0.resume() } }

    /// Refuses new requests, serves those queued, closes each connection when nobody waits for it. For good: the shards
    /// then let go of each other.
    public func drain() { onEach { $0.drain() } }

    /// Drains, and fails those who wait.
    public func shutDown() { onEach { $0.shutDown() } }

    /// New sizes and times, for connections open already too; what is beyond the size goes when it comes back.
    public func reconfigure(_ settings: PoolSettings) {
        ledger.resize(size: settings.size, reserve: settings.reserve)
        onEach { $0.reconfigure(settings) }
    }

    /// Closes one idle connection, soon. False when there seems to be none.
    public func shed() -> Bool {
        guard let index = shards.indices.first(where: { ledger.beacons[$0].idle.load(ordering: .relaxed) > 0 }) else {
            return false
        }
        shards[index].post { $0.shed() }
        return true
    }

    /// Hooks the wait-time histogram in: `observe` runs on the loop, given the loop's index and nanoseconds.
    public func observeWaits(_ observe: @escaping @Sendable (_ loop: Int, _ waited: UInt64) -> Void) {
        onEach { $0.observeWaits(observe) }
    }

    /// Sum over the shards, each read on its loop.
    public func statistics() async -> PoolStatistics {
        var sum = PoolStatistics()
        for shard in shards { sum += await shard.statistics() }
        return sum
    }

    private func onEach(_ body: @escaping @Sendable (isolated PoolShard<Connection>) -> Void) {
        for shard in shards { shard.post(body) }
    }
}
