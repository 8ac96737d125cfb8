/// What changes the process's course: pause, kill, drain, reload, shutdown.
enum LifeCycleCommands {
    static let control: [Command] =
        shared + [
            Command("kill", usage: "<session>…", summary: "end sessions by id", arguments: 1...Int.max) {
                context, ids throws(ControlError) in .done(try await kill(ids, context.target))
            },
            Command(
                "kill_database", usage: "[database]", summary: killSummary, arguments: 0...1, execute: killDatabase),
            shutdown(immediately: false),
        ]

    static let console: [Command] =
        shared + [
            Command("kill", usage: "[database]", summary: killSummary, arguments: 0...1, execute: killDatabase),
            // As PgBouncer's.
            shutdown(immediately: true),
            unsupported("disable", "database", "take the database out of the configuration and RELOAD"),
            unsupported("enable", "database", "put the database into the configuration and RELOAD"),
            unsupported("suspend", "", "PAUSE holds all clients between transactions"),
        ]

    private static let killSummary = "end all sessions of the database, close its servers, hold it until resume"

    private static let shared: [Command] = [
        Command(
            "pause", usage: "[database]…", summary: "lend no server connection; answers when all are closed",
            arguments: 0...Int.max
        ) { context, names throws(ControlError) in
            for name in each(names) { try await context.target.pause(database: name) }
            for name in each(names) {
                try await context.wait { () throws(ControlError) in try await context.servers(database: name).isEmpty }
            }
            return .done("paused")
        },
        Command("resume", usage: "[database]…", summary: "undo pause and kill", arguments: 0...Int.max) {
            context, names throws(ControlError) in
            for name in each(names) { try await context.target.resume(database: name) }
            return .done("resumed")
        },
        Command(
            "reconnect", usage: "[database]…", summary: "replace server connections, each when released",
            arguments: 0...Int.max
        ) { context, names throws(ControlError) in
            for name in each(names) { try await context.target.reconnect(database: name) }
            return .done("reconnecting")
        },
        Command(
            "wait_close", usage: "[database]…", summary: "answers when all connections to be replaced are closed",
            arguments: 0...Int.max
        ) { context, names throws(ControlError) in
            for name in each(names) {
                try await context.wait { () throws(ControlError) in
                    try await !context.servers(database: name).contains(where: \.isRetired)
                }
            }
            return .done("closed")
        },
        Command("kill_client", usage: "<id>", summary: "end one session", arguments: 1...1) {
            context, ids throws(ControlError) in .done(try await kill(ids, context.target))
        },
        Command("drain", summary: "refuse new sessions, end the others between transactions; there is no way back") {
            context, _ in
            await context.target.drain()
            return .done("draining")
        },
        Command("reload", summary: "read the configuration again") { context, _ throws(ControlError) in
            .done("reloaded", notices: try await context.target.reload())
        },
    ]

    /// None named is all, which nil means.
    private static func each(_ names: [String]) -> [String?] { names.isEmpty ? [nil] : names }

    private static func unsupported(_ name: String, _ usage: String, _ instead: String) -> Command {
        Command(name, usage: usage, summary: "not offered: \(instead)", arguments: 0...Int.max) {
            _, _ throws(ControlError) in
            throw ControlError(.unsupported, "\(name.uppercased()) is not offered: \(instead)")
        }
    }

    /// All ids are looked at before the first session ends. Ids are decimal, or hexadecimal with 0x.
    private static func kill(_ ids: [String], _ target: any ControlTarget) async throws(ControlError) -> String {
        var numbers: [UInt64] = []
        for id in ids {
            let isHexadecimal = id.lowercased().hasPrefix("0x")
            guard let number = isHexadecimal ? UInt64(id.dropFirst(2), radix: 16) : UInt64(id) else {
                throw ControlError(.syntax, "\"\(id.prefix(64))\" is no session id")
            }
            numbers.append(number)
        }
        var missing: [UInt64] = []
        for number in numbers where await !target.kill(session: number) { missing.append(number) }
        guard missing.isEmpty else {
            throw ControlError(.notFound, "no such session: " + missing.map { "\($0)" }.joined(separator: ", "))
        }
        return numbers.count == 1 ? "killed 1 session" : "killed \(numbers.count) sessions"
    }

    private static let killDatabase: @Sendable (CommandContext, [String]) async throws(ControlError) -> CommandResult =
        {
            context, names throws(ControlError) in
            let count = try await context.target.kill(database: names.first)
            return .done("killed \(count) session\(count == 1 ? "" : "s"); held until resume")
        }

    private static func shutdown(immediately: Bool) -> Command {
        Command(
            "shutdown", usage: "[now | wait_for_clients | wait_for_servers]",
            summary: immediately ? "end the process, at once unless told to wait" : "drain and end the process, or now",
            arguments: 0...1
        ) { _, words throws(ControlError) in
            switch words.first?.lowercased() {
            case nil: return .shutdown(immediate: immediately)
            case "now": return .shutdown(immediate: true)
            case "wait_for_clients", "wait_for_servers": return .shutdown(immediate: false)
            case let word?:
                throw ControlError(
                    .syntax, "shutdown takes now, wait_for_clients or wait_for_servers, not \(word.prefix(64))")
            }
        }
    }
}
