internal import Inspection
internal import Pooling
internal import Synchronization

/// What a server reports to clients that begin alike. Sessions share its storage.
final class Welcome: Sendable {
    /// What a session begins with.
    struct Beginning: Sendable {
        var settings: SessionSettings
        var reported: ReportedParameters
    }

    /// By names in lower case.
    private let defaults: [SQLText: SQLText]
    private let reported: ReportedParameters
    private let named = Mutex<[String: Beginning]>([:])

    /// Application names remembered; clients choose them.
    private static let limit = 64

    init(_ reported: ReportedParameters) {
        self.reported = reported
        defaults = Dictionary(
            reported.entries.map { (SQLText($0.name).lowercased, SQLText($0.value)) }, uniquingKeysWith: { $1 })
    }

    /// - Parameters:
    ///   - name: the application's, which is echoed.
    ///   - settings: of the startup packet, the same for everybody who is welcomed so but for that name.
    func begin(application name: String, _ settings: () -> SessionSettings) -> Beginning {
        named.withLock { named in
            if let known = named[name] { return known }
            var own = Beginning(settings: settings(), reported: reported)
            own.settings.learnDefaults(defaults)
            own.reported.set("application_name", name)
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

        /// - Parameter values: of the startup packet, in its order: who says the same in another order is another key.
        init(pool: PoolKey, _ values: [(String, String)]) {
            self.pool = pool
            settings = values.compactMap { $0.lowercased() == "application_name" ? nil : "\($0)=\($1)" }
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
