public import Telemetry

/// Series of one way to a database. Registered with the configuration; counted into each loop's own bank.
public struct RouteMetrics: Sendable {
    public let queriesRead: Counter
    public let queriesWrite: Counter
    public let durationRead: Histogram
    public let durationWrite: Histogram
    public let statementErrors: Counter
    public let transactions: Counter
    public let transactionDuration: Histogram
    public let bytesFromClient: Counter
    public let bytesToClient: Counter
    public let bytesFromServer: Counter
    public let bytesToServer: Counter
    public let poolWait: Histogram
    public let poolTimeouts: Counter
    public let pinned: Gauge
    public let stateRestores: Counter
    public let preparedHits: Counter
    public let preparedMisses: Counter
    public let preparedEvictions: Counter
    public let serversOpened: Counter
    public let connectDuration: Histogram
    public let backendUp: Gauge
    public let notInspected: Counter
    private let pins: [String: Counter]
    private let refusals: [String: Counter]
    public let injectionsBlocked: Counter
    public let injectionsAlerted: Counter
    private let backendErrors: [String: Counter]

    /// Reasons for which a session may keep its server connection.
    public static let pinReasons = [
        "advisory_lock", "cursor", "listen", "opaque", "prepared_statement", "sequence", "taint", "temporary_object",
    ]

    /// Reasons for which the proxy itself refuses a statement.
    public static let refusalReasons = [
        "rate_limit", "transaction_block", "cancelled", "not_granted", "denied", "not_inspected", "injection",
        "unavailable",
    ]

    /// Reasons for which a server connection fails.
    public static let backendErrorReasons = ["connect", "timeout", "rejected", "connection_lost", "protocol"]

    public init(_ registry: MetricsRegistry, protocolName type: String, backend: String, database: String) {
        typealias Names = MetricCatalogue
        func counter(_ family: MetricFamily) -> Counter { registry.counter(family, type, backend, database) }
        queriesRead = registry.counter(Names.totalQueries, type, backend, database, "read")
        queriesWrite = registry.counter(Names.totalQueries, type, backend, database, "write")
        durationRead = registry.histogram(Names.queryDuration, type, backend, database, "read")
        durationWrite = registry.histogram(Names.queryDuration, type, backend, database, "write")
        statementErrors = counter(Names.statementErrors)
        transactions = counter(Names.transactions)
        transactionDuration = registry.histogram(Names.transactionDuration, type, backend, database)
        bytesFromClient = registry.counter(Names.bytes, type, backend, database, "client", "received")
        bytesToClient = registry.counter(Names.bytes, type, backend, database, "client", "sent")
        bytesFromServer = registry.counter(Names.bytes, type, backend, database, "server", "received")
        bytesToServer = registry.counter(Names.bytes, type, backend, database, "server", "sent")
        poolWait = registry.histogram(Names.poolWait, type, backend, database)
        poolTimeouts = counter(Names.poolTimeouts)
        pinned = registry.gauge(Names.pinnedSessions, type, backend, database)
        stateRestores = counter(Names.stateRestores)
        preparedHits = counter(Names.preparedHits)
        preparedMisses = counter(Names.preparedMisses)
        preparedEvictions = counter(Names.preparedEvictions)
        serversOpened = counter(Names.serverConnectionsOpened)
        connectDuration = registry.histogram(Names.connectDuration, type, backend)
        backendUp = registry.gauge(Names.backendUp, type, backend)
        injectionsBlocked = registry.counter(Names.injections, type, backend, database, "blocked")
        injectionsAlerted = registry.counter(Names.injections, type, backend, database, "alerted")
        notInspected = registry.counter(Names.statementsNotInspected, type)
        refusals = Dictionary(
            uniqueKeysWithValues: Self.refusalReasons.map {
                ($0, registry.counter(Names.statementsRefused, type, $0))
            })
        pins = Dictionary(
            uniqueKeysWithValues: Self.pinReasons.map {
                ($0, registry.counter(Names.pins, type, backend, database, $0))
            })
        backendErrors = Dictionary(
            uniqueKeysWithValues: Self.backendErrorReasons.map {
                ($0, registry.counter(Names.backendErrors, type, backend, $0))
            })
    }

    public func refused(_ reason: String) -> Counter { refusals[reason] ?? .discarded }
    public func pin(_ reason: String) -> Counter { pins[reason] ?? .discarded }
    public func backendError(_ reason: String) -> Counter { backendErrors[reason] ?? .discarded }
}

/// Series of one listener.
public struct ListenerMetrics: Sendable {
    public let active: Gauge
    public let accepted: Counter
    public let loginDuration: Histogram
    private let refused: [String: Counter]
    private let failures: [String: Counter]

    /// - Parameters:
    ///   - refusals: reasons for which a connection may be refused.
    ///   - failures: reasons for which a login may fail.
    public init(
        _ registry: MetricsRegistry, protocolName type: String, listener: String, refusals: [String], failures: [String]
    ) {
        active = registry.gauge(MetricCatalogue.activeConnections, type, listener)
        accepted = registry.counter(MetricCatalogue.connections, type, listener)
        loginDuration = registry.histogram(MetricCatalogue.loginDuration, type, listener)
        refused = Dictionary(
            uniqueKeysWithValues: refusals.map {
                ($0, registry.counter(MetricCatalogue.connectionsRefused, type, listener, $0))
            })
        self.failures = Dictionary(
            uniqueKeysWithValues: failures.map {
                ($0, registry.counter(MetricCatalogue.authFailures, type, listener, $0))
            })
    }

    public func refused(_ reason: String) -> Counter { refused[reason] ?? .discarded }
    public func failure(_ reason: String) -> Counter { failures[reason] ?? .discarded }
}

/// Series of TLS handshakes on both hops.
public struct TLSMetrics: Sendable {
    public let clientFailures: Counter
    public let serverFailures: Counter
    private let clients: [String: Counter]
    private let servers: [String: Counter]

    static let versions = ["TLSv1.2", "TLSv1.3"]

    public init(_ registry: MetricsRegistry) {
        clientFailures = registry.counter(MetricCatalogue.tlsFailures, "client")
        serverFailures = registry.counter(MetricCatalogue.tlsFailures, "server")
        func handshakes(_ peer: String) -> [String: Counter] {
            Dictionary(
                uniqueKeysWithValues: Self.versions.map {
                    ($0, registry.counter(MetricCatalogue.tlsHandshakes, peer, $0))
                })
        }
        clients = handshakes("client")
        servers = handshakes("server")
    }

    public func client(version: String) -> Counter { clients[version] ?? .discarded }
    public func server(version: String) -> Counter { servers[version] ?? .discarded }
}
