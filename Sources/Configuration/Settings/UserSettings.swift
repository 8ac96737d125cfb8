extension Configuration.User {
    static let settings: [Setting<Self>] = [
        Setting("name", \.name, .text(1...63), "Login name.", required: true),
        Setting(
            "password", \.credentials, .credentials,
            "Clear password, SCRAM verifier (`articdbm hash-password`) or md5 verifier; of a list any one will do."),
        Setting(
            "databases", \.databases, valuesType(.optional(.text(1...63), fresh: "")),
            "Databases the user may open; `*` stands for any text, `?` for one character."),
        Setting("require_tls", \.requireTLS, .bool, "Refuse logins without TLS."),
        Setting(
            "allowed_ips", \.allowedIPs, valuesType(.cidr),
            "Addresses the user may come from; empty is any."),
        Setting(
            "rate_limit", \.rateLimit, .number(0...10_000_000, zero: "no limit"),
            "Statements per second, all sessions of the user together."),
        Setting(
            "max_connections", \.maxConnections, .count(0...1_000_000, zero: "no limit"), "Sessions at a time."),
        Setting("replication", \.replication, .bool, "May open replication connections."),
        Setting(
            "expires", \.expires, .optional(.timestamp, fresh: 0), "End of the account; open sessions end too."),
        Setting(
            "certificate", \.certificate, .optional(.text(1...1024), fresh: ""),
            "Common name (`alice`) or distinguished name (`CN=alice,O=Acme`) of the client certificate that is this"
                + " user; without it a certificate whose common name is the login name."),
        Setting(
            "backend", \.backend, .section(BackendIdentity.settings, fresh: .init()), "Who the user is at the server."),
        Setting("pool_mode", \.poolMode, .optional(.word(), fresh: .session), "In place of the pool's `mode`."),
    ]
}

extension Configuration.User.BackendIdentity {
    static let settings: [Setting<Self>] = [
        Setting(
            "identity", \.identity, .word(),
            "`shared`: the backend's account; `own`: an account of the user's; `set_role`: the backend's account, then"
                + " SET ROLE."),
        Setting("user", \.user, .optional(.text(1...63), fresh: ""), "Account or role; without it the login name."),
        Setting("password", \.password, .secret, "Password of the user's own account."),
    ]
}

extension SettingType<Int64> {
    /// RFC 3339 in UTC or with an offset, or a date (its first moment in UTC), as seconds since 1970.
    static var timestamp: SettingType {
        .scalar(
            kind: "time", range: "`2027-01-31` or `2027-01-31T12:00:00Z`",
            expected: "a time like 2027-01-31 or 2027-01-31T12:00:00Z", json: [("type", .string("string"))],
            parse: { Timestamp.parse($0) }, render: { .string(Timestamp.render($0)) })
    }
}
