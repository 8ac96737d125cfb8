internal import Core

/// What no single setting can know: references, combinations, files. Each rule is one method.
struct Checks {
    let configuration: Configuration
    let context: DecodingContext

    func run(files: Bool) {
        checkEndpoints()
        for index in configuration.listeners.indices { checkListener(index) }
        for index in configuration.backends.indices { checkBackend(index) }
        for index in configuration.databases.indices { checkDatabase(index) }
        for index in configuration.groups.indices { checkGroup(index) }
        for index in configuration.users.indices { checkUser(index) }
        checkCertificateNames()
        checkRanges()
        if files { checkFiles() }
    }

    func error(_ path: String, _ message: String) { context.report(path: path, message) }
    func warning(_ path: String, _ message: String) { context.report(.warning, path: path, message) }

    /// No two sockets at one place, and at least one to listen on.
    private func checkEndpoints() {
        if configuration.listeners.isEmpty, !context.isPresent("listeners") || !context.hasErrors {
            error("listeners", "found none, expected at least one listener")
        }
        var owners: [Endpoint: String] = [:]
        var places = configuration.listeners.enumerated().map { ("listeners[\($0)].listen", $1.listen) }
        if let listen = configuration.metrics.listen { places.append(("metrics.listen", listen)) }
        if let socket = configuration.control.socket {
            places.append(("control.socket", .unix(path: socket)))
            if socket.utf8.count > 107 {
                error("control.socket", "found a path of \(socket.utf8.count) bytes, expected at most 107")
            }
        }
        for (path, endpoint) in places where endpoint.port != 0 {
            if let owner = owners[endpoint] {
                error(path, "found \(endpoint) again, expected another address than that of \(owner)")
            }
            owners[endpoint] = path
        }
    }

    private func checkDatabase(_ index: Int) {
        let database = configuration.databases[index]
        let path = "databases[\(index)]"
        checkPool(database.pool, at: path + ".pool", isPresent: context.isPresent(path + ".pool"))
        if !database.backend.isEmpty { _ = findBackend(database.backend, at: path + ".backend") }
        if database.name == "*", database.database != nil {
            warning(path + ".database", "sends every database name that is not listed to this one")
        }
    }

    /// The backend, or a report with the nearest name.
    func findBackend(_ name: String, at path: String) -> Configuration.Backend? {
        if let backend = configuration.backends.first(where: { $0.name == name }) { return backend }
        let names = configuration.backends.map(\.name)
        let hint =
            if let nearest = EditDistance.nearest(to: name, among: names) {
                "; did you mean \(shown(nearest))?"
            } else {
                names.isEmpty ? "; there are no backends" : ", expected one of \(names.joined(separator: ", "))"
            }
        error(path, "found unknown backend \(shown(name))\(hint)")
        return nil
    }

    func checkPool(_ pool: Configuration.Pool, at path: String, isPresent: Bool) {
        guard isPresent else { return }
        if pool.min > pool.size {
            error(path + ".min", "found \(pool.min), expected at most `size`, which is \(pool.size)")
        }
    }

    private func checkAuditSyslog() {
        let syslog = configuration.audit.syslog
        if case .unix? = syslog.address { error("audit.syslog.address", "found a path, expected \"host:port\"") }
        if (syslog.certificate == nil) != (syslog.key == nil) {
            error("audit.syslog", "`certificate` and `key` go together")
        }
        if case .file(let anchor)? = configuration.audit.anchor, anchor == configuration.audit.file {
            error("audit.anchor", "found the log's own file, expected another, best on another host")
        }
    }

    private func checkRanges() {
        let limits = configuration.limits
        if limits.maxUnauthenticated > 0, limits.maxUnauthenticatedPerAddress > limits.maxUnauthenticated,
            context.isPresent("limits.max_unauthenticated_per_address")
        {
            warning(
                "limits.max_unauthenticated_per_address",
                "never reached: `max_unauthenticated` is \(limits.maxUnauthenticated)")
        }
        let authentication = configuration.authentication
        if authentication.delay > authentication.delayLimit {
            error(
                "authentication.delay_limit",
                "found less than `delay`, expected at least \(DurationText.render(authentication.delay))")
        }
        if let secret = configuration.authentication.secret, secret.reveal().utf8.count < 16 {
            error("authentication.secret", "found fewer than 16 bytes, expected a random text of at least 16")
        }
        checkAuditSyslog()
        if context.isPresent("audit"), configuration.audit.file == nil, configuration.audit.enabled {
            warning("audit.file", "is missing: nothing is audited")
        }
    }
}
