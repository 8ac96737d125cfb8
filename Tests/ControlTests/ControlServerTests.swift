import Glibc
import Logging
import Sockets
import Synchronization
import Testing

@testable import Control

@Suite struct ControlServerTests {
    /// Serves `target` in a directory of its own while `body`, which may block, runs.
    private func serve(
        _ target: ScriptedTarget = ScriptedTarget(), _ settings: ControlSettings = with { _ in },
        body: @escaping @Sendable (String) throws -> Void
    ) async throws {
        let directory = try makeDirectory()
        defer { rmdir(directory) }
        let path = directory + "/c.sock"
        var settings = settings
        settings.path = path
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let loop = try #require(TestContext.loop)
        let server = ControlServer(settings: settings, target: target, loop: loop, logger: logger)
        try await server.bind()
        async let served: Void = server.run()
        let result = await Task { try await onThread { try body(path) } }.result
        server.stop()
        await served
        #expect(access(path, F_OK) != 0 && access(directory + "/.s.PGSQL.6432", F_OK) != 0, "everything is removed")
        try result.get()
    }

    // MARK: Lines

    @Test func linesAreAnsweredInOrder() async throws {
        try await serve { path in
            let client = try ControlClient(path)
            try client.send(#"{"command":"resume"}"# + "\n\n" + #"{"command":"STATUS","args":[]}"# + "\nnot json\n")
            #expect(try client.line() == #"{"message":"resumed"}"#)
            #expect(try client.line()?.hasPrefix(#"{"columns":["name","value"],"rows":[["version","v9"]"#) == true)
            #expect(try client.line()?.hasPrefix(#"{"error":"the request is not right at byte 0"#) == true)
            try client.send(#"{"command":"statuss"}"# + "\n")
            #expect(try client.line() == #"{"error":"unknown command \"statuss\"; did you mean status?"}"#)
            client.finish()
            #expect(try client.line() == nil)
        }
    }

    @Test func answersComeAlsoWhenTheClientFinishedSending() async throws {
        try await serve { path in
            let client = try ControlClient(path)
            try client.send(#"{"command":"drain"}"# + "\n")
            client.finish()
            #expect(try client.line() == #"{"message":"draining"}"#)
            #expect(try client.line() == nil)
        }
    }

    @Test func reloadErrorsAreTold() async throws {
        let error = ControlError(.failed, "nothing was changed", details: ["a.yaml:3: unknown key \"auht\""])
        try await serve(ScriptedTarget { $0.reload = .failure(error) }) { path in
            let client = try ControlClient(path)
            try client.send(#"{"command":"reload"}"# + "\n")
            #expect(try client.line() == #"{"error":"nothing was changed\na.yaml:3: unknown key \"auht\""}"#)
        }
    }

    @Test func shutdownFollowsItsAnswer() async throws {
        let target = ScriptedTarget()
        try await serve(target) { path in
            let client = try ControlClient(path)
            try client.send(#"{"command":"shutdown"}"# + "\n")
            #expect(try client.line() == #"{"message":"draining, then ending"}"#)
            try client.send(#"{"command":"resume"}"# + "\n")
            #expect(try client.line() == #"{"message":"resumed"}"#)
            #expect(target.told == ["shutdown", "resume all"])
        }
    }

    // MARK: Console

    @Test func consoleRoundTrip() async throws {
        try await serve(ScriptedTarget { $0.sessions = [.example(), .example(id: 8)] }) { path in
            let client = try ControlClient(path)
            try client.send(ControlClient.packet([0x04, 0xD2, 0x16, 0x2F]))
            #expect(try client.read(1) == [0x4E])
            _ = try client.start("pgbouncer")
            try client.send(ControlClient.query("SHOW CLIENTS") + ControlClient.query("SHOW NONSENSE"))
            #expect(try client.messages(through: "Z").types == "TDDCZ")
            #expect(try client.messages(through: "Z").types == "EZ")
            try client.send([0x58, 0, 0, 0, 4])
            #expect(try client.message() == nil)
        }
    }

    @Test func severalStatementsOfOneQueryRunInTurn() async throws {
        let target = ScriptedTarget()
        try await serve(target) { path in
            let client = try ControlClient(path)
            _ = try client.start()
            try client.send(ControlClient.query("PAUSE; SHOW VERSION; RESUME") + ControlClient.query("RESUME"))
            #expect(try client.messages(through: "Z").types == "CTDCCZ")
            #expect(try client.messages(through: "Z").types == "CZ")
            #expect(target.told == ["pause all", "resume all", "resume all"])
        }
    }

    @Test func extendedQueryRoundTrip() async throws {
        try await serve { path in
            let client = try ControlClient(path)
            _ = try client.start()
            let text = Array("SHOW LISTS\0".utf8)
            try client.send([0x50] + ControlClient.packet([0] + text + [0, 0]))
            try client.send([0x42] + ControlClient.packet([0, 0, 0, 0, 0, 0, 0, 1, 0, 1]))
            try client.send([0x44] + ControlClient.packet([0x50, 0]))
            try client.send([0x45] + ControlClient.packet([0, 0, 0, 0, 0]) + [0x53] + ControlClient.packet([]))
            #expect(try client.messages(through: "Z").types == "12T" + String(repeating: "D", count: 14) + "CZ")
        }
    }

    @Test func linkLeadsLibpqHere() async throws {
        try await serve { path in
            let link = path.dropLast("c.sock".count) + ".s.PGSQL.6432"
            _ = try ControlClient(String(link)).start()
            var info = stat()
            #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
        }
    }

    // MARK: Waiting and cancelling

    @Test func pauseIsCanceledByItsKeyAndCostsNobodyElse() async throws {
        let target = ScriptedTarget { $0.servers = [.example()] }
        try await serve(target) { path in
            let waiting = try ControlClient(path)
            let key = try waiting.start()
            try waiting.send(ControlClient.query("PAUSE"))
            let other = try ControlClient(path)
            _ = try other.start()
            while target.told.isEmpty {
                try other.send(ControlClient.query("SHOW STATE"))
                #expect(try other.messages(through: "Z").types == "TDDDDCZ")
            }
            let wrong = try ControlClient(path)
            try wrong.send(ControlClient.packet([0x04, 0xD2, 0x16, 0x2E] + key.dropLast() + [~(key.last ?? 0)]))
            #expect(try wrong.read(1) == nil)
            let canceller = try ControlClient(path)
            try canceller.send(ControlClient.packet([0x04, 0xD2, 0x16, 0x2E] + key))
            #expect(try canceller.read(1) == nil)
            let error = try waiting.messages(through: "E").payload
            #expect(String(decoding: error, as: UTF8.self).contains("C57014\0"))
            #expect(try waiting.messages(through: "Z").types == "Z")
        }
    }

    @Test func pauseEndsWithItsClient() async throws {
        let target = ScriptedTarget { $0.servers = [.example()] }
        try await serve(target, with { $0.maxConnections = 1 }) { path in
            do {
                let leaving = try ControlClient(path)
                _ = try leaving.start()
                try leaving.send(ControlClient.query("PAUSE"))
                while target.told.isEmpty { sched_yield() }
            }
            // The only place becomes free again: nobody's command is under way any more.
            var answer: String?
            while answer == nil {
                guard let next = try? ControlClient(path), (try? next.send(#"{"command":"drain"}"# + "\n")) != nil
                else { continue }
                answer = try? next.line()
            }
            #expect(answer == #"{"message":"draining"}"#)
        }
    }

    // MARK: Hostile and slow clients

    @Test func bytesOneByOne() async throws {
        try await serve { path in
            let lines = try ControlClient(path)
            let console = try ControlClient(path)
            let startup = ControlClient.startup("articdbm")
            let query = ControlClient.query("SHOW VERSION")
            for byte in #"{"command":"drain"}"#.utf8 { try lines.send([byte]) }
            for byte in startup + query { try console.send([byte]) }
            try lines.send("\n")
            #expect(try lines.line() == #"{"message":"draining"}"#)
            #expect(try console.messages(through: "Z").types.hasPrefix("R"))
            #expect(try console.messages(through: "Z").types == "TDCZ")
        }
    }

    @Test(arguments: 0..<5)
    func garbageEndsItsOwnConnection(_ kind: Int) async throws {
        let kinds: [[UInt8]] = [
            Array(repeating: 0, count: 1000), Array("GET / HTTP/1.0\r\n\r\n".utf8),
            Array(repeating: 0xFF, count: 70_000), [0, 0, 0, 8, 0, 2, 0, 0], [0, 0, 0, 9, 0, 3, 0, 0, 0],
        ]
        let bytes = kinds[kind]
        try await serve { path in
            let garbage = try ControlClient(path)
            try? garbage.send(bytes)
            #expect(try garbage.read(1) == nil)
            _ = try ControlClient(path).start()
        }
    }

    @Test func garbageAfterTheStartIsTold() async throws {
        try await serve(ScriptedTarget(), with { $0.messageLimit = 16_384 }) { path in
            for bytes in [[0x7A, 0, 0, 0, 4], [0x51, 0x7F, 0, 0, 0], [0x51, 0, 0, 0, 4], [0x51, 0, 1, 0, 0]]
                as [[UInt8]]
            {
                let client = try ControlClient(path)
                _ = try client.start()
                try client.send(bytes)
                #expect(String(decoding: try client.messages(through: "E").payload, as: UTF8.self).contains("C08P01\0"))
                #expect(try client.message() == nil)
            }
        }
    }

    @Test func longLinesAreRefused() async throws {
        try await serve(ScriptedTarget(), with { $0.messageLimit = 16_384 }) { path in
            let client = try ControlClient(path)
            try? client.send("{" + String(repeating: "x", count: 40_000))
            #expect(try client.line() == #"{"error":"a line is longer than 16384 bytes"}"#)
            #expect(try client.line() == nil)
        }
    }

    @Test func whoSendsNothingOrHalfIsClosed() async throws {
        let impatient = with {
            $0.startTimeoutNs = 50_000_000
            $0.progressTimeoutNs = 50_000_000
        }
        try await serve(ScriptedTarget(), impatient) { path in
            let silent = try ControlClient(path)
            #expect(try silent.read(1) == nil)
            let half = try ControlClient(path)
            try half.send(#"{"command":"drain"}"# + "\n{")
            #expect(try half.line() == #"{"message":"draining"}"#)
            #expect(try half.line() == #"{"error":"the control connection was too slow"}"#)
            #expect(try half.line() == nil)
        }
    }

    @Test func idleConsolesAreTold() async throws {
        try await serve(ScriptedTarget(), with { $0.idleTimeoutNs = 50_000_000 }) { path in
            let client = try ControlClient(path)
            _ = try client.start()
            #expect(String(decoding: try client.messages(through: "E").payload, as: UTF8.self).contains("C57P05\0"))
            #expect(try client.message() == nil)
        }
    }

    @Test func whoDoesNotReadIsClosed() async throws {
        let target = ScriptedTarget { $0.sessions = (1...2000).map { .example(id: $0) } }
        try await serve(target, with { $0.progressTimeoutNs = 50_000_000 }) { path in
            let client = try ControlClient(path)
            _ = try client.start()
            // Far more than both sockets hold; its answers stay in the proxy up to a bound, then it is closed.
            let query = ControlClient.query("SHOW CLIENTS")
            while (try? client.send(query)) != nil {}
            let other = try ControlClient(path)
            _ = try other.start()
        }
    }

    @Test func oneMoreTakesThePlaceOfTheIdlest() async throws {
        try await serve(ScriptedTarget(), with { $0.maxConnections = 2 }) { path in
            let first = try ControlClient(path)
            _ = try first.start()
            let second = try ControlClient(path)
            _ = try second.start()
            let third = try ControlClient(path)
            _ = try third.start()
            #expect(String(decoding: try first.messages(through: "E").payload, as: UTF8.self).contains("C53300\0"))
            try second.send(ControlClient.query("SHOW VERSION"))
            #expect(try second.messages(through: "Z").types == "TDCZ")
        }
    }

    @Test func stoppingTellsConsoles() async throws {
        let directory = try makeDirectory()
        defer { rmdir(directory) }
        let loop = try #require(TestContext.loop)
        let path = directory + "/c.sock"
        let server = ControlServer(
            settings: ControlSettings(path: path, port: nil, version: "v9"), target: ScriptedTarget(), loop: loop,
            logger: Logger(label: "test"))
        try await server.bind()
        let running = Task { await server.run() }
        let end = try await onThread {
            let client = try ControlClient(path)
            _ = try client.start()
            running.cancel()
            return String(decoding: try client.messages(through: "E").payload, as: UTF8.self)
        }
        #expect(end.contains("C57P01\0"))
        await running.value
    }

    @Test func pathInUseIsTold() async throws {
        let directory = try makeDirectory()
        defer { rmdir(directory) }
        let loop = try #require(TestContext.loop)
        let settings = ControlSettings(path: directory + "/c.sock", port: nil, version: "v9")
        let logger = Logger(label: "test")
        let first = ControlServer(settings: settings, target: ScriptedTarget(), loop: loop, logger: logger)
        try await first.bind()
        let second = ControlServer(settings: settings, target: ScriptedTarget(), loop: loop, logger: logger)
        await #expect(throws: SocketError.self) { try await second.bind() }
        first.stop()
        await first.run()
    }
}

/// Settings, changed; a path is filled in later.
private func with(_ change: (inout ControlSettings) -> Void) -> ControlSettings {
    var settings = ControlSettings(path: "", port: 6432, version: "v9")
    change(&settings)
    return settings
}
