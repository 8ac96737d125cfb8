public import Sockets

/// A server connection that a pool can lend.
///
/// Confined to one loop at a time. While idle, the connection watches its own descriptor and tells its shard through
/// `PoolShard.connectionDied` when the server hangs up or sends what nobody asked for.
public protocol PooledConnection: AnyObject, Sendable {
    /// Belongs to the pool: store it, starting with -1, and leave it alone.
    var poolSlot: Int { get set }
    /// Digest of the session state that the server holds (settings, role); equal digests mean nothing to restore.
    var stateFingerprint: UInt64 { get }
    /// False once the connection is known to be dead or out of step.
    var isUsable: Bool { get }
    /// Leaves its loop's epoll and timers; called on that loop, while idle.
    func detach()
    /// Joins a loop; called on that loop. If that fails, `isUsable` is false from then on.
    func attach(to loop: EventLoop)
    /// Says goodbye if it can without blocking, and closes the descriptor at once.
    func close()
}
