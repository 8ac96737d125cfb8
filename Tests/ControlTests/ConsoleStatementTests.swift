import Testing

@testable import Control

@Suite struct ConsoleStatementTests {
    private func parse(_ text: String) throws(ControlError) -> [ConsoleStatement] { try ConsoleStatement.parse(text) }

    @Test func shows() throws {
        #expect(try parse("SHOW POOLS") == [.show("pools")])
        #expect(try parse("  show   Stats_Totals ;  ") == [.show("stats_totals")])
        #expect(try parse("/* a /* nested */ ; */ SHOW -- tail ; \n CLIENTS;;") == [.show("clients")])
        #expect(try parse("SHOW pools--x") == [.show("pools")])
        #expect(try parse("SHOW \"pools\"") == [.show("pools")])
        #expect(try parse("SHOW HELP; SHOW VERSION") == [.show("help"), .show("version")])
    }

    @Test func nothing() throws {
        for text in ["", ";", " ; \n;", "-- x", "/* x */"] { #expect(try parse(text) == []) }
    }

    @Test func names() throws {
        #expect(try parse("PAUSE") == [.command("pause", [])])
        #expect(try parse("pause MyDb") == [.command("pause", ["MyDb"])])
        #expect(try parse("RESUME \"a \"\"b\"\";\"") == [.command("resume", ["a \"b\";"])])
        #expect(try parse("RECONNECT 'x''y'") == [.command("reconnect", ["x'y"])])
        #expect(try parse("PAUSE a, b-c.d") == [.command("pause", ["a", "b-c.d"])])
        #expect(try parse("KILL_CLIENT 0x1f") == [.command("kill_client", ["0x1f"])])
        #expect(try parse("SHUTDOWN WAIT_FOR_CLIENTS") == [.command("shutdown", ["WAIT_FOR_CLIENTS"])])
        #expect(try parse("DISABLE db") == [.command("disable", ["db"])])
        #expect(try parse("KILL größe") == [.command("kill", ["größe"])])
    }

    @Test func whatDriversSay() throws {
        #expect(
            try parse("BEGIN; start transaction read only; COMMIT; ROLLBACK") == [.begin, .begin, .commit, .rollback])
        #expect(try parse("SET extra_float_digits = 3; SET SESSION application_name TO 'x'") == [.set, .set])
        #expect(
            try parse("SHOW TRANSACTION ISOLATION LEVEL")
                == [.parameter("transaction isolation level", value: "read committed")])
        #expect(try parse("show client_encoding") == [.parameter("client_encoding", value: "UTF8")])
    }

    @Test(arguments: [
        ("SHOW NONSENSE", ControlError.Kind.syntax, "see SHOW HELP"), ("SHOW POOL", .syntax, "did you mean pools?"),
        ("SHOW", .syntax, "SHOW what"), ("PAUZE", .syntax, "did you mean pause?"),
        ("'x'", .syntax, "begins with a word"),
        ("PAUSE =", .syntax, "= is not expected"), ("KILL_CLIENT", .syntax, "usage"), ("KILL a b", .syntax, "usage"),
        ("SHOW \"pools", .syntax, "does not end"), ("PAUSE 'x", .syntax, "does not end"), ("/* x", .syntax, "comment"),
        ("SELECT 1", .unsupported, "not SELECT"), ("SET work_mem = 1", .unsupported, "RELOAD"),
        ("SET", .syntax, "SET what"),
        ("(", .syntax, "begins with a word"),
    ])
    func refusals(_ text: String, _ kind: ControlError.Kind, _ part: String) {
        let error = #expect(throws: ControlError.self) { try parse(text) }
        #expect(error?.kind == kind)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test func longTextIsRefusedOrCheap() throws {
        #expect(throws: ControlError.self) { try parse(String(repeating: "a ", count: 100_000)) }
        #expect(try parse(String(repeating: ";", count: 1_000_000)) == [])
        #expect(throws: ControlError.self) { try parse(String(repeating: "/*", count: 500_000)) }
    }

    @Test func tags() {
        #expect(ConsoleStatement.show("pools").tag == "SHOW")
        #expect(ConsoleStatement.command("kill_client", ["1"]).tag == "KILL_CLIENT")
    }
}
