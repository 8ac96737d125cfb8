internal import Logging
internal import Pooling
internal import Proxy
internal import ProxyPostgres
internal import Sockets
internal import Synchronization

/// Routes by what they lead to.
struct RouteTable: Sendable {
    /// By backend and name.
    private var routes: [String: [String: DatabaseRoute]] = [:]

    /// Each route once, though several listeners may have it.
    var all: [DatabaseRoute] { routes.values.flatMap(\.values) }

    init(_ routes: [DatabaseRoute]) {
        for route in routes { self.routes[route.backend.name, default: [:]][route.name] = route }
    }

    /// The route a pool belongs to; nil when no route leads there any more.
    func route(of pool: PoolKey) -> DatabaseRoute? {
        guard let route = nearest(pool), route.backend.epoch == pool.epoch,
            route.database ?? pool.database == pool.database
        else { return nil }
        return route
    }

    /// The same for figures, which a pool keeps giving while it is retired.
    func nearest(_ pool: PoolKey) -> DatabaseRoute? { routes[pool.backend]?[pool.route] }
}

/// Brings the pools in line with the routes of a reload.
///
/// A pool that no route leads to any more retires its connections at once, and stays for as long as sessions of its time
/// do: they keep what they were given at login.
final class PoolKeeper: Sendable {
    private struct State {
        var routes = RouteTable([])
        /// Pools without a route, with the moment when they lost it (realtime, ns).
        var stale: [PoolKey: UInt64] = [:]
        /// Counters of pools that are gone; a counter must not go back.
        var departed: [PoolFigures.Label: PoolStatistics] = [:]
    }

    private let service: PostgresService
    private let runtimes: [LoopRuntime]
    private let state = Mutex(State())

    init(service: PostgresService, runtimes: [LoopRuntime]) {
        self.service = service
        self.runtimes = runtimes
    }

    var routes: RouteTable { state.withLock { $0.routes } }
    var pools: [any ManagedPool] { service.managedPools }
    var departed: [PoolFigures.Label: PoolStatistics] { state.withLock { $0.departed } }

    func apply(_ routes: RouteTable) {
        state.withLock { $0.routes = routes }
        for pool in service.managedPools {
            if let route = routes.route(of: pool.key) {
                service.reconfigure(pool.key, route)
                _ = state.withLock { $0.stale.removeValue(forKey: pool.key) }
            } else {
                retire(pool)
            }
        }
    }

    private func retire(_ pool: any ManagedPool) {
        let isNew = state.withLock { state in
            guard state.stale[pool.key] == nil else { return false }
            state.stale[pool.key] = ProcessSetup.realtimeNs
            return true
        }
        if isNew { pool.retireAll() }
    }

    /// Removes the retired pools that no session can use any more. To be called now and then.
    func sweep() async {
        let stale = state.withLock { $0.stale }
        guard !stale.isEmpty else { return }
        var oldest: [String: UInt64] = [:]
        for runtime in runtimes {
            let sessions = await runtime.loop.run {
                runtime.sessions.all.map { ($0.info.backend, $0.info.connectedNs) }
            }
            for (backend, connected) in sessions { oldest[backend] = min(oldest[backend] ?? .max, connected) }
        }
        for (key, since) in stale {
            guard oldest[key.backend] ?? .max > since else { continue }
            if let pool = service.managedPools.first(where: { $0.key == key }) {
                let counters = await pool.statistics().counters
                state.withLock { $0.departed[PoolFigures.Label(key), default: PoolStatistics()] += counters }
            }
            service.removePool(key)
            _ = state.withLock { $0.stale.removeValue(forKey: key) }
        }
    }

    /// Closes every server connection with its protocol's goodbye; waits a moment for that.
    func shutDown() async {
        for pool in service.managedPools { pool.shutDown() }
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(1))
        while !service.arePoolsDrained, clock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(5))) != nil else { return }
        }
    }
}

extension PoolStatistics {
    /// Without what is of the moment.
    fileprivate var counters: PoolStatistics {
        var counters = self
        (counters.clActive, counters.clWaiting, counters.svActive, counters.svIdle) = (0, 0, 0, 0)
        (counters.svUsed, counters.svTested, counters.svLogin, counters.maxWait) = (0, 0, 0, 0)
        (counters.isPaused, counters.isDraining) = (false, false)
        return counters
    }
}
