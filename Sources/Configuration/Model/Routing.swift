extension Configuration {
    /// Where a session of `listener` that asks for `name` goes; nil is an unknown database (3D000).
    ///
    /// In order: the entry of `databases` with that name, the entry `*`, the listener's `backend`; without `databases`
    /// the only primary of the listener's protocol. Linear in the number of databases: look up once per login, or build
    /// a table of it.
    ///
    /// - Returns: `name` and `database` are those of the session, `database` never nil.
    public func route(_ name: String, on listener: Listener) -> Database? {
        if var entry = databases.first(where: { $0.name == name }) ?? databases.first(where: { $0.name == "*" }) {
            guard backend(named: entry.backend)?.protocol == listener.protocol else { return nil }
            entry.name = name
            entry.database = entry.database ?? name
            return entry
        }
        guard let backend = defaultBackend(of: listener) else { return nil }
        var entry = Database()
        (entry.name, entry.backend, entry.database, entry.pool) = (name, backend.name, name, backend.pool)
        return entry
    }

    public func backend(named name: String) -> Backend? {
        backends.first { $0.name == name }
    }

    /// Backend of the names that `databases` does not list; nil when such names are unknown.
    public func defaultBackend(of listener: Listener) -> Backend? {
        if let name = listener.backend { return backend(named: name) }
        guard databases.isEmpty else { return nil }
        return backends.first { $0.protocol == listener.protocol && $0.role == .primary }
    }
}
