/// One client's wish for a server connection; made once per session and used again for each lease.
///
/// Confined to the loop of its session, as the shard is.
public final class LeaseRequest<Connection: PooledConnection>: @unchecked Sendable {
    // Confined to its loop: only the session and the shard on that same loop touch it, one field at a time, which is why
    // the run-time exclusivity check is off: it cost more than the lease.

    public enum Phase: Sendable, Equatable {
        /// Nothing asked: free to be used.
        case idle
        case queued
        /// `connection` is set and belongs to the client until released.
        case granted
        case failed(LeaseFailure)
    }

    @exclusivity(unchecked) public internal(set) var phase: Phase = .idle
    /// The leased connection, from the grant until `take`.
    @exclusivity(unchecked) public internal(set) var connection: Connection?
    /// Digest of the state that the client needs; the pool prefers a connection that has it already.
    @exclusivity(unchecked) public var fingerprint: UInt64 = 0
    /// When to give up, on the loop's monotonic clock; 0 = the pool's own queue timeout.
    @exclusivity(unchecked) public var deadline: UInt64 = 0
    /// Set once a client has waited for the pool's notice time; the session clears it when it has told the client.
    @exclusivity(unchecked) public var noticeDue = false
    /// How long the last grant was waited for, in nanoseconds.
    @exclusivity(unchecked) public internal(set) var waited: UInt64 = 0

    /// Slot of the last lease, preferred for the next one.
    @exclusivity(unchecked) var lastSlot = -1
    /// Place in the shard's queue; -1 when not queued.
    @exclusivity(unchecked) var waiter = -1
    let wake: () -> Void

    /// - Parameter wake: called on the loop when a queued request is granted or fails, or a notice is due. Must only
    ///   signal: it runs in the middle of the shard's work and must not call the shard.
    public init(wake: @escaping () -> Void) {
        self.wake = wake
    }

    /// Hands the connection over to the caller and makes the request free for the next lease.
    @inlinable
    public func take() -> Connection? {
        takeConnection()
    }

    @usableFromInline
    func takeConnection() -> Connection? {
        guard case .granted = phase else { return nil }
        let taken = connection
        connection = nil
        phase = .idle
        return taken
    }

    /// Forgets a failure, so that the request can be used again; returns it.
    public func takeFailure() -> LeaseFailure? {
        guard case .failed(let failure) = phase else { return nil }
        phase = .idle
        return failure
    }

    func grant(_ leased: Connection, slot: Int, waited: UInt64) {
        connection = leased
        phase = .granted
        lastSlot = slot
        self.waited = waited
        waiter = -1
        noticeDue = false
    }

    func fail(_ failure: LeaseFailure) {
        phase = .failed(failure)
        waiter = -1
        noticeDue = false
    }
}
