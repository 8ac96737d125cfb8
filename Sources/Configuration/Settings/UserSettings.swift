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
        Setting(
            "groups", \.groups, valuesType(.optional(.text(1...63), fresh: "")),
            "Groups whose rules are the user's too."),
        Setting(
            "grants", \.grants, rulesType,
            "What the user may do. With no rule at all: whatever his account at the server may."),
        Setting("deny", \.deny, rulesType, "What the user may not do, whatever else is granted."),
        Setting(
            "allow_unparsed", \.allowUnparsed, .bool,
            "For users with rules: statements that can't be inspected, or do what can't be seen, may pass."),
        Setting(
            "search_path", \.searchPath, valuesType(.optional(.text(1...63), fresh: "")),
            "For users with rules: schemas in which names without one are looked up, until the client says otherwise."),
        Setting(
            "profile", \.profile, .word(),
            "`dba`: what administrators do is no sign of injection (see [DETECTION](DETECTION.md))."),
        Setting("pool_mode", \.poolMode, .optional(.word(), fresh: .session), "In place of the pool's `mode`."),
    ]
}

extension Configuration.Group {
    static let settings: [Setting<Self>] = [
        Setting("name", \.name, .text(1...63), "Name in `users[].groups`.", required: true),
        Setting("grants", \.grants, rulesType, "What its users may do."),
        Setting("deny", \.deny, rulesType, "What its users may not do."),
    ]
}

private let rulesType = itemsType(of: Configuration.AccessRule.settings, fresh: Configuration.AccessRule())

extension Configuration.AccessRule {
    private static let patterns: SettingType<[String]> = valuesType(.optional(.text(1...127), fresh: ""))

    static let settings: [Setting<Self>] = [
        Setting("databases", \.databases, patterns, "Databases, by the names that clients use."),
        Setting("schemas", \.schemas, patterns, "Schemas of the objects."),
        Setting("tables", \.tables, patterns, "Tables, views, sequences and indexes."),
        Setting("functions", \.functions, patterns, "Functions and procedures, or `schema.name`."),
        Setting(
            "actions", \.actions, valuesType(.optional(.word(), fresh: .read)),
            "`read`, `write`, `ddl`, `admin`, `execute`.", required: true),
        Setting("valid_from", \.validFrom, .optional(.timestamp, fresh: 0), "When the rule begins to hold."),
        Setting("valid_until", \.validUntil, .optional(.timestamp, fresh: 0), "When it ends."),
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
