internal import Proxy

/// Names that clients may connect to.
enum DatabaseCommands {
    static let control: [Command] = [
        Command(
            "databases", summary: "each database name and where it leads",
            columns: [
                .text("name"), .text("backend"), .text("address"), .text("database"), .text("shared_user"),
                .text("mode"), .text("state"), .int4("pool_size"), .int4("min_pool_size"), .int4("reserve"),
                .int4("servers"), .int4("sessions"),
            ]
        ) { context, _ in .rows(await context.target.databases().map(controlRow)) }
    ]

    static let show: [Command] = [
        Command(
            "databases", summary: "database names and their limits",
            columns: [
                .text("name"), .text("host"), .int4("port"), .text("database"), .text("force_user"), .int4("pool_size"),
                .int4("min_pool_size"), .int4("reserve_pool_size"), .int4("server_lifetime"), .text("pool_mode"),
                .text("load_balance_hosts"), .int4("max_connections"), .int4("current_connections"),
                .int4("max_client_connections"), .int4("current_client_connections"), .int4("paused"),
                .int4("disabled"),
            ]
        ) { context, _ in .rows(await context.target.databases().map(showRow)) },
        Command(
            "peers", summary: "empty: there are no peers",
            columns: [.int4("peer_id"), .text("host"), .int4("port"), .int4("pool_size")]
        ) { _, _ in .rows([]) },
    ]

    private static func controlRow(_ database: DatabaseInfo) -> [Value] {
        let isAddress = database.port != 0
        let host = database.host.contains(":") ? "[\(database.host)]" : database.host
        return [
            .text(database.name), .text(database.backend),
            .text(isAddress ? "\(host):\(database.port)" : "unix:\(database.host)"), .optional(database.database),
            .optional(database.sharedUser), .text(database.mode.rawValue), database.isPaused ? "paused" : "active",
            .number(database.poolSize), .number(database.minPoolSize), .number(database.reserve),
            .number(database.serverConnections), .number(database.sessions),
        ]
    }

    /// Limits are per pool: there is none of a database's own, which 0 says.
    private static func showRow(_ database: DatabaseInfo) -> [Value] {
        [
            .text(database.name), .text(database.host), .number(database.port),
            .text(database.database ?? database.name), .optional(database.sharedUser), .number(database.poolSize),
            .number(database.minPoolSize), .number(database.reserve), .number(database.lifetimeNs / 1_000_000_000),
            .text(database.mode.rawValue), .null, 0, .number(database.serverConnections), 0, .number(database.sessions),
            .flag(database.isPaused), 0,
        ]
    }
}
