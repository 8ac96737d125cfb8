internal import Pooling

/// Connections to servers.
enum ServerCommands {
    static let control: [Command] = [
        Command(
            "servers", summary: "each server connection",
            columns: [
                .text("id"), .text("backend"), .text("database"), .text("identity"), .text("address"), .int4("pid"),
                .text("state"), .text("session"), .text("connected"), .text("requested"), .int4("prepared"),
                .text("tls"), .text("application"), .bool("retired"), .int4("loop"),
            ]
        ) { context, _ in .rows(await context.target.servers().map(controlRow)) }
    ]

    static let show: [Command] = [
        Command("servers", summary: "server connections", columns: SocketColumns.standard) { context, _ in
            .rows(await rows(context))
        },
        Command("sockets", summary: "clients and servers", columns: SocketColumns.standard + SocketColumns.buffers) {
            context, _ in .rows(await sockets(context, activeOnly: false))
        },
        Command(
            "active_sockets", summary: "clients and servers at work",
            columns: SocketColumns.standard + SocketColumns.buffers
        ) { context, _ in .rows(await sockets(context, activeOnly: true)) },
    ]

    private static func sockets(_ context: CommandContext, activeOnly: Bool) async -> [[Value]] {
        let none = [Value](repeating: 0, count: SocketColumns.buffers.count)
        let clients = await SessionCommands.rows(context, activeOnly: activeOnly)
        return (clients + (await rows(context, activeOnly: activeOnly))).map { $0 + none }
    }

    private static func controlRow(_ server: ServerInfo) -> [Value] {
        [
            .text("\(server.id)"), .text(server.pool.backend), .text(server.pool.name), .text(server.pool.identity),
            .text(server.address), .number(server.pid), .text(server.state.rawValue),
            .text(server.session == 0 ? "" : "\(server.session)"), .time(server.connectedNs), .time(server.requestNs),
            .number(server.prepared), .text(server.tls), .text(server.applicationName), .bool(server.isRetired),
            .number(server.loop),
        ]
    }

    private static func rows(_ context: CommandContext, activeOnly: Bool = false) async -> [[Value]] {
        await context.target.servers().filter { !activeOnly || $0.state != .idle }.map { server in
            let remote = SocketColumns.split(server.address)
            let local = SocketColumns.split(remote.address == "unix" ? "unix" : server.localAddress)
            return [
                "S", .text(server.pool.identity), .text(server.pool.name), "none", .text(state(server)),
                .text(remote.address), .number(remote.port), .text(local.address), .number(local.port),
                .time(server.connectedNs), .time(server.requestNs), 0, 0, .flag(server.isRetired),
                .text(SocketColumns.pointer(server.id)),
                .text(server.session == 0 ? "" : SocketColumns.pointer(server.session)), .number(server.pid),
                .text(server.tls), .text(server.applicationName), .number(server.prepared), .number(server.id),
            ]
        }
    }

    private static func state(_ server: ServerInfo) -> String {
        switch server.state {
        case .login: "new"
        case .idle, .active, .tested, .beingCanceled: server.state.rawValue
        }
    }
}
