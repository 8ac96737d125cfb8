public import Proxy

/// What the control side sees and may do of the process: the seam between commands and the composition root.
///
/// Called on the control loop, never on a data loop; an implementation asks the data loops by `EventLoop.run`, and
/// gathers copies. Everything is of the moment and nothing is atomic over the loops. No method may block its thread.
///
/// A database is meant by the name that clients use. A name that leads nowhere is `ControlError.Kind.notFound`.
public protocol ControlTarget: Sendable {
    func status() async -> ProxyStatus
    /// Every pool that exists, sorted by its key.
    func pools() async -> [PoolInfo]
    /// Every session, those logging in too, sorted by id.
    func sessions() async -> [SessionInfo]
    /// Every server connection, those being opened too, sorted by id.
    func servers() async -> [ServerInfo]
    /// The databases of the configuration in its order, then names in use that only a `*` route covers.
    func databases() async -> [DatabaseInfo]
    func users() async -> [UserInfo]
    /// Counters since the start, a row for each database that has any; the names of `databases()`.
    func totals() async -> [DatabaseTotals]
    /// Statements by shape and database, the one that took most time first.
    func digests() async -> [DigestInfo]
    /// Begins to count statements anew.
    func resetDigests() async
    /// Every setting in force, secrets masked.
    func configuration() async -> [ConfigurationEntry]
    func memory() async -> [MemoryInfo]

    /// Lends no server connection of the database's pools (nil: of any), also of pools made later, and closes those
    /// that are idle; clients queue. Returns once told, not when the last connection is back. Twice is once.
    func pause(database: String?) async throws(ControlError)

    /// Undoes `pause` and `kill(database:)`. Resuming everything resumes single databases too.
    func resume(database: String?) async throws(ControlError)

    /// Replaces the server connections open now, each when it is released.
    func reconnect(database: String?) async throws(ControlError)

    /// Ends a session with the protocol's «terminated by administrator». False: there is none of that id.
    func kill(session: UInt64) async -> Bool

    /// Pauses, ends the database's sessions (nil: all) and closes its server connections.
    /// - Returns: the number of sessions.
    func kill(database: String?) async throws(ControlError) -> Int

    /// Refuses new sessions and ends each open one between transactions; the process stays. There is no way back.
    func drain() async

    /// Reads the configuration again and applies it whole, or not at all.
    /// - Returns: what changed, and what waits for a restart, one line each.
    /// - Throws: `failed` with every problem of the file in `details`; nothing has changed then.
    func reload() async throws(ControlError) -> [String]

    /// Begins to end the process and returns. Gracefully is as SIGTERM does: drain, then end, at the deadline at last.
    func shutdown(immediate: Bool) async
}
