public import Core

/// What the control side sees of a session: a copy made on its loop.
public struct SessionInfo: Sendable {
    public enum State: String, Sendable {
        case login
        case idle
        case waiting
        case active
        case transaction
        case pinned
    }

    public var id: UInt64 = 0
    public var loop = 0
    public var listener = ""
    public var user = ""
    public var database = ""
    public var backend = ""
    public var applicationName = ""
    /// `address:port`, or `unix`.
    public var client = ""
    public var tls = ""
    public var state = State.login
    /// Why the session keeps its server connection, with the statement that caused it; empty when it does not.
    public var pins: [String] = []
    /// Process id of the server connection leased now; 0 without one.
    public var serverPID: Int32 = 0
    /// Realtime, ns since the epoch.
    public var connectedNs: UInt64 = 0
    public var statements: UInt64 = 0
    /// Ns since the last request arrived.
    public var idleNs: UInt64 = 0
    /// Ns it has waited for a server connection so far; 0 when it does not wait.
    public var waitNs: UInt64 = 0
    /// Prepared statements the client holds.
    public var prepared = 0

    public init() {}
}

/// A session as the control side handles it. All members are called on the session's loop.
public protocol ManagedSession: AnyObject {
    var id: UInt64 { get }
    var info: SessionInfo { get }

    /// Ends the session with the protocol's «terminated by administrator» error, whatever it is doing.
    func kill()

    /// Ends the session as soon as it is between transactions; told so by the protocol's «shutting down» error.
    func drain()

    /// The client asks, on another connection, that its running statement stop. False: the key is wrong.
    func cancel(key: [UInt8]) -> Bool
}

/// The sessions of one loop. Confined to it.
public final class SessionRegistry {
    private var sessions: [UInt64: any ManagedSession] = [:]
    private var nextNumber: UInt64 = 1
    private let loop: Int

    init(loop: Int) { self.loop = loop }

    public var count: Int { sessions.count }

    /// Process-wide unique: the loop's index and a number counted on that loop.
    public func makeID() -> UInt64 {
        defer { nextNumber += 1 }
        return UInt64(loop) << 32 | (nextNumber & 0xffff_ffff)
    }

    public func insert(_ session: any ManagedSession) { sessions[session.id] = session }

    public func remove(_ session: any ManagedSession) { sessions[session.id] = nil }

    public func find(_ id: UInt64) -> (any ManagedSession)? { sessions[id] }

    public var all: [any ManagedSession] { Array(sessions.values) }
}
