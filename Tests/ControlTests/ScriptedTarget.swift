import Pooling
import Proxy
import Synchronization

@testable import Control

/// A proxy that answers what a test put into it, and notes what it was told.
final class ScriptedTarget: ControlTarget {
    struct State {
        var status = ProxyStatus()
        var pools: [PoolInfo] = []
        var sessions: [SessionInfo] = []
        var servers: [ServerInfo] = []
        var databases: [DatabaseInfo] = []
        var users: [UserInfo] = []
        var totals: [DatabaseTotals] = []
        var digests: [DigestInfo] = []
        var configuration: [ConfigurationEntry] = []
        var memory: [MemoryInfo] = []
        var reload: Result<[String], ControlError> = .success([])
        /// Calls in order.
        var told: [String] = []
    }

    let state = Mutex(State())

    init(_ change: (inout State) -> Void = { _ in }) {
        state.withLock { state in
            state.status.version = "v9"
            state.status.loops = [.init(index: 0, sessions: 2)]
            state.status.listeners = [.init(name: "pg", address: "127.0.0.1:6432", protocolName: "postgresql")]
            state.databases = [DatabaseInfo(name: "app", backend: "main")]
            change(&state)
        }
    }

    var told: [String] { state.withLock { $0.told } }

    private func note(_ call: String) { state.withLock { $0.told.append(call) } }

    private func check(_ database: String?) throws(ControlError) {
        guard let database else { return }
        let isKnown = state.withLock { $0.databases.contains { $0.name == database } }
        guard isKnown else { throw .noDatabase(database) }
    }

    func status() async -> ProxyStatus { state.withLock { $0.status } }
    func pools() async -> [PoolInfo] { state.withLock { $0.pools } }
    func sessions() async -> [SessionInfo] { state.withLock { $0.sessions } }
    func servers() async -> [ServerInfo] { state.withLock { $0.servers } }
    func databases() async -> [DatabaseInfo] { state.withLock { $0.databases } }
    func users() async -> [UserInfo] { state.withLock { $0.users } }
    func totals() async -> [DatabaseTotals] { state.withLock { $0.totals } }
    func digests() async -> [DigestInfo] { state.withLock { $0.digests } }
    func resetDigests() async { note("reset digests") }
    func configuration() async -> [ConfigurationEntry] { state.withLock { $0.configuration } }
    func memory() async -> [MemoryInfo] { state.withLock { $0.memory } }

    func pause(database: String?) async throws(ControlError) {
        try check(database)
        note("pause \(database ?? "all")")
    }

    func resume(database: String?) async throws(ControlError) {
        try check(database)
        note("resume \(database ?? "all")")
    }

    func reconnect(database: String?) async throws(ControlError) {
        try check(database)
        note("reconnect \(database ?? "all")")
    }

    func kill(session: UInt64) async -> Bool {
        note("kill \(session)")
        return state.withLock { $0.sessions.contains { $0.id == session } }
    }

    func kill(database: String?) async throws(ControlError) -> Int {
        try check(database)
        note("kill database \(database ?? "all")")
        return 3
    }

    func drain() async { note("drain") }

    func reload() async throws(ControlError) -> [String] {
        note("reload")
        return try state.withLock { $0.reload }.get()
    }

    func shutdown(immediate: Bool) async { note(immediate ? "shutdown now" : "shutdown") }
}

extension SessionInfo {
    static func example(id: UInt64 = 7) -> SessionInfo {
        var session = SessionInfo()
        session.id = id
        session.listener = "pg"
        session.user = "alice"
        session.database = "app"
        session.backend = "main"
        session.client = "[::1]:5000"
        session.state = .pinned
        session.pins = ["temporary_object: CREATE TEMP TABLE t (x int)"]
        session.applicationName = "psql"
        session.connectedNs = 1_700_000_000_000_000_000
        session.waitNs = 2_500_000_000
        session.prepared = 4
        return session
    }
}

extension ServerInfo {
    static func example(id: UInt64 = 3, session: UInt64 = 7) -> ServerInfo {
        var server = ServerInfo(pool: PoolKey(backend: "main", epoch: 1, route: "*", database: "app", identity: "svc"))
        server.id = id
        server.address = "10.0.0.1:5432"
        server.localAddress = "10.0.0.2:40000"
        server.pid = 4242
        server.state = session == 0 ? .idle : .active
        server.session = session
        server.connectedNs = 1_700_000_000_000_000_000
        return server
    }
}
