extension Checks {
    func checkListener(_ index: Int) {
        let listener = configuration.listeners[index]
        let path = "listeners[\(index)]"
        checkTLS(listener, at: path + ".tls")
        let backends = checkRoutes(listener, at: path)
        if listener.auth == .passthrough { checkPassthrough(listener, backends, at: path) }
        if listener.auth == .managed, context.isPresent(path + ".passthrough") {
            warning(path + ".passthrough", "has no effect with `auth: managed`")
        }
        if listener.methods.password, listener.tls.mode == .disable {
            error(
                path + ".methods.password", "needs TLS: `tls.mode` is disable, and clear passwords travel over TLS only"
            )
        }
        if case .tcp = listener.listen, context.isPresent(path + ".socket_mode") {
            warning(path + ".socket_mode", "has no effect: `listen` is not a Unix socket")
        }
    }

    private func checkTLS(_ listener: Configuration.Listener, at path: String) {
        let tls = listener.tls
        if case .unix = listener.listen, tls.mode != .disable {
            error(path + ".mode", "found \(tls.mode.rawValue), expected disable: TLS is not used on Unix sockets")
        }
        if tls.mode != .disable {
            if tls.certificate == nil {
                error(path + ".certificate", "is missing; `mode: \(tls.mode.rawValue)` needs it")
            }
            if tls.key == nil { error(path + ".key", "is missing; `mode: \(tls.mode.rawValue)` needs it") }
        }
        if [.verifyCA, .verifyFull].contains(tls.mode), tls.clientCA == nil {
            error(path + ".client_ca", "is missing; `mode: \(tls.mode.rawValue)` needs it")
        }
        if tls.crl != nil, tls.clientCA == nil { error(path + ".crl", "needs `client_ca`") }
    }

    /// Backends that sessions of the listener may reach; reports when there is none or no telling which.
    private func checkRoutes(_ listener: Configuration.Listener, at path: String) -> [Configuration.Backend] {
        if let name = listener.backend {
            guard let backend = findBackend(name, at: path + ".backend") else { return [] }
            if backend.protocol != listener.protocol {
                error(
                    path + ".backend",
                    "found \(shown(name)) of protocol \(backend.protocol.rawValue), expected one of protocol"
                        + " \(listener.protocol.rawValue)")
                return []
            }
        }
        let matching = configuration.backends.filter { $0.protocol == listener.protocol }
        guard configuration.databases.isEmpty else {
            let names = Set(configuration.databases.map(\.backend))
            return matching.filter { names.contains($0.name) || $0.name == listener.backend }
        }
        if let name = listener.backend { return matching.filter { $0.name == name } }
        let primaries = matching.filter { $0.role == .primary }
        if primaries.count == 1 { return primaries }
        if primaries.isEmpty {
            error(
                path, "found no primary backend of protocol \(listener.protocol.rawValue), expected one in `backends`")
        } else {
            let names = primaries.map(\.name).joined(separator: ", ")
            error(path + ".backend", "is missing: there are several (\(names)); name one, or list `databases`")
        }
        return []
    }

    private func checkPassthrough(
        _ listener: Configuration.Listener, _ backends: [Configuration.Backend], at path: String,
    ) {
        for backend in backends {
            switch listener.passthrough {
            case .verifiers where backend.authQuery.user == nil && backend.user == nil:
                error(
                    path + ".auth",
                    "passthrough needs `auth_query.user` or `user` of backend \(shown(backend.name)) to fetch verifiers"
                )
            case .relay where listener.tls.mode != .disable && backend.tls.mode != .disable:
                error(
                    path + ".passthrough",
                    "found relay with TLS towards clients (\(listener.tls.mode.rawValue)) and towards backend"
                        + " \(shown(backend.name)) (\(backend.tls.mode.rawValue)): a relayed SCRAM exchange would be rejected;"
                        + " expected `verifiers`, or `mode: disable` on one side")
            default: break
            }
        }
    }

    func checkBackend(_ index: Int) {
        let backend = configuration.backends[index]
        let path = "backends[\(index)]"
        checkPool(backend.pool, at: path + ".pool", isPresent: context.isPresent(path + ".pool"))
        let tls = backend.tls
        if (tls.certificate == nil) != (tls.key == nil) {
            let missing = tls.key == nil ? "key" : "certificate"
            error(path + ".tls.\(missing)", "is missing; `certificate` and `key` go together")
        }
        if case .unix = backend.address, ![.disable, .allow, .prefer].contains(tls.mode) {
            error(path + ".tls.mode", "found \(tls.mode.rawValue), expected disable: TLS is not used on Unix sockets")
        }
        if backend.password != nil, backend.user == nil { error(path + ".user", "is missing; `password` is given") }
        if backend.authQuery.password != nil, backend.authQuery.user == nil {
            error(path + ".auth_query.user", "is missing; `password` is given")
        }
        if !backend.authQuery.query.contains("$1") {
            error(path + ".auth_query.query", "found no `$1`, expected it where the user's name belongs")
        }
        checkSharedIdentity(backend, at: path)
    }

    /// Managed users of identity `shared` or `set_role` need the backend's own account.
    private func checkSharedIdentity(_ backend: Configuration.Backend, at path: String) {
        guard backend.user == nil, configuration.listeners.contains(where: { $0.auth == .managed }) else { return }
        if let user = configuration.users.first(where: { $0.backend.identity != .own }) {
            error(
                path + ".user",
                "is missing; user \(shown(user.name)) has identity \(user.backend.identity.rawValue) and logs in with it"
            )
        }
    }
}
