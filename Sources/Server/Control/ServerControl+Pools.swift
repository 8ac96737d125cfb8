internal import Configuration
internal import Control
internal import Pooling
internal import Proxy
internal import ProxyPostgres
internal import Sockets
internal import Synchronization

/// What operators have paused.
struct PausedDatabases {
    var isEverything = false
    var places: Set<ServerDatabase> = []

    func holds(_ pool: PoolName) -> Bool {
        isEverything || places.contains(ServerDatabase(backend: pool.backend, database: pool.database))
    }
}

/// A database at a server.
struct ServerDatabase: Hashable, Sendable {
    let backend: String
    let database: String
}

extension Configuration {
    /// Where clients' name `name` leads, on whatever listener; empty when nowhere.
    func places(of name: String) -> Set<ServerDatabase> {
        Set(
            listeners.compactMap { listener in
                route(name, on: listener).map { ServerDatabase(backend: $0.backend, database: $0.database ?? name) }
            })
    }
}

extension ServerControl {
    func pools() async -> [PoolInfo] {
        let routes = parts.pools.routes
        var pools: [PoolInfo] = []
        for pool in parts.pools.pools {
            let name = PoolName(pool.key)
            let route = name.flatMap { routes.nearest($0) }
            var key = pool.key
            // Only a pool that is on its way out shows the epoch it belongs to.
            if let name, routes.route(of: name) != nil {
                key = PoolKey(backend: name.backend, database: key.database, identity: key.identity)
            }
            pools.append(
                PoolInfo(
                    key: key, mode: route?.mode ?? .transaction, statistics: await pool.statistics(),
                    settings: route?.pool ?? PoolSettings()))
        }
        return pools
    }

    func servers() async -> [ServerInfo] {
        let now = ProcessSetup.realtimeNs
        let names = Dictionary(
            await sessions().map { ($0.id, $0.applicationName) }, uniquingKeysWith: { first, _ in first })
        return await parts.postgres.serverConnections().map { connection in
            let name = PoolName(connection.pool)
            var info = ServerInfo(
                pool: PoolKey(
                    backend: name?.backend ?? connection.pool.backend, database: connection.pool.database,
                    identity: connection.pool.identity))
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
        paused.withLock { paused in
            if let places { paused.places.formUnion(places) } else { paused.isEverything = true }
        }
        holdPaused()
    }

    func resume(database: String?) async throws(ControlError) {
        let places = try await places(of: database)
        paused.withLock { paused in
            if let places { paused.places.subtract(places) } else { paused = PausedDatabases() }
        }
        for pool in await pools(at: places) where !isPaused(pool) { pool.resume() }
    }

    func reconnect(database: String?) async throws(ControlError) {
        for pool in await pools(at: try await places(of: database)) { pool.retireAll() }
    }

    /// Pauses the pools that are to be; again now and then, for pools made since.
    func holdPaused() {
        for pool in parts.pools.pools where isPaused(pool) { pool.pause() }
    }

    private func isPaused(_ pool: any ManagedPool) -> Bool {
        guard let name = PoolName(pool.key) else { return false }
        return paused.withLock { $0.holds(name) }
    }

    /// Nil is everywhere.
    private func places(of database: String?) async throws(ControlError) -> Set<ServerDatabase>? {
        guard let database else { return nil }
        let places = await sync.configuration.places(of: database)
        guard !places.isEmpty else { throw ControlError(.notFound, "no such database: \(database)") }
        return places
    }

    private func pools(at places: Set<ServerDatabase>?) async -> [any ManagedPool] {
        guard let places else { return parts.pools.pools }
        return parts.pools.pools.filter { pool in
            PoolName(pool.key).map { places.contains(ServerDatabase(backend: $0.backend, database: $0.database)) }
                ?? false
        }
    }
}
