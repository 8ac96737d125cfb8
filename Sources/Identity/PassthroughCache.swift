public import Credentials
internal import Synchronization

/// What is known of the backends' own accounts: verifiers fetched by `auth_query`, and the keys that clients' proofs
/// gave away, which log in to the same backend in the client's name. In memory only.
///
/// Any thread. Times are nanoseconds of one monotonic clock.
public final class PassthroughCache: Sendable {
    public struct Account: Hashable, Sendable {
        public let backend: String
        public let user: String

        public init(backend: String, user: String) {
            self.backend = backend
            self.user = user
        }
    }

    private struct Entry {
        var verifier: PasswordVerifier?
        var fetchedAt: UInt64
        var expires: UInt64
        var keys: SCRAMKeys?
    }

    private struct State {
        var entries: [Account: Entry] = [:]
        var fetches: [Account: Task<Result<PasswordVerifier?, Refusal>, Never>] = [:]
    }

    /// How long a verifier is good without asking again.
    let lifetime: UInt64
    /// How long an account stays unknown.
    let negativeLifetime: UInt64
    /// A failed login makes a verifier older than this be fetched again, at the next try; younger ones stay, so that
    /// guessing passwords does not load the backend.
    let refreshAfter: UInt64
    /// Accounts remembered at most; names come from clients.
    let capacity: Int
    private let state = Mutex(State())

    public init(
        lifetime: UInt64 = 60_000_000_000, negativeLifetime: UInt64 = 5_000_000_000,
        refreshAfter: UInt64 = 1_000_000_000, capacity: Int = 10_000
    ) {
        self.lifetime = lifetime
        self.negativeLifetime = negativeLifetime
        self.refreshAfter = refreshAfter
        self.capacity = max(capacity, 1)
    }

    /// The account's verifier; nil inside when the backend knows no such account, or it has no password.
    /// - Parameter fetch: runs the `auth_query`; once for all who ask at the same time, in a task without executor
    ///   preference. What it throws is given to those who wait and not remembered.
    public func verifier(
        for account: Account, now: UInt64, fetch: @escaping @Sendable () async throws(Refusal) -> PasswordVerifier?
    ) async -> Result<PasswordVerifier?, Refusal> {
        typealias Outcome = Result<PasswordVerifier?, Refusal>
        let (known, task) = state.withLock { state -> (Outcome?, Task<Outcome, Never>?) in
            if let entry = state.entries[account], now < entry.expires { return (.success(entry.verifier), nil) }
            if let running = state.fetches[account] { return (nil, running) }
            let task = Task.detached { await self.run(fetch, for: account, now: now) }
            state.fetches[account] = task
            return (nil, task)
        }
        if let known { return known }
        return await task?.value ?? .failure(.verifierUnavailable)
    }

    private func run(
        _ fetch: @Sendable () async throws(Refusal) -> PasswordVerifier?, for account: Account, now: UInt64
    ) async -> Result<PasswordVerifier?, Refusal> {
        let result: Result<PasswordVerifier?, Refusal>
        do throws(Refusal) {
            result = .success(try await fetch())
        } catch {
            result = .failure(error)
        }
        state.withLock { state in
            state.fetches[account] = nil
            guard case .success(let verifier) = result else { return }
            // Keys belong to a verifier: they go when it changes.
            let old = state.entries[account]
            let keys = old?.verifier == verifier ? old?.keys : nil
            let life = verifier == nil ? negativeLifetime : lifetime
            makeRoom(&state, now: now)
            state.entries[account] = Entry(verifier: verifier, fetchedAt: now, expires: now &+ life, keys: keys)
        }
        return result
    }

    private func makeRoom(_ state: inout State, now: UInt64) {
        guard state.entries.count >= capacity else { return }
        state.entries = state.entries.filter { now < $0.value.expires || $0.value.keys != nil }
        while state.entries.count >= capacity, let victim = state.entries.first { state.entries[victim.key] = nil }
    }

    /// Accounts remembered.
    var count: Int { state.withLock { $0.entries.count } }

    /// Remembers what a right proof gave away, unless the account's verifier has changed since it was checked.
    public func remember(_ keys: SCRAMKeys, of account: Account, provenBy verifier: SCRAMVerifier) {
        state.withLock { state in
            guard state.entries[account]?.verifier == .scram(verifier) else { return }
            state.entries[account]?.keys = keys
        }
    }

    /// The keys to log in to the backend with; they outlive the verifier's time, until a login by them fails.
    public func keys(of account: Account) -> SCRAMKeys? {
        state.withLock { $0.entries[account]?.keys }
    }

    /// A client's proof was wrong: the password may have been changed at the backend.
    public func loginFailed(_ account: Account, now: UInt64) {
        state.withLock { state in
            guard let entry = state.entries[account], now &- min(entry.fetchedAt, now) >= refreshAfter else { return }
            state.entries[account]?.expires = 0
        }
    }

    /// The backend refused the remembered keys: nothing known of the account holds.
    public func backendRefused(_ account: Account) {
        state.withLock { $0.entries[account] = nil }
    }

    /// Forgets a backend's accounts, after it was replaced.
    public func forget(backend: String) {
        state.withLock { state in
            state.entries = state.entries.filter { $0.key.backend != backend }
        }
    }
}
