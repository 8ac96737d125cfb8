internal import Pooling
internal import Synchronization

/// What servers report to clients with given startup settings, so that a login needs no server connection once another
/// like it has been seen. Any thread; asked at login only.
final class WelcomeCache: Sendable {
    struct Key: Hashable {
        var pool: PoolKey
        /// As `name=value`, without the application's name, which is echoed.
        var settings: [String]

        init(pool: PoolKey, settings: [String]) {
            self.pool = pool
            self.settings = settings.filter { !$0.hasPrefix("application_name=") }
        }
    }

    /// Entries at most; each is some hundred bytes, and clients choose the settings.
    private static let limit = 1024

    private let known = Mutex<[Key: ReportedParameters]>([:])

    func find(_ key: Key) -> ReportedParameters? { known.withLock { $0[key] } }

    func remember(_ parameters: ReportedParameters, for key: Key) {
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[key] = parameters
        }
    }
}
