extension Configuration.Backend {
    static let settings: [Setting<Self>] = [
        Setting("name", \.name, .label, "Name in metrics, logs and `databases`.", required: true),
        Setting("protocol", \.protocol, .databaseProtocol, "What the server speaks.", required: true),
        Setting(
            "address", \.address, .connectAddress,
            "Server; of a Unix socket the socket file, `unix:/run/postgresql/.s.PGSQL.5432`.", required: true),
        Setting("role", \.role, .word(), "A `replica` serves only `databases` that name it."),
        Setting("user", \.user, .optional(.text(1...63), fresh: ""), "Account that sessions of identity `shared` use."),
        Setting("password", \.password, .secret, "Its password."),
        Setting(
            "max_connections", \.maxConnections, .count(0...1_000_000, zero: "no limit"),
            "Connections to this server in all pools together.", effect: .live),
        Setting("tls", \.tls, .section(TLS.settings, fresh: .init()), "TLS towards the server."),
        Setting(
            "pool", \.pool, .section(Configuration.Pool.settings, fresh: .init()), "Pools of this server.",
            effect: .live),
        Setting(
            "auth_query", \.authQuery, .section(AuthQuery.settings, fresh: .init()),
            "How passthrough listeners learn the verifiers of the server's accounts.", effect: .live),
    ]
}

extension Configuration.Backend.TLS {
    static let settings: [Setting<Self>] = [
        Setting("mode", \.mode, .word(), "As libpq's `sslmode`."),
        Setting(
            "ca", \.ca, .optional(.path, fresh: ""),
            "PEM bundle that the server's certificate must chain to; without it the system's."),
        Setting("certificate", \.certificate, .optional(.path, fresh: ""), "PEM client certificate."),
        Setting("key", \.key, .optional(.path, fresh: ""), "Its PEM private key, not encrypted."),
        Setting("crl", \.crl, .optional(.path, fresh: ""), "PEM revocation lists."),
        Setting(
            "server_name", \.serverName, .optional(.text(1...253), fresh: ""),
            "Name sent as SNI and checked by `verify-full`; without it the host of `address`."),
        Setting("min_version", \.minVersion, .word(), "Oldest TLS version accepted."),
    ]
}

extension Configuration.Backend.AuthQuery {
    static let settings: [Setting<Self>] = [
        Setting(
            "user", \.user, .optional(.text(1...63), fresh: ""),
            "Account that may read verifiers; without it the server's `user`."),
        Setting("password", \.password, .secret, "Its password."),
        Setting(
            "database", \.database, .optional(.text(1...63), fresh: ""),
            "Database the query runs in; without it the one asked for."),
        Setting("query", \.query, .text(1...8192), "Returns name and verifier of the name in `$1`."),
    ]
}

extension Configuration.Pool {
    private static let share = SettingType<Double>.fraction

    static let settings: [Setting<Self>] = [
        Setting("mode", \.mode, .word(), "A server connection is lent for a session, a transaction or a statement."),
        Setting("size", \.size, .count(1...100_000), "Connections per pool."),
        Setting("min", \.min, .count(0...100_000), "Connections kept open in any case."),
        Setting("reserve", \.reserve, .count(0...100_000), "Further connections once a client waits too long."),
        Setting(
            "reserve_timeout", \.reserveTimeout, .duration(.milliseconds(10)...(.seconds(3600)), zero: "at once"),
            "How long is too long."),
        Setting("warmup", \.warmup, share, "Share of `size` opened when the pool comes into use."),
        Setting("keep_idle", \.keepIdle, share, "Share of the open connections that `idle` never closes."),
        Setting(
            "lifetime", \.lifetime, .duration(.seconds(1)...(.seconds(30 * 86_400)), zero: "no end"),
            "Age at which a connection is replaced, between two uses."),
        Setting("lifetime_jitter", \.lifetimeJitter, share, "Random part of `lifetime` taken off."),
        Setting(
            "idle", \.idle, .duration(.milliseconds(100)...(.seconds(30 * 86_400)), zero: "never"),
            "Idle time after which connections beyond `min` and `keep_idle` are closed."),
        Setting(
            "prepared_statements", \.preparedStatements, .count(0...100_000, zero: "not followed"),
            "Named statements kept prepared per server connection."),
        Setting(
            "prepared_bytes", \.preparedBytes, .bytes((64 << 10)...(1 << 30)),
            "Their text kept per server connection; the least used go first."),
    ]
}

extension Configuration.Database {
    static let settings: [Setting<Self>] = [
        Setting(
            "name", \.name, .text(1...63), "Name that clients ask for; `*` is every name not listed.", required: true),
        Setting("backend", \.backend, .label, "Name of the backend.", required: true),
        Setting(
            "database", \.database, .optional(.text(1...63), fresh: ""), "Name at the backend; without it the same."),
        Setting(
            "security", \.security, .section(Configuration.SecurityOverride.settings, fresh: .init()),
            "For this database; comes before the listener's.", effect: .live),
        Setting(
            "pool", \.pool, .section(Configuration.Pool.settings, fresh: .init()),
            "In place of the backend's settings, one by one.", effect: .live,
            base: { database, context in
                context.decoded.backends.first { $0.name == database.backend }?.pool ?? Configuration.Pool()
            }),
    ]
}
