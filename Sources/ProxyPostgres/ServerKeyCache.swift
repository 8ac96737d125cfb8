internal import Credentials
internal import Synchronization

/// Keys derived for server accounts, so that PBKDF2 (about 1 ms) runs once per account and salt, and never on a loop.
final class ServerKeyCache: Sendable {
    private struct Key: Hashable {
        var password: [UInt8]
        var salt: [UInt8]
        var iterations: Int
    }

    /// Entries at most; a server whose salt changes with each login must not fill the memory.
    private static let limit = 1024

    private let known = Mutex<[Key: SCRAMKeys]>([:])

    /// The keys of `password`; derived on the concurrent pool when they are not known.
    func keys(_ password: ClearPassword, salt: [UInt8], iterations: Int) async -> SCRAMKeys {
        let key = Key(password: password.bytes, salt: salt, iterations: iterations)
        if let keys = known.withLock({ $0[key] }) { return keys }
        // Detached, because a task that prefers a loop would derive on that loop.
        let derived = await Task.detached {
            SCRAMKeys.derive(password: password, salt: salt, iterations: iterations)
        }.value
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[key] = derived
        }
        return derived
    }
}
