internal import Proxy

/// The process as a whole, and help.
enum StatusCommands {
    static let control: [Command] = [
        Command(
            "status", summary: "the process: version, state, loops, listeners",
            columns: [.text("name"), .text("value")]
        ) {
            context, _ in .rows(statusRows(await context.target.status()))
        },
        Command(
            "help", summary: "this list", columns: [.text("command"), .text("arguments"), .text("meaning")]
        ) { _, _ in .rows(CommandTable.control.all.map { [.text($0.name), .text($0.usage), .text($0.summary)] }) },
        Command("show", usage: "<what>", summary: "the console's SHOW <what>", arguments: 1...1) {
            context, names throws(ControlError) in
            guard let command = CommandTable.show[names[0]] else { throw CommandTable.unknownShow(names[0]) }
            return try await command.execute(context, [])
        },
    ]

    static let show: [Command] = [
        Command("help", summary: "this list") { _, _ in .done("SHOW", notices: consoleHelp()) },
        Command("version", summary: "name and version", columns: [.text("version")]) { context, _ in
            .rows([[.text("ArticDBM \(context.settings.version)")]])
        },
        Command("state", summary: "active, paused or draining", columns: [.text("key"), .text("value")]) { context, _ in
            let status = await context.target.status()
            func answer(_ holds: Bool) -> Value { holds ? "yes" : "no" }
            return .rows([
                ["active", answer(!status.isPaused && !status.isDraining)], ["paused", answer(status.isPaused)],
                ["suspended", "no"], ["draining", answer(status.isDraining)],
            ])
        },
        Command("lists", summary: "how many there are of everything", columns: [.text("list"), .int4("items")]) {
            context, _ in .rows(await lists(context.target))
        },
        // Names are looked up by each connection that is opened; there is no cache to show.
        Command(
            "dns_hosts", summary: "empty: no names are cached",
            columns: [.text("hostname"), .int8("ttl"), .text("addrs")]
        ) { _, _ in .rows([]) },
        Command(
            "dns_zones", summary: "empty: no zones are cached",
            columns: [.text("zonename"), .int8("serial"), .int4("count")]
        ) { _, _ in .rows([]) },
        Command("fds", summary: "not offered: descriptors stay in the process") { _, _ throws(ControlError) in
            throw ControlError(.unsupported, "descriptors are not handed out; SHOW SOCKETS lists the connections")
        },
    ]

    private static func statusRows(_ status: ProxyStatus) -> [[Value]] {
        let state = status.isDraining ? "draining" : status.isPaused ? "paused" : "active"
        var rows: [[Value]] = [
            ["version", .text(status.version)], ["build", .text(status.build)], ["commit", .text(status.commit)],
            ["pid", .number(status.pid)], ["state", .text(state)], ["started", .time(status.startedNs)],
            ["uptime_seconds", .number(status.uptimeNs / 1_000_000_000)],
            ["configuration", .text(status.configurationFile)],
            ["sessions", .number(status.loops.reduce(0) { $0 + $1.sessions })],
        ]
        for loop in status.loops { rows.append([.text("loop \(loop.index) sessions"), .number(loop.sessions)]) }
        for listener in status.listeners {
            rows.append([.text("listener \(listener.name)"), .text("\(listener.protocolName) \(listener.address)")])
        }
        return rows
    }

    private static func lists(_ target: any ControlTarget) async -> [[Value]] {
        let sessions = await target.sessions()
        return [
            ["databases", .number(await target.databases().count)], ["users", .number(await target.users().count)],
            ["peers", 0], ["pools", .number(await target.pools().count)], ["peer_pools", 0], ["free_clients", 0],
            ["used_clients", .number(sessions.count)],
            ["login_clients", .number(sessions.count { $0.state == .login })], ["free_servers", 0],
            ["used_servers", .number(await target.servers().count)], ["dns_names", 0], ["dns_zones", 0],
            ["dns_queries", 0], ["dns_pending", 0],
        ]
    }

    private static func consoleHelp() -> [String] {
        let shows = CommandTable.show.all.map { $0.name.uppercased() }.joined(separator: "|")
        let others = CommandTable.console.all.map { command in
            command.name.uppercased() + (command.usage.isEmpty ? "" : " \(command.usage)")
        }
        return ["SHOW \(shows)"] + others
    }
}

extension CommandTable {
    static func unknownShow(_ name: String) -> ControlError { show.unknown("SHOW item", name, help: "see SHOW HELP") }
}
