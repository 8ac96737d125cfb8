internal import Configuration
internal import Credentials
internal import Identity
internal import Policy
internal import Pooling
internal import Proxy
internal import ProxyPostgres
internal import Sockets
internal import Telemetry

/// Makes snapshots of configurations, and remembers from one to the next what may stay. Confined to `ConfigurationSync`.
///
/// Blocks on the disk, so never on a loop.
struct SnapshotBuilder {
    /// What of a backend makes connections opened under it wrong when it changes.
    private struct BackendIdentity: Equatable {
        let address: Endpoint
        let tlsMode: Configuration.TLSMode
        let tls: TLSContext?
        let tlsName: String
        let user: String?
        let password: Secret?
        let connectTimeout: Duration

        static func == (a: Self, b: Self) -> Bool {
            a.address == b.address && a.tlsMode == b.tlsMode && a.tls === b.tls && a.tlsName == b.tlsName
                && a.user == b.user && a.password == b.password && a.connectTimeout == b.connectTimeout
        }
    }

    struct Built: Sendable {
        let snapshot: ProxySnapshot
        let routes: RouteTable
        /// Of all routes, each once.
        let labels: [(label: PoolFigures.Label, type: String)]
    }

    private struct KnownBackend {
        var identity: BackendIdentity
        var epoch: UInt64
    }

    private let metrics: MetricsRegistry
    private let randomSecret = SecureRandom.bytes(32)
    private var contexts = TLSContextCache()
    private var known: [String: KnownBackend] = [:]
    private var epoch: UInt64 = 0
    /// Policies made so far: each has a number of its own.
    private var policies: UInt64 = 0

    init(metrics: MetricsRegistry) { self.metrics = metrics }

    /// - Throws: `StartError`; the builder is then as before.
    mutating func build(_ configuration: Configuration) throws(StartError) -> Built {
        var draft = self
        let built = try draft.make(configuration)
        draft.contexts.dropUnused()
        self = draft
        return built
    }

    private mutating func make(_ configuration: Configuration) throws(StartError) -> Built {
        epoch += 1
        var backends: [String: BackendTarget] = [:]
        for backend in configuration.backends {
            backends[backend.name] = try target(backend, configuration.timeouts)
        }
        var listeners: [String: ListenerRules] = [:]
        for listener in configuration.listeners { listeners[listener.name] = try rules(listener, configuration) }
        let routes = routes(configuration, backends)
        let snapshot = ProxySnapshot(
            epoch: epoch, identity: try identity(configuration), timeouts: configuration.timeouts.sessions,
            listeners: listeners, userModes: userModes(configuration), routes: routes)
        let all = routes.values.flatMap(\.values)
        let types = Dictionary(configuration.backends.map { ($0.name, $0.protocol.rawValue) }) { first, _ in first }
        let labels = Set(all.map { PoolFigures.Label(backend: $0.backend.name, database: $0.name) })
        return Built(
            snapshot: snapshot, routes: RouteTable(all), labels: labels.map { ($0, types[$0.backend] ?? "") })
    }

    // MARK: Users

    private mutating func identity(_ configuration: Configuration) throws(StartError) -> IdentitySnapshot {
        var users: [UserRecord] = []
        for user in configuration.users {
            policies += 1
            users.append(
                try UserRecord(user, access: AccessPolicy(user, configuration.groups, number: policies)))
        }
        let secret = configuration.authentication.secret.map { Array($0.reveal().utf8) } ?? randomSecret
        return IdentitySnapshot(
            epoch: epoch, users: users, secret: secret, iterations: configuration.authentication.scramIterations)
    }

    private func userModes(_ configuration: Configuration) -> [String: PoolMode] {
        let modes = configuration.users.compactMap { user in user.poolMode.map { (user.name, PoolMode($0)) } }
        return Dictionary(modes, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Backends

    private mutating func target(
        _ backend: Configuration.Backend, _ timeouts: Configuration.Timeouts
    ) throws(StartError) -> BackendTarget {
        var context: TLSContext?
        if let settings = backend.tlsSettings {
            context = try contexts.context(.client(settings), for: "backend \"\(backend.name)\"")
        }
        let identity = BackendIdentity(
            address: backend.address, tlsMode: backend.tls.mode, tls: context, tlsName: backend.tlsName,
            user: backend.user, password: backend.password, connectTimeout: timeouts.connect)
        var entry = known[backend.name] ?? KnownBackend(identity: identity, epoch: 1)
        if entry.identity != identity { entry = KnownBackend(identity: identity, epoch: entry.epoch + 1) }
        known[backend.name] = entry
        let (host, port): (String, UInt16?) =
            switch backend.address {
            case .tcp(let host, let port): (host, port)
            case .unix(let path): (path, nil)
            }
        return BackendTarget(
            name: backend.name, host: host, port: port, tlsMode: context == nil ? .disable : .init(backend.tls.mode),
            tls: context, tlsName: backend.tlsName, user: backend.user,
            password: backend.password.map { ClearPassword($0.reveal()) }, authQuery: AuthQuery(backend.authQuery),
            connectTimeoutNs: timeouts.connectNs, epoch: entry.epoch, socketOptions: SocketOptions(),
            maxConnections: backend.maxConnections)
    }

    // MARK: Listeners

    private mutating func rules(
        _ listener: Configuration.Listener, _ configuration: Configuration
    ) throws(StartError) -> ListenerRules {
        guard let address = listener.listen.socketAddress else {
            throw StartError("listener \"\(listener.name)\": \(listener.listen) is no address")
        }
        var context: TLSContext?
        if let settings = listener.tlsSettings {
            context = try contexts.context(.server(settings), for: "listener \"\(listener.name)\"")
        }
        let refusals = Refusal.allCases.map(\.rawValue)
        return ListenerRules(
            name: listener.name, address: address, authentication: .init(listener),
            tlsMode: .init(listener.tls.mode), tls: context, allowsDirectTLS: listener.tls.direct,
            proxySources: listener.proxyProtocol.sources, allowsMD5: listener.methods.md5,
            allowsPassword: listener.methods.password, allowsCertificate: listener.methods.certificate,
            allowsReplication: listener.replication, maxConnections: listener.maxConnections,
            startupLimit: configuration.limits.startupBytes,
            metrics: ListenerMetrics(
                metrics, protocolName: listener.protocol.rawValue, listener: listener.name,
                refusals: Set(PostgresService.refusalReasons).union(refusals).sorted(), failures: refusals))
    }

    // MARK: Routes

    private func routes(
        _ configuration: Configuration, _ backends: [String: BackendTarget]
    ) -> [String: [String: DatabaseRoute]] {
        var routes: [String: [String: DatabaseRoute]] = [:]
        for listener in configuration.listeners {
            var table: [String: DatabaseRoute] = [:]
            for database in configuration.databases {
                guard let backend = configuration.backend(named: database.backend),
                    backend.protocol == listener.protocol, let target = backends[backend.name]
                else { continue }
                table[database.name] = route(database, target, backend, listener, configuration)
            }
            if table["*"] == nil, let backend = configuration.defaultBackend(of: listener),
                let target = backends[backend.name]
            {
                var database = Configuration.Database()
                (database.name, database.backend, database.pool) = ("*", backend.name, backend.pool)
                table["*"] = route(database, target, backend, listener, configuration)
            }
            routes[listener.name] = table
        }
        return routes
    }

    private func route(
        _ database: Configuration.Database, _ target: BackendTarget, _ backend: Configuration.Backend,
        _ listener: Configuration.Listener, _ configuration: Configuration
    ) -> DatabaseRoute {
        DatabaseRoute(
            name: database.name, backend: target,
            database: database.database ?? (database.name == "*" ? nil : database.name),
            mode: PoolMode(database.pool.mode),
            pool: database.pool.settings(queue: configuration.timeouts.queue), prepared: database.pool.prepared,
            injection: InjectionRule(
                configuration.security, database.security.injection ?? listener.security.injection),
            metrics: RouteMetrics(
                metrics, protocolName: backend.protocol.rawValue, backend: backend.name, database: database.name))
    }
}

extension ListenerRules.Authentication {
    init(_ listener: Configuration.Listener) {
        self =
            switch (listener.auth, listener.passthrough) {
            case (.managed, _): .managed
            case (.passthrough, .verifiers): .passthrough
            case (.passthrough, .relay): .relay
            }
    }
}

extension AuthQuery {
    init(_ query: Configuration.Backend.AuthQuery) {
        self.init(
            user: query.user, password: query.password.map { ClearPassword($0.reveal()) }, database: query.database,
            text: query.query)
    }
}

extension Configuration.Timeouts {
    /// Time to connect, which the loops add to their clock; off is so long that nobody lives to see it.
    var connectNs: UInt64 { connect == .zero ? .max / 4 : connect.nanoseconds }
}
