public import Core
import Synchronization

/// How guessing is slowed. Durations in nanoseconds.
public struct LoginThrottleSettings: Sendable, Equatable {
    /// Failures that cost nothing.
    public var freeFailures = 2
    /// Delay after the next failure; doubled with each further one.
    public var firstDelay: UInt64 = 250_000_000
    public var maximumDelay: UInt64 = 30_000_000_000
    /// Failures are forgotten this long after the last one.
    public var memory: UInt64 = 900_000_000_000
    /// Pairs remembered, at most; the least recent are forgotten first. About 100 bytes each.
    public var capacity = 65_536
    /// Leading bits of an IPv6 address that count as one client.
    public var v6Prefix = 64

    public init() {}
}

/// Makes each further login of a user from an address that keeps failing wait longer.
///
/// Attempts that run side by side are put one behind another, so that guessing in parallel is no faster; a user who
/// never failed waits for nobody. Names are kept as keyed hashes: a peer chooses them, and may choose long ones.
public final class LoginThrottle: Sendable {
    struct Key: Hashable {
        let user: Int
        let address: IPAddress?
    }

    struct Entry {
        var failures: Int
        var lastFailure: UInt64
        /// The next attempt may start then.
        var nextAttempt: UInt64
    }

    /// Two generations: when the younger is full the older is dropped, and what is still in use moves to the younger.
    /// This bounds memory and forgets the least recent without a list.
    struct State {
        var settings: LoginThrottleSettings
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
    }

    private let state: Mutex<State>

    public init(_ settings: LoginThrottleSettings = .init()) { state = Mutex(State(settings: settings)) }

    public func update(_ settings: LoginThrottleSettings) { state.withLock { $0.settings = settings } }

    /// Pairs remembered now.
    public var count: Int { state.withLock { $0.young.count + $0.old.count } }

    /// To be asked before credentials are checked, once per attempt.
    /// - Parameters:
    ///   - address: nil for a Unix socket.
    ///   - now: monotonic nanoseconds.
    /// - Returns: nanoseconds to wait first.
    public func attempt(user: String, address: IPAddress?, now: UInt64) -> UInt64 {
        state.withLock { state in
            let key = state.key(user, address)
            guard var entry = state.entry(key, now), entry.failures > state.settings.freeFailures else { return 0 }
            let start = max(now, entry.nextAttempt)
            entry.nextAttempt = start &+ state.delay(entry.failures)
            state.store(key, entry)
            return min(start - now, state.settings.maximumDelay)
        }
    }

    public func failed(user: String, address: IPAddress?, now: UInt64) {
        state.withLock { state in
            let key = state.key(user, address)
            var entry = state.entry(key, now) ?? Entry(failures: 0, lastFailure: now, nextAttempt: now)
            entry.failures += 1
            entry.lastFailure = now
            entry.nextAttempt = max(entry.nextAttempt, now &+ state.delay(entry.failures))
            state.store(key, entry)
        }
    }

    public func succeeded(user: String, address: IPAddress?) {
        state.withLock { state in
            let key = state.key(user, address)
            state.young[key] = nil
            state.old[key] = nil
        }
    }
}

extension LoginThrottle.State {
    fileprivate func key(_ user: String, _ address: IPAddress?) -> LoginThrottle.Key {
        // Swift's hashes are keyed anew in each process.
        LoginThrottle.Key(user: user.hashValue, address: address.map { $0.masked(v6Prefix: settings.v6Prefix) })
    }

    fileprivate func entry(_ key: LoginThrottle.Key, _ now: UInt64) -> LoginThrottle.Entry? {
        guard let entry = young[key] ?? old[key], now < entry.lastFailure &+ settings.memory else { return nil }
        return entry
    }

    fileprivate mutating func store(_ key: LoginThrottle.Key, _ entry: LoginThrottle.Entry) {
        old[key] = nil
        young[key] = entry
        if young.count >= max(settings.capacity / 2, 1) {
            old = young
            young = [:]
        }
    }

    fileprivate func delay(_ failures: Int) -> UInt64 {
        guard failures > settings.freeFailures else { return 0 }
        // Beyond 32 doublings any first delay is over any sensible maximum.
        let doublings = UInt64(min(failures - settings.freeFailures - 1, 32))
        let (delay, overflow) = settings.firstDelay.multipliedReportingOverflow(by: 1 << doublings)
        return overflow ? settings.maximumDelay : min(delay, settings.maximumDelay)
    }
}
