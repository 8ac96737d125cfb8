extension SettingType<Configuration.DatabaseProtocol> {
    static var databaseProtocol: SettingType {
        .word { word in
            switch word.lowercased() {
            case "postgres", "pg", "pgsql", "postgresql": "expected postgresql"
            case "mysql", "mariadb", "mssql", "sqlserver", "tds", "mongodb", "mongo", "redis", "valkey":
                "which is not yet available in this version; expected postgresql"
            default: nil
            }
        }
    }
}

extension Configuration.Listener {
    static let settings: [Setting<Self>] = [
        Setting("name", \.name, .label, "Name in metrics, logs and audit.", required: true),
        Setting("protocol", \.protocol, .databaseProtocol, "What clients speak.", required: true),
        Setting(
            "listen", \.listen, .listenAddress,
            "Address to bind; `*` is every interface, port 0 any free port. A Unix socket's relative path is joined to"
                + " the file's directory.", required: true),
        Setting(
            "auth", \.auth, .word(),
            "`managed`: users of this file; `passthrough`: the backend's own accounts."),
        Setting(
            "passthrough", \.passthrough, .word(),
            "`verifiers`: fetched by the backend's `auth_query`, so that logins can be pooled; `relay`: the exchange is"
                + " handed through to a fresh backend connection per client, without TLS on both hops."),
        Setting(
            "backend", \.backend, .optional(.label, fresh: ""),
            "Where names go when there are no `databases`; needed if several primaries have the protocol."),
        Setting("tls", \.tls, .section(TLS.settings, fresh: .init()), "TLS towards clients."),
        Setting(
            "proxy_protocol", \.proxyProtocol, .section(ProxyProtocol.settings, fresh: .init()),
            "PROXY protocol v1 and v2.", effect: .live),
        Setting(
            "methods", \.methods, .section(Methods.settings, fresh: .init()),
            "Login methods beside SCRAM-SHA-256, which is always offered.", effect: .live),
        Setting(
            "replication", \.replication, .bool, "Users of a passthrough listener may open replication connections.",
            effect: .live),
        Setting(
            "max_connections", \.maxConnections, .count(0...1_000_000, zero: "no limit"),
            "Client connections of this listener.", effect: .live),
        Setting(
            "security", \.security, .section(Configuration.SecurityOverride.settings, fresh: .init()),
            "For clients of this listener.", effect: .live),
        Setting("socket_mode", \.socketMode, .permissions, "Permission bits of a Unix socket."),
    ]
}

extension Configuration.Listener.TLS {
    static let settings: [Setting<Self>] = [
        Setting(
            "mode", \.mode, .word(),
            "`allow`, `prefer`: if the client asks; `require`: always; `verify-ca`: always, with a client certificate;"
                + " `verify-full`: with one that maps to the user.", effect: .live),
        Setting(
            "certificate", \.certificate, .optional(.path, fresh: ""), "PEM chain, leaf first; re-read on reload.",
            effect: .live),
        Setting("key", \.key, .optional(.path, fresh: ""), "PEM private key, not encrypted.", effect: .live),
        Setting(
            "client_ca", \.clientCA, .optional(.path, fresh: ""), "PEM bundle that client certificates must chain to.",
            effect: .live),
        Setting(
            "crl", \.crl, .optional(.path, fresh: ""), "PEM revocation lists for client certificates.", effect: .live),
        Setting("min_version", \.minVersion, .word(), "Oldest TLS version accepted.", effect: .live),
        Setting("direct", \.direct, .bool, "Accept TLS without an SSLRequest before it.", effect: .live),
    ]
}

extension Configuration.Listener.ProxyProtocol {
    static let settings: [Setting<Self>] = [
        Setting(
            "sources", \.sources, valuesType(.cidr),
            "Balancers that must send the header; from any other address it is refused.")
    ]
}

extension Configuration.Listener.Methods {
    static let settings: [Setting<Self>] = [
        Setting("md5", \.md5, .bool, "For users who have an md5 verifier and nothing else."),
        Setting("password", \.password, .bool, "The password in clear, over TLS only."),
        Setting(
            "certificate", \.certificate, .bool, "A client certificate that maps to the user, instead of a password."),
    ]
}
