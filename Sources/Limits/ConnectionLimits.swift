public import Core
import Synchronization

/// How many client connections there may be; 0 is no limit.
public struct ConnectionLimitSettings: Sendable, Equatable {
    public var total = 0
    public var perAddress = 0
    /// Connections that have not logged in yet.
    public var unauthenticated = 0
    public var unauthenticatedPerAddress = 0
    /// Leading bits of an IPv6 address that count as one client, 1 to 128; IPv4 addresses count whole.
    public var v6Prefix = 64

    public init() {}
}

/// Which limit a connection ran into.
public enum ConnectionRefusal: Error, Sendable, Equatable {
    case total, listener, address, unauthenticated, unauthenticatedAddress, user
}

/// Exact counts of the client connections of the process. Taken at accept, login and close, never per statement.
public final class ConnectionLimits: Sendable {
    struct Count {
        var open = 0
        var unauthenticated = 0
    }

    struct State {
        var settings: ConnectionLimitSettings
        var all = Count()
        var addresses: [IPAddress: Count] = [:]
        var users: [String: Int] = [:]
        var listeners: [String: Int] = [:]
    }

    private let state: Mutex<State>

    public init(_ settings: ConnectionLimitSettings) { state = Mutex(State(settings: settings)) }

    /// Open connections stay, also where the new limits are lower.
    public func update(_ settings: ConnectionLimitSettings) { state.withLock { $0.settings = settings } }

    /// Open connections, and those of them that have not logged in.
    public var counts: (open: Int, unauthenticated: Int) {
        state.withLock { ($0.all.open, $0.all.unauthenticated) }
    }

    /// Counts a connection that was accepted.
    /// - Parameters:
    ///   - address: nil for a Unix socket, which has no limit per address, and for a balancer (see `attribute`).
    ///   - listener: where it was accepted.
    ///   - maximum: connections the listener may have; 0 for no limit.
    public func admit(
        _ address: IPAddress?, listener: String = "", maximum: Int = 0
    ) throws(ConnectionRefusal) -> ConnectionPermit {
        let key = try state.withLock { state throws(ConnectionRefusal) in
            let open = state.listeners[listener, default: 0]
            guard maximum == 0 || open < maximum else { throw .listener }
            let key = try state.admit(address)
            state.listeners[listener] = open + 1
            return key
        }
        return ConnectionPermit(limits: self, address: key, listener: listener)
    }

    /// Counts a connection of `admit(nil)` as one of `address`'s too.
    fileprivate func attribute(_ address: IPAddress) throws(ConnectionRefusal) -> IPAddress {
        try state.withLock { state throws(ConnectionRefusal) in
            let key = address.masked(v6Prefix: state.settings.v6Prefix)
            try state.count(key)
            return key
        }
    }

    fileprivate func authenticate(
        _ address: IPAddress?, _ user: String, _ maximum: Int
    ) throws(ConnectionRefusal) {
        try state.withLock { state throws(ConnectionRefusal) in
            let open = state.users[user, default: 0]
            guard maximum == 0 || open < maximum else { throw .user }
            state.users[user] = open + 1
            state.all.unauthenticated -= 1
            if let address { state.addresses[address]?.unauthenticated -= 1 }
        }
    }

    fileprivate func release(_ address: IPAddress?, _ listener: String, _ user: String?) {
        state.withLock { state in
            state.release(address, user)
            if let open = state.listeners[listener] { state.listeners[listener] = open > 1 ? open - 1 : nil }
        }
    }
}

extension ConnectionLimits.State {
    fileprivate mutating func admit(_ address: IPAddress?) throws(ConnectionRefusal) -> IPAddress? {
        if isReached(all.open, settings.total) { throw .total }
        if isReached(all.unauthenticated, settings.unauthenticated) { throw .unauthenticated }
        let key = address.map { $0.masked(v6Prefix: settings.v6Prefix) }
        if let key { try count(key) }
        all.open += 1
        all.unauthenticated += 1
        return key
    }

    fileprivate mutating func count(_ key: IPAddress) throws(ConnectionRefusal) {
        let own = addresses[key] ?? .init()
        if isReached(own.open, settings.perAddress) { throw .address }
        if isReached(own.unauthenticated, settings.unauthenticatedPerAddress) { throw .unauthenticatedAddress }
        addresses[key] = .init(open: own.open + 1, unauthenticated: own.unauthenticated + 1)
    }

    private func isReached(_ count: Int, _ limit: Int) -> Bool { limit > 0 && count >= limit }

    fileprivate mutating func release(_ address: IPAddress?, _ user: String?) {
        all.open -= 1
        if user == nil { all.unauthenticated -= 1 }
        if let address, var own = addresses[address] {
            own.open -= 1
            if user == nil { own.unauthenticated -= 1 }
            addresses[address] = own.open > 0 ? own : nil
        }
        if let user, let open = users[user] { users[user] = open > 1 ? open - 1 : nil }
    }
}

/// A connection's place in the counts; gives it back when it goes out of scope, exactly once.
public struct ConnectionPermit: ~Copyable, Sendable {
    private let limits: ConnectionLimits
    private var address: IPAddress?
    private let listener: String
    private var user: String?

    fileprivate init(limits: ConnectionLimits, address: IPAddress?, listener: String) {
        self.limits = limits
        self.address = address
        self.listener = listener
    }

    /// Counts the connection as one of `address`'s, which a balancer has named, before it has logged in.
    public mutating func attribute(to address: IPAddress) throws(ConnectionRefusal) {
        precondition(self.address == nil && user == nil)
        self.address = try limits.attribute(address)
    }

    /// Counts the connection as one of `user`'s from now on.
    /// - Parameter maximum: connections the user may have; 0 for no limit.
    public mutating func authenticate(user: String, maximum: Int) throws(ConnectionRefusal) {
        precondition(self.user == nil)
        try limits.authenticate(address, user, maximum)
        self.user = user
    }

    deinit { limits.release(address, listener, user) }
}

extension IPAddress {
    /// The address that stands for a client: IPv4 whole, IPv6 cut to its first `v6Prefix` bits.
    func masked(v6Prefix: Int) -> IPAddress {
        guard !isV4, v6Prefix < 128 else { return self }
        let bits = max(v6Prefix, 1)
        let highMask: UInt64 = bits >= 64 ? .max : ~(.max >> UInt64(bits))
        let lowMask: UInt64 = bits <= 64 ? 0 : ~(.max >> UInt64(bits - 64))
        return IPAddress(high: high & highMask, low: low & lowMask)
    }
}
