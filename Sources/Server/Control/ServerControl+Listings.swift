internal import Configuration
internal import Control
internal import Identity
internal import Pooling
internal import Proxy
internal import ProxyPostgres
internal import Sockets
internal import Synchronization
internal import Telemetry

extension ServerControl {
    // MARK: Databases

    func databases() async -> [DatabaseInfo] {
        let configuration = await sync.configuration
        let sessions = await sessions()
        let listed = configuration.databases.map(\.name)
        var names = listed
        if !listed.contains("*"), !configuration.places(of: "*").isEmpty { names.append("*") }
        names += Set(sessions.map(\.database)).subtracting(names).sorted()
        return names.compactMap { name in info(name, configuration, sessions) }
    }

    private func info(
        _ name: String, _ configuration: Configuration, _ sessions: [SessionInfo]
    ) -> DatabaseInfo? {
        let entry = configuration.listeners.lazy.compactMap { configuration.route(name, on: $0) }.first
        guard let entry, let backend = configuration.backend(named: entry.backend) else { return nil }
        var info = DatabaseInfo(name: name, backend: backend.name)
        switch backend.address {
        case .tcp(let host, let port): (info.host, info.port) = (host, port)
        case .unix(let path): info.host = path
        }
        info.database = name == "*" ? nil : entry.database
        info.sharedUser = backend.user
        info.mode = PoolMode(entry.pool.mode)
        (info.poolSize, info.minPoolSize, info.reserve) = (entry.pool.size, entry.pool.min, entry.pool.reserve)
        info.lifetimeNs = entry.pool.lifetime.nanoseconds
        info.sessions = sessions.count { $0.database == name }
        let place = configuration.place(of: name, entry)
        info.serverConnections = parts.pools.pools.reduce(0) { sum, pool in
            ServerDatabase(pool.key) == place ? sum + pool.openConnections : sum
        }
        info.isPaused = paused.holds(place)
        return info
    }

    func totals() async -> [DatabaseTotals] {
        let figures = await parts.figures.current()
        var totals: [String: DatabaseTotals] = [:]
        for route in parts.pools.routes.all {
            let name = route.name
            var sum = totals[name] ?? DatabaseTotals(name: name)
            let metrics = route.metrics
            sum.transactions &+= parts.metrics.value(metrics.transactions)
            sum.queries &+= parts.metrics.value(metrics.queriesRead) &+ parts.metrics.value(metrics.queriesWrite)
            sum.queryTimeNs &+= parts.metrics.sum(metrics.durationRead) &+ parts.metrics.sum(metrics.durationWrite)
            sum.transactionTimeNs &+= parts.metrics.sum(metrics.transactionDuration)
            sum.received &+= parts.metrics.value(metrics.bytesFromClient)
            sum.sent &+= parts.metrics.value(metrics.bytesToClient)
            sum.serverParses &+= parts.metrics.value(metrics.preparedMisses)
            if let pool = figures[PoolFigures.Label(backend: route.backend.name, database: name)] {
                sum.assignments &+= pool.leases
                sum.waitTimeNs &+= pool.waitTime
            }
            totals[name] = sum
        }
        return totals.values.sorted { $0.name < $1.name }
    }

    func digests() async -> [DigestInfo] {
        var lists: [[DigestInfo]] = []
        for runtime in parts.runtimes { lists.append(await runtime.loop.run { runtime.digests.all }) }
        return DigestInfo.merged(lists)
    }

    func resetDigests() async {
        for runtime in parts.runtimes { await runtime.loop.run { runtime.digests.reset() } }
    }

    // MARK: Users

    func users() async -> [UserInfo] {
        let configuration = await sync.configuration
        let sessions = await sessions()
        var users = configuration.users.map { user in
            var info = UserInfo(name: user.name)
            info.mode = user.poolMode.map { PoolMode($0) }
            info.databases = user.databases
            info.requiresTLS = user.requireTLS
            info.maxSessions = user.maxConnections
            return info
        }
        let known = Set(users.map(\.name))
        users += Set(sessions.map(\.user)).subtracting(known).sorted().map { UserInfo(name: $0) }
        for index in users.indices {
            let own = sessions.filter { $0.user == users[index].name }
            users[index].sessions = own.count
            users[index].serverConnections = own.count { $0.serverPID != 0 }
        }
        return users
    }

    // MARK: Process

    /// Every setting in force; secrets are masked.
    func configuration() async -> [ConfigurationEntry] {
        let current = await sync.configuration
        return current.entries.map { entry in
            ConfigurationEntry(
                key: entry.path, value: entry.after == "none" ? nil : entry.after,
                defaultValue: entry.before == "none" ? nil : entry.before,
                isChangeable: !RestartSettings.needsRestart(entry, from: current, to: current))
        }
    }

    func memory() async -> [MemoryInfo] {
        var rows: [MemoryInfo] = []
        let size = UInt64(BufferPool.bufferSize)
        for runtime in parts.runtimes {
            let lent = await runtime.loop.run { UInt64(runtime.loop.buffers.lent) }
            rows.append(
                MemoryInfo(
                    name: "stream_buffers loop \(runtime.loop.index)", size: size, used: lent, free: 0,
                    total: lent &* size))
        }
        let resident = UInt64(clamping: ProcessMetrics.memory().resident)
        rows.append(MemoryInfo(name: "resident", size: 0, used: resident, free: 0, total: resident))
        return rows
    }
}
