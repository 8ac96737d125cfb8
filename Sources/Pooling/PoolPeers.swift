internal import Synchronization

/// The shards of one pool, by index, as each of them knows the others. Any thread.
///
/// They refer to one another through it, so it is emptied once the pool has ended, and they are freed with their last
/// session.
final class PoolPeers<Connection: PooledConnection>: Sendable {
    /// How many shards the pool has.
    let count: Int
    private let shards = Mutex<[PoolShard<Connection>]>([])
    /// Shards that drain and have nobody waiting: they stay so.
    private let quiet = Atomic(0)

    init(count: Int) {
        self.count = count
    }

    /// Before anybody else knows the shards.
    func gather(_ all: [PoolShard<Connection>]) { shards.withLock { $0 = all } }

    /// Nil once the pool has ended.
    func shard(_ index: Int) -> PoolShard<Connection>? {
        shards.withLock { $0.indices.contains(index) ? $0[index] : nil }
    }

    /// Once from each shard.
    func wentQuiet() { quiet.add(1, ordering: .acquiringAndReleasing) }

    var areQuiet: Bool { quiet.load(ordering: .acquiring) == count }

    /// Lets go of the shards of a pool that has ended.
    func dissolve() {
        // Freed outside the lock.
        _ = shards.withLock { shards in
            defer { shards = [] }
            return shards
        }
    }
}
