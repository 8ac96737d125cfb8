internal import Configuration
internal import Control
internal import Pooling
internal import Proxy
internal import ProxyPostgres
internal import Sockets
internal import Synchronization

/// What operators have paused. Any thread; pools ask it when they are made.
final class PausedDatabases: Sendable {
    private struct State {
        var isEverything = false
        var places: Set<ServerDatabase> = []
    }

    private let state = Mutex(State())

    var isEverything: Bool { state.withLock { $0.isEverything } }

    func holds(_ place: ServerDatabase) -> Bool {
        state.withLock { $0.isEverything || $0.places.contains(place) }
    }

    /// Nil is everything.
    func insert(_ places: Set<ServerDatabase>?) {
        state.withLock { state in
            if let places { state.places.formUnion(places) } else { state.isEverything = true }
        }
    }

    /// Nil is everything.
    func remove(_ places: Set<ServerDatabase>?) {
        state.withLock { state in
            if let places { state.places.subtract(places) } else { state = State() }
        }
    }
}

/// A database at a server, as one route leads there.
struct ServerDatabase: Hashable, Sendable {
    let backend: String
    let route: String
    let database: String

    init(backend: String, route: String, database: String) {
        self.backend = backend
        self.route = route
        self.database = database
    }

    init(_ pool: PoolKey) { self.init(backend: pool.backend, route: pool.route, database: pool.database) }
}

extension Configuration {
    /// Where clients' name `name` leads, on whatever listener; empty when nowhere.
    func places(of name: String) -> Set<ServerDatabase> {
        Set(listeners.compactMap { listener in route(name, on: listener).map { place(of: name, $0) } })
    }

    /// Where `entry`, found for `name`, leads. Its route is named as it is listed: `*` where no list has the name.
    func place(of name: String, _ entry: Database) -> ServerDatabase {
        let route = databases.contains { $0.name == name } ? name : "*"
        return ServerDatabase(backend: entry.backend, route: route, database: entry.database ?? name)
    }
}

extension ServerControl {
    func pools() async -> [PoolInfo] {
        let routes = parts.pools.routes
        var pools: [PoolInfo] = []
        for pool in parts.pools.pools {
            let route = routes.nearest(pool.key)
            pools.append(
                PoolInfo(
                    key: pool.key, mode: route?.mode ?? .transaction, statistics: await pool.statistics(),
                    settings: route?.pool ?? PoolSettings(), isRetired: routes.route(of: pool.key) == nil))
        }
        return pools
    }

    func servers() async -> [ServerInfo] {
        let now = ProcessSetup.realtimeNs
        let names = Dictionary(
            await sessions().map { ($0.id, $0.applicationName) }, uniquingKeysWith: { first, _ in first })
        return await parts.postgres.serverConnections().map { connection in
            var info = ServerInfo(pool: connection.pool)
            info.id = connection.id
            info.loop = connection.loop
            info.address = connection.address
            info.localAddress = connection.localAddress
            info.pid = connection.processID
            info.state = Self.state(connection.state)
            info.connectedNs = now &- connection.ageNs
            info.requestNs = now &- connection.idleNs
            info.session = connection.session
            info.prepared = connection.prepared
            info.tls = connection.tls
            info.applicationName = names[connection.session] ?? ""
            return info
        }
    }

    private static func state(_ state: ServerConnectionInfo.State) -> ServerInfo.State {
        switch state {
        case .idle: .idle
        case .active: .active
        case .beingCancelled: .beingCanceled
        }
    }

    func pause(database: String?) async throws(ControlError) {
        let places = try await places(of: database)
        paused.insert(places)
        for pool in parts.pools.pools where isPaused(pool) { pool.pause() }
    }

    func resume(database: String?) async throws(ControlError) {
        let places = try await places(of: database)
        paused.remove(places)
        for pool in await pools(at: places) where !isPaused(pool) { pool.resume() }
    }

    func reconnect(database: String?) async throws(ControlError) {
        for pool in await pools(at: try await places(of: database)) { pool.retireAll() }
    }

    private func isPaused(_ pool: any ManagedPool) -> Bool { paused.holds(ServerDatabase(pool.key)) }

    /// Nil is everywhere.
    private func places(of database: String?) async throws(ControlError) -> Set<ServerDatabase>? {
        guard let database else { return nil }
        let places = await sync.configuration.places(of: database)
        guard !places.isEmpty else { throw ControlError(.notFound, "no such database: \(database)") }
        return places
    }

    private func pools(at places: Set<ServerDatabase>?) async -> [any ManagedPool] {
        guard let places else { return parts.pools.pools }
        return parts.pools.pools.filter { places.contains(ServerDatabase($0.key)) }
    }
}
