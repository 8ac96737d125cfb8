import Configuration
import Glibc
import Synchronization
import Telemetry

@testable import Server

/// A directory that is removed with its owner.
final class Scratch: Sendable {
    let path: String
    private static let number = Atomic<Int>(0)

    init() {
        let number = Self.number.wrappingAdd(1, ordering: .relaxed).newValue
        path = "/tmp/articdbm-server-tests-\(getpid())-\(number)"
        mkdir(path, 0o700)
    }

    deinit {
        for name in written.withLock({ $0 }) { unlink(name) }
        rmdir(path)
    }

    private let written = Mutex<[String]>([])

    @discardableResult
    func write(_ name: String, _ text: String) -> String {
        let file = path + "/" + name
        let handle = fopen(file, "w")
        fputs(text, handle)
        fclose(handle)
        written.withLock { $0.append(file) }
        return file
    }
}

extension Configuration {
    /// One listener and one backend, and what `change` makes of them.
    static func sample(_ change: (inout Configuration) -> Void = { _ in }) -> Configuration {
        var configuration = Configuration()
        var listener = Listener()
        listener.name = "pg"
        configuration.listeners = [listener]
        var backend = Backend()
        (backend.name, backend.user, backend.tls.mode) = ("main", "app", .disable)
        configuration.backends = [backend]
        change(&configuration)
        return configuration
    }

    static func database(_ name: String, at real: String? = nil, size: Int = 20) -> Database {
        var database = Database()
        (database.name, database.backend, database.database) = (name, "main", real)
        database.pool.size = size
        return database
    }
}
