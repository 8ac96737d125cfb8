internal import Proxy

/// Users of the proxy.
enum UserCommands {
    static let control: [Command] = [
        Command(
            "users", summary: "each user: databases, limits, sessions",
            columns: [
                .text("name"), .text("databases"), .text("mode"), .bool("requires_tls"), .int4("max_sessions"),
                .int4("sessions"), .int4("servers"),
            ]
        ) { context, _ in
            .rows(
                await context.target.users().map { user in
                    [
                        .text(user.name), .list(user.databases), .optional(user.mode?.rawValue),
                        .bool(user.requiresTLS),
                        .number(user.maxSessions), .number(user.sessions), .number(user.serverConnections),
                    ]
                })
        }
    ]

    static let show: [Command] = [
        Command(
            "users", summary: "users and their limits",
            columns: [
                .text("name"), .text("pool_size"), .text("reserve_pool_size"), .text("pool_mode"),
                .int4("max_user_connections"), .int4("current_connections"), .int4("max_user_client_connections"),
                .int4("current_client_connections"),
            ]
        ) { context, _ in
            .rows(
                await context.target.users().map { user in
                    [
                        .text(user.name), .null, .null, .optional(user.mode?.rawValue), 0,
                        .number(user.serverConnections), .number(user.maxSessions), .number(user.sessions),
                    ]
                })
        }
    ]
}
