internal import Proxy

/// Sessions of clients.
enum SessionCommands {
    static let control: [Command] = [
        Command(
            "sessions",
            summary: "each session, and why it keeps its server connection, with the statement that caused it",
            columns: [
                .text("id"), .text("user"), .text("database"), .text("listener"), .text("backend"), .text("client"),
                .text("state"), .text("pinned_by"), .int4("server_pid"), .text("connected"), .int8("idle_us"),
                .int8("wait_us"), .int8("statements"), .int4("prepared"), .text("tls"), .text("application"),
                .int4("loop"),
            ]
        ) { context, _ in .rows(await context.target.sessions().map(controlRow)) }
    ]

    static let show: [Command] = [
        Command("clients", summary: "client connections", columns: SocketColumns.standard) { context, _ in
            .rows(await rows(context))
        }
    ]

    private static func controlRow(_ session: SessionInfo) -> [Value] {
        [
            // As text: numbers of this size lose digits in some JSON readers.
            .text("\(session.id)"), .text(session.user), .text(session.database), .text(session.listener),
            .text(session.backend), .text(session.client), .text(session.state.rawValue),
            .text(session.pins.joined(separator: "; ")), .number(session.serverPID), .time(session.connectedNs),
            .number(session.idleNs / 1000), .number(session.waitNs / 1000), .number(session.statements),
            .number(session.prepared), .text(session.tls), .text(session.applicationName), .number(session.loop),
        ]
    }

    /// Rows of SHOW CLIENTS. The local address is the listener's, as it is bound.
    static func rows(_ context: CommandContext, activeOnly: Bool = false) async -> [[Value]] {
        let listeners = await context.target.status().listeners
        let addresses = Dictionary(listeners.map { ($0.name, $0.address) }) { first, _ in first }
        let servers = await context.target.servers().filter { $0.session != 0 }
        let links = Dictionary(servers.map { ($0.session, $0.id) }) { first, _ in first }
        let now = context.wallNs
        return await context.target.sessions().filter { !activeOnly || isActive($0) }.map { session in
            let local = SocketColumns.split(addresses[session.listener] ?? "")
            let remote = SocketColumns.split(session.client)
            return [
                "C", .text(session.user.isEmpty ? "(nouser)" : session.user),
                .text(session.database.isEmpty ? "(nodb)" : session.database), "none", .text(state(session)),
                .text(remote.address), .number(remote.port), .text(local.address), .number(local.port),
                .time(session.connectedNs), .time(now > session.idleNs ? now - session.idleNs : 0),
                .number(session.waitNs / 1_000_000_000), .number(session.waitNs / 1000 % 1_000_000), 0,
                .text(SocketColumns.pointer(session.id)),
                .text(links[session.id].map(SocketColumns.pointer) ?? ""), 0, .text(session.tls),
                .text(session.applicationName), .number(session.prepared), .number(session.id),
            ]
        }
    }

    private static func isActive(_ session: SessionInfo) -> Bool {
        switch session.state {
        case .active, .transaction, .pinned, .waiting: true
        case .idle, .login: false
        }
    }

    private static func state(_ session: SessionInfo) -> String {
        switch session.state {
        case .login: "login"
        case .idle: "idle"
        case .waiting: "waiting"
        case .active, .transaction, .pinned: "active"
        }
    }
}
