internal import Core
internal import Yams

/// The variables that stand in for settings the file doesn't have.
struct EnvironmentName: Sendable {
    let name: String
    /// What of the file it stands in for.
    let setting: String
    let doc: String
}

enum EnvironmentNames {
    static let all: [EnvironmentName] = [
        EnvironmentName(
            name: "POSTGRESQL_ENABLED", setting: "listeners[]",
            doc: "`false`: the other POSTGRESQL names make no listener."),
        EnvironmentName(
            name: "POSTGRESQL_PORT", setting: "listeners[].listen",
            doc:
                "A listener `postgresql` on this port of every interface, if the file has no listeners. Without it, and"
                + " with POSTGRESQL_BACKENDS set, 5432."),
        EnvironmentName(
            name: "POSTGRESQL_BACKENDS", setting: "backends[]",
            doc:
                "JSON array of `{host, port, type, tls, user, password, database}`, if the file has no backends; `type` is"
                + " `primary` or `replica` (also `write`, `read`), `tls` true or a mode."),
        EnvironmentName(name: "TLS_ENABLED", setting: "listeners[].tls.mode", doc: "`true`: mode `allow`."),
        EnvironmentName(
            name: "TLS_CERT", setting: "listeners[].tls.certificate", doc: "For listeners without a section `tls`."),
        EnvironmentName(name: "TLS_KEY", setting: "listeners[].tls.key", doc: "For listeners without a section `tls`."),
        EnvironmentName(name: "METRICS_PORT", setting: "metrics.listen", doc: "Port, on every interface."),
        EnvironmentName(name: "MAX_CONNECTIONS", setting: "limits.max_connections", doc: "A count."),
        EnvironmentName(name: "CONNECTION_TIMEOUT", setting: "timeouts.connect", doc: "Seconds, or with a unit."),
        EnvironmentName(name: "QUERY_TIMEOUT", setting: "timeouts.query", doc: "Seconds, or with a unit."),
    ]

    /// Variables for protocols that are not built yet: worth a word, not an error.
    private static let later = ["MYSQL_BACKENDS", "MSSQL_BACKENDS", "MONGODB_BACKENDS", "REDIS_BACKENDS"]

    static func apply(to configuration: inout Configuration, _ context: DecodingContext) {
        let variables = Variables(context)
        if !context.isPresent("limits.max_connections") {
            variables.take("MAX_CONNECTIONS", &configuration.limits.maxConnections, .count(0...1_000_000))
        }
        let timeout = SettingType<Duration>.duration(.milliseconds(10)...(.seconds(30 * 86_400)), zero: "off")
        if !context.isPresent("timeouts.connect") {
            variables.take("CONNECTION_TIMEOUT", &configuration.timeouts.connect, timeout)
        }
        if !context.isPresent("timeouts.query") {
            variables.take("QUERY_TIMEOUT", &configuration.timeouts.query, timeout)
        }
        if !context.isPresent("metrics.listen"), let port = variables.port("METRICS_PORT") {
            configuration.metrics.listen = .tcp(host: "::", port: port)
        }
        applyPostgreSQL(to: &configuration, variables, context)
        applyTLS(to: &configuration, variables, context)
        for name in later where context.environment[name] != nil {
            variables.report(name, "is not available in this version and ignored", .warning)
        }
    }

    private static func applyPostgreSQL(
        to configuration: inout Configuration, _ variables: Variables, _ context: DecodingContext,
    ) {
        var enabled = true
        variables.take("POSTGRESQL_ENABLED", &enabled, .bool)
        guard enabled else { return }
        if !context.isPresent("backends") {
            configuration.backends = variables.backends("POSTGRESQL_BACKENDS", &configuration.databases)
        }
        let port = variables.port("POSTGRESQL_PORT")
        guard !context.isPresent("listeners"), port != nil || !configuration.backends.isEmpty else { return }
        guard port != nil || context.environment["POSTGRESQL_BACKENDS"] != nil else { return }
        var listener = Configuration.Listener()
        listener.name = "postgresql"
        listener.listen = .tcp(host: "::", port: port ?? 5432)
        listener.auth = configuration.users.isEmpty ? .passthrough : .managed
        configuration.listeners = [listener]
    }

    private static func applyTLS(
        to configuration: inout Configuration, _ variables: Variables, _ context: DecodingContext,
    ) {
        var enabled = false
        variables.take("TLS_ENABLED", &enabled, .bool)
        guard enabled else { return }
        for index in configuration.listeners.indices where !context.isPresent("listeners[\(index)].tls") {
            if case .unix = configuration.listeners[index].listen { continue }
            configuration.listeners[index].tls.mode = .allow
            configuration.listeners[index].tls.certificate = context.environment["TLS_CERT"].map(context.resolve)
            configuration.listeners[index].tls.key = context.environment["TLS_KEY"].map(context.resolve)
        }
    }
}

/// Decodes variables by the types of the settings; problems name the variable.
private struct Variables {
    let context: DecodingContext

    init(_ context: DecodingContext) {
        self.context = context
    }

    func report(_ name: String, _ message: String, _ severity: ConfigurationProblem.Severity = .error) {
        context.append(
            ConfigurationProblem(
                severity: severity, file: "environment", line: nil, column: nil, path: name, message: message))
    }

    /// Leaves `value` alone when the variable is absent, empty or wrong.
    func take<Value>(_ name: String, _ value: inout Value, _ type: SettingType<Value>) {
        guard let text = context.environment[name], !text.isEmpty else { return }
        decode(name, Node(text, .implicit, .plain), &value, type)
    }

    private func decode<Value>(_ name: String, _ node: Node, _ value: inout Value, _ type: SettingType<Value>) {
        let inner = DecodingContext(
            file: "environment", directory: "", environment: [:], expandsReferences: false)
        inner.enter(name, at: node) { type.decode(node, &value, inner) }
        for var problem in inner.problems {
            (problem.line, problem.column) = (nil, nil)
            context.append(problem)
        }
    }

    func port(_ name: String) -> UInt16? {
        var port = 0
        take(name, &port, .count(1...65_535))
        return port == 0 ? nil : UInt16(port)
    }

    /// JSON is YAML: the list goes through the same decoder as the file.
    func backends(_ name: String, _ databases: inout [Configuration.Database]) -> [Configuration.Backend] {
        guard let text = context.environment[name], !text.isEmpty else { return [] }
        guard let node = try? Yams.compose(yaml: text), case .sequence = node else {
            report(name, "isn't a JSON array of objects with host, port, type, tls, user, password, database")
            return []
        }
        var entries: [EnvironmentBackend] = []
        let type = listType(of: EnvironmentBackend.settings, fresh: .init(), key: "name", \.name)
        decode(name, node, &entries, type)
        if entries.contains(where: { $0.weight != 1 }) {
            report(name, "weights are not available in this version and ignored", .warning)
        }
        var result: [Configuration.Backend] = []
        for (index, entry) in entries.enumerated() {
            let backend = entry.backend(named: index == 0 ? "postgresql" : "postgresql-\(index + 1)")
            result.append(backend)
            guard let database = entry.database else { continue }
            var item = Configuration.Database()
            (item.name, item.backend, item.pool) = (database, backend.name, backend.pool)
            if !context.isPresent("databases"), !databases.contains(where: { $0.name == database }) {
                databases.append(item)
            }
        }
        return result
    }
}

/// An element of POSTGRESQL_BACKENDS.
struct EnvironmentBackend: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case primary, replica, write, read, master, slave
    }

    /// Never in the text: elements have no name of their own.
    var name = ""
    var host = ""
    var port = 5432
    var type = Kind.primary
    var weight = 1.0
    var tls = Configuration.TLSMode.disable
    var user: String?
    var password: Secret?
    var database: String?

    static let settings: [Setting<Self>] = [
        Setting("host", \.host, .host, "Host name or address.", required: true),
        Setting("port", \.port, .count(1...65_535), "Port."),
        Setting("type", \.type, .word(), "Role."),
        Setting("weight", \.weight, .number(0...1_000_000, zero: "none"), "Share of the traffic."),
        Setting("tls", \.tls, .switchOrMode, "Whether, or how, to use TLS."),
        Setting("user", \.user, .optional(.text(1...63), fresh: ""), "Account."),
        Setting("password", \.password, .secret, "Its password."),
        Setting("database", \.database, .optional(.text(1...63), fresh: ""), "The database it serves."),
    ]

    func backend(named name: String) -> Configuration.Backend {
        var backend = Configuration.Backend()
        backend.name = name
        backend.address = .tcp(host: host, port: UInt16(port))
        backend.role = [.replica, .read, .slave].contains(type) ? .replica : .primary
        backend.user = user
        backend.password = password
        backend.tls.mode = tls
        return backend
    }
}

extension SettingType<Configuration.TLSMode> {
    /// `true` is `require`, `false` is `disable`.
    fileprivate static var switchOrMode: SettingType {
        let words = Configuration.TLSMode.allCases.map(\.rawValue).joined(separator: ", ")
        return .scalar(
            kind: "word", expected: "true, false or one of \(words)", json: [("type", .string("string"))],
            parse: { text in
                parseBool(text).map { $0 ? .require : .disable } ?? Configuration.TLSMode(rawValue: text)
            },
            render: { .string($0.rawValue) })
    }
}
