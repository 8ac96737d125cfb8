internal import Inspection
internal import Pooling
internal import Synchronization

/// What a server reports to clients that begin alike. Sessions share its storage.
final class Welcome: Sendable {
    /// By names in lower case.
    let defaults: [SQLText: SQLText]
    private let reported: ReportedParameters
    private let named = Mutex<[String: ReportedParameters]>([:])

    /// Application names remembered; clients choose them.
    private static let limit = 64

    init(_ reported: ReportedParameters) {
        self.reported = reported
        defaults = Dictionary(
            reported.entries.map { (SQLText($0.name).lowercased, SQLText($0.value)) }, uniquingKeysWith: { $1 })
    }

    /// With the application's name, which is echoed.
    func reported(application name: String) -> ReportedParameters {
        named.withLock { named in
            if let known = named[name] { return known }
            var own = reported
            own.set("application_name", name)
            if named.count < Self.limit { named[name] = own }
            return own
        }
    }
}

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

    /// Entries at most; each is some thousand bytes, and clients choose the settings.
    private static let limit = 1024

    private let known = Mutex<[Key: Welcome]>([:])

    func find(_ key: Key) -> Welcome? { known.withLock { $0[key] } }

    func remember(_ welcome: Welcome, for key: Key) {
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[key] = welcome
        }
    }
}
