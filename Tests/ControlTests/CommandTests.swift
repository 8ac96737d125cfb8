import Pooling
import Proxy
import Sockets
import Synchronization
import Testing

@testable import Control

@Suite struct CommandTests {
    private func control(
        _ name: String, _ arguments: [String] = [], _ target: ScriptedTarget
    ) async throws -> CommandResult {
        let command = try #require(CommandTable.control[name])
        try command.check(arguments)
        return try await TestContext.make(target).run(command, arguments)
    }

    @Test func everyTableFillsItsColumns() async throws {
        let target = ScriptedTarget { state in
            state.sessions = [.example()]
            state.servers = [.example()]
            state.users = [UserInfo(name: "alice")]
            state.totals = [DatabaseTotals(name: "app")]
            state.digests = [.init(database: "app", hash: 255, kind: "select", text: "SELECT ?", figures: .init())]
            state.configuration = [.init(key: "a", value: nil, defaultValue: "1", isChangeable: true)]
            state.memory = [.init(name: "resident", size: 0, used: 1, free: 2, total: 3)]
            let key = PoolKey(backend: "main", epoch: 1, route: "*", database: "app", identity: "svc")
            state.pools = [.init(key: key, mode: .transaction, statistics: .init(), settings: .init())]
        }
        let context = try await TestContext.make(target)
        let tables = CommandTable.show.all + CommandTable.control.all
        for command in tables where !command.columns.isEmpty && command.arguments == 0...0 {
            let isEmpty = ["dns_hosts", "dns_zones", "peers", "peer_pools"].contains(command.name)
            #expect(try await context.rows(command).isEmpty == isEmpty, "\(command.name)")
        }
    }

    @Test func sessionsTellPinsAndStatements() async throws {
        let target = ScriptedTarget { $0.sessions = [.example()] }
        let command = try #require(CommandTable.control["sessions"])
        let row = try await TestContext.make(target).rows(command)[0]
        let index = try #require(command.columns.firstIndex { $0.name == "pinned_by" })
        #expect(row[index] == "temporary_object: CREATE TEMP TABLE t (x int)")
        #expect(row[0] == "7")
    }

    @Test func clientsAndServersPointAtEachOther() async throws {
        let target = ScriptedTarget { state in
            state.sessions = [.example(id: 1 << 32 | 2)]
            state.servers = [.example(id: 9, session: 1 << 32 | 2), .example(id: 10, session: 0)]
        }
        let context = try await TestContext.make(target)
        let client = try await context.rows(try #require(CommandTable.show["clients"]))[0]
        #expect(
            Array(client[0..<9]) == ["C", "alice", "app", "none", "active", "::1", 5000, "127.0.0.1", 6432])
        #expect(client[9] == "2023-11-14 22:13:20 UTC")
        #expect(Array(client[11...15]) == [2, 500_000, 0, "0x100000002", "0x9"])
        #expect(client[20] == 4_294_967_298)
        let servers = try await context.rows(try #require(CommandTable.show["servers"]))
        #expect(Array(servers[0][14...16]) == ["0x9", "0x100000002", 4242])
        #expect(servers[1][4] == "idle" && servers[1][15] == "")
        let active = try await context.rows(try #require(CommandTable.show["active_sockets"]))
        #expect(active.map { $0[0] } == ["C", "S"])
    }

    @Test func pauseAnswersWhenTheLastServerIsGone() async throws {
        let target = ScriptedTarget { $0.servers = [.example()] }
        let context = try await TestContext.make(target)
        let pause = try #require(CommandTable.control["pause"])
        async let result = context.run(pause, ["app"])
        while target.told != ["pause app"] { await Task.yield() }
        target.state.withLock { $0.servers = [] }
        #expect(try await result == .done("paused"))
    }

    @Test func pauseOfOneDatabaseMindsNoOther() async throws {
        let target = ScriptedTarget { state in
            var other = DatabaseInfo(name: "alias", backend: "main")
            other.database = "real"
            state.databases.append(other)
            state.servers = [.example()]
        }
        #expect(try await control("pause", ["alias"], target) == .done("paused"))
        let key = PoolKey(backend: "main", epoch: 1, route: "alias", database: "real", identity: "svc")
        let server = ServerInfo(pool: key)
        target.state.withLock { $0.servers = [server] }
        let context = try await TestContext.make(target)
        await context.loop.run { [context = context.context] in context.isCanceled = true }
        await #expect(throws: ControlError.self) {
            try await context.run(try #require(CommandTable.control["pause"]), ["alias"])
        }
    }

    @Test func digestsTellTimesAndText() async throws {
        var figures = DigestFigures()
        figures.add(durationNs: 80_000, rows: 2, isError: false, wallNs: 1)
        figures.add(durationNs: 700_000, rows: 3, isError: true, wallNs: 2)
        let digest = DigestInfo(database: "app", hash: 255, kind: "select", text: "SELECT ?", figures: figures)
        let target = ScriptedTarget { $0.digests = [digest, digest, digest] }
        let command = try #require(CommandTable.control["digests"])
        guard case .rows(let rows) = try await control("digests", ["2"], target) else { return #expect(Bool(false)) }
        #expect(rows.count == 2)
        let row = Dictionary(uniqueKeysWithValues: zip(command.columns.map(\.name), rows[0]))
        #expect(row["hash"] == "00000000000000ff" && row["statement"] == "SELECT ?")
        #expect(row["count"] == 2 && row["errors"] == 1 && row["rows"] == 5)
        #expect(row["mean_us"] == 390 && row["max_us"] == 700 && row["p50_us"] == 100 && row["p99_us"] == 700)
        await #expect(throws: ControlError.self) { try await control("digests", ["0"], target) }
        _ = try await control("reset-digests", [], target)
        #expect(target.told == ["reset digests"])
    }

    @Test func waitCloseLooksAtRetiredOnes() async throws {
        let target = ScriptedTarget { $0.servers = [.example()] }
        #expect(try await control("wait-close", [], target) == .done("closed"))
    }

    @Test func killTakesDecimalAndHexadecimalIDs() async throws {
        let target = ScriptedTarget { $0.sessions = [.example(id: 7), .example(id: 255)] }
        #expect(try await control("kill", ["7", "0xFF"], target) == .done("killed 2 sessions"))
        #expect(target.told == ["kill 7", "kill 255"])
        await #expect(throws: ControlError(.notFound, "no such session: 8")) {
            try await control("kill", ["8"], target)
        }
        await #expect(throws: ControlError(.syntax, "\"x\" is no session id")) {
            try await control("kill", ["7", "x"], target)
        }
        #expect(target.told == ["kill 7", "kill 255", "kill 8"])
    }

    @Test func actionsReachTheTarget() async throws {
        let target = ScriptedTarget { $0.reload = .success(["listener pg: needs a restart"]) }
        #expect(try await control("resume", [], target) == .done("resumed"))
        #expect(try await control("reconnect", ["app"], target) == .done("reconnecting"))
        #expect(try await control("drain", [], target) == .done("draining"))
        #expect(
            try await control("reload", [], target) == .done("reloaded", notices: ["listener pg: needs a restart"]))
        #expect(try await control("kill-database", ["app"], target) == .done("killed 3 sessions; held until resume"))
        #expect(target.told == ["resume all", "reconnect app", "drain", "reload", "kill database app"])
        await #expect(throws: ControlError(.notFound, "no such database: nope")) {
            try await control("pause", ["nope"], target)
        }
    }

    @Test func shutdownDrainsByCtlAndNotByTheConsole() async throws {
        let target = ScriptedTarget()
        #expect(try await control("shutdown", [], target) == .shutdown(immediate: false))
        #expect(try await control("shutdown", ["now"], target) == .shutdown(immediate: true))
        let console = try #require(CommandTable.console["shutdown"])
        let context = try await TestContext.make(target)
        #expect(try await context.run(console, []) == .shutdown(immediate: true))
        #expect(try await context.run(console, ["WAIT_FOR_CLIENTS"]) == .shutdown(immediate: false))
        #expect(target.told == [], "nothing ends before the answer is sent")
    }

    @Test func unknownCommandsNameTheNearest() {
        #expect(
            CommandTable.control.unknown("command", "sesions", help: "see help").message
                == "unknown command \"sesions\"; did you mean sessions?")
        #expect(
            CommandTable.control.unknown("command", "zzzzzzzzz", help: "see help").message
                == "unknown command \"zzzzzzzzz\"; see help")
        let long = String(repeating: "x", count: 100_000)
        #expect(CommandTable.control.unknown("command", long, help: "").message.count < 120)
    }

    @Test func argumentCountsAreChecked() {
        #expect(throws: ControlError(.syntax, "drain takes no arguments")) {
            try CommandTable.control["drain"]?.check(["x"])
        }
        #expect(throws: ControlError(.syntax, "usage: kill <session>…")) { try CommandTable.control["kill"]?.check([]) }
    }
}
