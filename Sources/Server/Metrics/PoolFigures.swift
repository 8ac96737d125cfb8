internal import Glibc
internal import Pooling
internal import Proxy
internal import ProxyPostgres
internal import Synchronization
internal import Telemetry

/// The pools' figures for a scrape, added up by backend and configured database name: names at the server may come from
/// clients and are no labels.
final class PoolFigures: Sendable {
    struct Label: Hashable {
        let backend: String
        let database: String

        init(backend: String, database: String) {
            self.backend = backend
            self.database = database
        }

        init(_ key: PoolKey) { self.init(backend: key.backend, database: key.route) }
    }

    /// How long a scrape waits for the loops.
    private static let patienceNs = 250_000_000

    private let keeper: PoolKeeper
    private let figures = Mutex<[Label: PoolStatistics]>([:])

    init(keeper: PoolKeeper) { self.keeper = keeper }

    /// Series for a route.
    func register(_ route: Label, type: String, in registry: MetricsRegistry) {
        typealias Names = MetricCatalogue
        func gauge(_ family: MetricFamily, _ state: String, _ field: @escaping @Sendable (PoolStatistics) -> Int) {
            registry.observe(family, type, route.backend, route.database, state) { [weak self] in
                .integer(Int64(self?.read(route, field) ?? 0))
            }
        }
        gauge(Names.poolClients, "active") { $0.clActive }
        gauge(Names.poolClients, "waiting") { $0.clWaiting }
        gauge(Names.poolServers, "active") { $0.svActive }
        gauge(Names.poolServers, "idle") { $0.svIdle }
        gauge(Names.poolServers, "login") { $0.svLogin }
        gauge(Names.poolServers, "testing") { $0.svTested }
        registry.observe(Names.poolSteals, type, route.backend, route.database) { [weak self] in
            .integer(Int64(clamping: self?.read(route) { $0.handedOver } ?? 0))
        }
        for reason in CloseReason.allCases {
            gauge(Names.serverConnectionsClosed, "\(reason)") { Int(clamping: $0.closed[reason.rawValue]) }
        }
    }

    private func read<Value: Sendable>(_ label: Label, _ field: (PoolStatistics) -> Value) -> Value? {
        figures.withLock { $0[label] }.map(field)
    }

    /// Asks the loops, and blocks the calling thread meanwhile: for the scraping thread only.
    func refresh() {
        let done = Semaphore()
        Task.detached {
            await self.update()
            done.post()
        }
        done.wait(nanoseconds: Self.patienceNs)
    }

    private func update() async {
        let sums = await current()
        figures.withLock { $0 = sums }
    }

    /// Asked of the loops just now.
    func current() async -> [Label: PoolStatistics] {
        let routes = keeper.routes
        var sums = keeper.departed
        for pool in keeper.pools where routes.nearest(pool.key) != nil {
            sums[Label(pool.key), default: PoolStatistics()] += await pool.statistics()
        }
        return sums
    }
}

/// A POSIX semaphore: lets a thread wait for a task, with a limit. `@unchecked Sendable`: the kernel's object is made for it.
final class Semaphore: @unchecked Sendable {
    private let storage = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(storage, 0, 0) }

    deinit {
        sem_destroy(storage)
        storage.deallocate()
    }

    func post() { sem_post(storage) }

    func wait(nanoseconds: Int) {
        var until = timespec()
        clock_gettime(CLOCK_REALTIME, &until)
        until.tv_nsec += nanoseconds
        until.tv_sec += until.tv_nsec / 1_000_000_000
        until.tv_nsec %= 1_000_000_000
        while sem_timedwait(storage, &until) != 0, errno == EINTR {}
    }
}
