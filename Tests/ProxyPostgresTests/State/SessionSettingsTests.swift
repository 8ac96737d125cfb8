import Inspection
import Testing
import WirePostgres

@testable import ProxyPostgres

/// Runs texts as simple queries that succeed, with the status that PostgreSQL would give.
struct Session {
    var settings: SessionSettings
    var pins = SessionPins()
    private var inBlock = false
    private var failed = false

    init(_ startup: [(String, String)] = []) { settings = SessionSettings(startup: startup) }

    /// One simple query. `failsAt` is the statement in it that the server refuses.
    mutating func run(_ text: String, failsAt: Int? = nil) {
        let summary = StatementSummary(text)
        let info = StatementInfo(summary: summary, texts: [])
        for (index, statement) in summary.statements.enumerated() {
            if index == failsAt {
                settings.failed()
                pins.failed()
                failed = inBlock
                break
            }
            for effect in statement.effects {
                track(effect)
                settings.apply(effect)
                _ = pins.apply(effect, statement: info)
            }
        }
        let status: TransactionStatus = inBlock ? (failed ? .failed : .inTransaction) : .idle
        settings.becameReady(status)
        pins.becameReady(status)
    }

    private mutating func track(_ effect: SessionEffect) {
        guard case .transaction(let transaction) = effect else { return }
        switch transaction {
        case .begin: inBlock = true
        case .commit(let chain), .rollback(let chain): (inBlock, failed) = (chain && inBlock, false)
        case .rollbackTo: failed = false
        case .prepareTransaction: (inBlock, failed) = (false, false)
        default: break
        }
    }

    subscript(name: String) -> String? { settings.value(SQLText(name))?.description }

    /// What a fresh connection must be told, or one in the state of another session.
    func commands(from other: Session? = nil) -> String {
        var server = ServerSettings()
        if let other { server.adopt(other.settings) }
        return String(decoding: settings.commands(from: server), as: UTF8.self)
    }
}

@Suite struct SessionSettingsTests {
    @Test func followsStatements() {
        var session = Session([("DateStyle", "German"), ("application_name", "x")])
        session.run("SET work_mem = '1MB'; SET search_path TO a, \"B\"")
        #expect(session["work_mem"] == "1MB")
        #expect(session["search_path"] == "a, \"B\"")
        session.run("RESET work_mem; SET datestyle = ISO")
        #expect(session["work_mem"] == nil)
        session.run("RESET ALL")
        #expect(session["datestyle"] == "German")
        session.run("SET x.y = 1")
        session.run("DISCARD ALL")
        #expect(session.commands() == "SET \"application_name\" TO 'x';SET \"datestyle\" TO 'German'")
        #expect(
            session.settings.fingerprint
                == Session([("application_name", "x"), ("datestyle", "German")]).settings.fingerprint)
    }

    @Test func isUndoneWithTransactions() {
        var session = Session()
        session.run("SET a.a = 1")
        session.run("BEGIN; SET a.a = 2; SAVEPOINT s; SET a.a = 3; SET LOCAL a.b = 4")
        #expect(session["a.b"] == "4")
        session.run("ROLLBACK TO s")
        #expect(session["a.a"] == "2")
        #expect(session["a.b"] == nil)
        session.run("SET LOCAL a.a = 5; RELEASE s; COMMIT")
        #expect(session["a.a"] == "2")
        session.run("BEGIN")
        session.run("SET a.a = 9")
        session.run("ROLLBACK AND CHAIN")
        #expect(session["a.a"] == "2")
        session.run("SET a.a = 9; ROLLBACK")
        #expect(session["a.a"] == "2")
    }

    @Test func anErrorUndoesTheBatch() {
        var session = Session()
        session.run("SET a.a = 1; SELECT 1 / 0", failsAt: 1)
        #expect(session["a.a"] == nil)
        session.run("SET a.a = 1; COMMIT; SET a.a = 2; SELECT 1 / 0", failsAt: 3)
        #expect(session["a.a"] == "1")
        session.run("SET a.a = 2; BEGIN; SET a.a = 3; ROLLBACK")
        #expect(session["a.a"] == "1")
        session.run("SET a.a = 2; ROLLBACK; SET a.b = 1")
        #expect(session["a.a"] == "1")
        #expect(session["a.b"] == "1")
    }

    @Test func aFailedTransactionRollsBackOnCommit() {
        var session = Session()
        session.run("BEGIN; SET a.a = 1")
        session.run("SELECT 1 / 0", failsAt: 0)
        session.run("COMMIT")
        #expect(session["a.a"] == nil)
        session.run("BEGIN; SET a.a = 1; SAVEPOINT s")
        session.run("SELECT 1 / 0", failsAt: 0)
        session.run("ROLLBACK TO s; COMMIT")
        #expect(session["a.a"] == "1")
        // A deferred constraint fails in COMMIT itself: an error, and the transaction is over.
        var settings = SessionSettings()
        settings.apply(.transaction(.begin(TransactionModes())))
        settings.apply(.setting(.set(name: "a.a", value: "1", isLocal: false)))
        settings.failed()
        settings.becameReady(.idle)
        #expect(settings.value("a.a") == nil)
    }

    @Test func savepointsOfOneNameNest() {
        var session = Session()
        session.run("BEGIN; SAVEPOINT s; SET a.a = 1; SAVEPOINT s; SET a.a = 2; ROLLBACK TO s")
        #expect(session["a.a"] == "1")
        session.run("RELEASE s; ROLLBACK TO s")
        #expect(session["a.a"] == nil)
        session.run("COMMIT")
    }

    @Test func reportedValuesStand() {
        var session = Session([("client_encoding", "latin1")])
        session.settings.learnDefaults(["timezone": "Etc/UTC", "client_encoding": "LATIN1"])
        session.run("SET timezone = 'europe/berlin'")
        session.settings.reported("TimeZone", "Europe/Berlin")
        session.settings.becameReady(.idle)
        #expect(session["timezone"] == "Europe/Berlin")
        session.run("RESET timezone")
        session.settings.reported("TimeZone", "Etc/UTC")
        session.settings.becameReady(.idle)
        #expect(session.commands() == "SET \"client_encoding\" TO 'latin1'")
        // A function did it.
        session.settings.reported("standard_conforming_strings", "off")
        session.settings.becameReady(.idle)
        #expect(session.settings.lexing == PostgresLexing(standardConformingStrings: false))
        session.run("SET client_encoding = SJIS")
        #expect(session.settings.lexing.encoding == .shiftJIS)
        session.settings.reported("server_version", "18.1")
        #expect(session["server_version"] == nil)
        // SET LOCAL is reported too, and is over with the transaction.
        session.run("BEGIN; SET LOCAL timezone = 'Asia/Tokyo'")
        session.settings.reported("TimeZone", "Asia/Tokyo")
        session.run("COMMIT")
        session.settings.reported("TimeZone", "Etc/UTC")
        #expect(session["timezone"] == "Etc/UTC")
        #expect(!session.commands().contains("timezone"))
    }

    @Test func identityComesLastAndGoesFirst() {
        var a = Session()
        a.run("SET work_mem = '1MB'; SET ROLE r")
        #expect(a.commands() == "SET \"work_mem\" TO '1MB';SET ROLE \"r\"")
        var b = Session()
        b.run("SET SESSION AUTHORIZATION s; SET x.y = 'it''s \\'")
        #expect(
            b.commands(from: a)
                == "RESET ROLE;RESET \"work_mem\";SET \"x\".\"y\" TO E'it''s \\\\';SET SESSION AUTHORIZATION \"s\"")
        #expect(
            a.commands(from: b)
                == "RESET SESSION AUTHORIZATION;RESET \"x\".\"y\";SET \"work_mem\" TO '1MB';SET ROLE \"r\"")
        #expect(a.commands(from: a) == "")
        var c = a
        c.run("SET ROLE NONE; RESET work_mem")
        #expect(c.settings.fingerprint == 0)
        a.run("SET SESSION AUTHORIZATION s")
        #expect(a["role"] == nil)
        var d = Session()
        d.run("SET search_path TO 'a b', public")
        #expect(d.commands() == "SET \"search_path\" TO \"a b\", public")
    }

    @Test func startupValuesAreSaidAgainBehindAReset() {
        let session = Session([("Work_Mem", "9MB"), ("search_path", "a, b"), ("role", "r")])
        func amends(_ text: String) -> [String] {
            session.settings.amends(for: StatementSummary(text).effects).map(\.description)
        }
        #expect(amends("RESET work_mem") == ["SET \"work_mem\" TO '9MB'"])
        #expect(amends("SET LOCAL search_path TO DEFAULT") == ["SET LOCAL \"search_path\" TO a, b"])
        #expect(amends("RESET ROLE") == ["SET ROLE \"r\""])
        #expect(amends("RESET ALL") == ["SET \"search_path\" TO a, b", "SET \"work_mem\" TO '9MB'"])
        #expect(amends("DISCARD ALL").count == 3)
        for text in ["RESET timezone", "SET work_mem = '1MB'", "DISCARD PLANS", "SELECT 1"] {
            #expect(amends(text) == [], "\(text)")
        }
        #expect(Session().settings.amends(for: [.setting(.resetAll), .discard(.all)]) == [])
    }

    @Test func onlyTokensAreOfTheTimeBeforeATextRan() {
        func settings(_ values: [SQLText: SQLText]) -> ParseSettings {
            ParseSettings(lexing: PostgresLexing(standardConformingStrings: values.isEmpty)) { values[$0] }
        }
        let before = settings([:])
        let after = settings(["standard_conforming_strings": "off", "datestyle": "German", "search_path": "a"])
        let cut = after.cut(as: before)
        #expect(String(decoding: cut.commands(from: before), as: UTF8.self).contains("'datestyle'"))
        #expect(!String(decoding: cut.commands(from: before), as: UTF8.self).contains("standard_conforming"))
        #expect(cut.lexing == before.lexing)
        #expect(cut.identity == after.identity)
        #expect(after.cut(as: after).fingerprint == after.fingerprint)
    }

    /// Random programs against a model that keeps PostgreSQL's own stack of values (`guc.c`, `push_old_value` and
    /// `AtEOXact_GUC`), which works quite otherwise.
    @Test func agreesWithTheStackModel() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            var session = Session()
            var model = StackModel()
            var program: [String] = []
            for _ in 0..<Int.random(in: 1...14, using: &generator) {
                let value = Int.random(in: 1...99, using: &generator)
                let name = ["a.a", "a.b"].randomElement(using: &generator)!
                let point = ["s", "t"].randomElement(using: &generator)!
                var text = [
                    "SET \(name) = \(value)", "SET LOCAL \(name) = \(value)", "RESET \(name)", "SAVEPOINT \(point)",
                    "ROLLBACK TO \(point)", "RELEASE \(point)", "BEGIN", "COMMIT", "ROLLBACK", "RESET ALL", "ERROR",
                ].randomElement(using: &generator)!
                if text == "ERROR" { text = "SELECT 1 / 0" }
                guard model.accepts(text) else { continue }
                program.append(text)
                session.run(text, failsAt: text.hasPrefix("SELECT") ? 0 : nil)
                model.run(text)
                for name in ["a.a", "a.b"] {
                    #expect((session[name] ?? "") == model.value(name), "\(program)")
                }
            }
        }
    }
}

/// PostgreSQL's way: one stack of saved values per setting, an entry per nesting level at which it was changed.
private struct StackModel {
    private enum Change { case set, local, setLocal }
    private struct Entry {
        var level: Int
        var change: Change
        var prior: String
        var masked: String
    }

    private var values: [String: String] = [:]
    private var stacks: [String: [Entry]] = [:]
    private var level = 0
    private var points: [String] = []
    private var failed = false

    func value(_ name: String) -> String { values[name] ?? "" }

    func accepts(_ text: String) -> Bool {
        let words = text.split(separator: " ").map(String.init)
        if level == 0 { return words[0] != "SAVEPOINT" && words[0] != "RELEASE" && text.contains("TO ") == false }
        let isRollbackTo = text.hasPrefix("ROLLBACK TO")
        if isRollbackTo || words[0] == "RELEASE", !points.contains(words.last!) { return false }
        if failed { return words[0] == "ROLLBACK" || words[0] == "COMMIT" }
        return text != "BEGIN"
    }

    mutating func run(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        let implicit = level == 0 && ["SET", "RESET"].contains(words[0])
        if implicit { level = 1 }
        switch words[0] {
        case "SET" where words[1] == "LOCAL": assign(words[2], words[4], .local)
        case "SET": assign(words[1], words[3], .set)
        case "RESET": (words[1] == "ALL" ? ["a.a", "a.b"] : [words[1]]).forEach { assign($0, "", .set) }
        case "BEGIN": level = 1
        case "SAVEPOINT":
            points.append(words[1])
            level += 1
        case "RELEASE":
            while let point = points.popLast() {
                leave(commits: true)
                if point == words[1] { break }
            }
        case "ROLLBACK" where words.count > 1:
            while points.last! != words[2] {
                points.removeLast()
                leave(commits: false)
            }
            leave(commits: false)
            level += 1
            failed = false
        case "COMMIT", "ROLLBACK":
            let commits = words[0] == "COMMIT" && !failed
            while level > 0 { leave(commits: commits) }
            points = []
            failed = false
        case "SELECT": failed = level > 0
        default: break
        }
        if implicit { leave(commits: true) }
    }

    private mutating func assign(_ name: String, _ value: String, _ change: Change) {
        let prior = self.value(name)
        var stack = stacks[name] ?? []
        if var entry = stack.last, entry.level == level {
            switch (entry.change, change) {
            case (_, .set): entry.change = .set
            case (.set, .local):
                entry.masked = prior
                entry.change = .setLocal
            default: break
            }
            stack[stack.count - 1] = entry
        } else {
            stack.append(Entry(level: level, change: change, prior: prior, masked: ""))
        }
        stacks[name] = stack
        values[name] = value
    }

    private mutating func leave(commits: Bool) {
        for name in ["a.a", "a.b"] {
            guard var stack = stacks[name], let entry = stack.last, entry.level == level else { continue }
            stack.removeLast()
            if !commits {
                values[name] = entry.prior
            } else if level == 1 {
                if entry.change == .local { values[name] = entry.prior }
                if entry.change == .setLocal { values[name] = entry.masked }
            } else if var outer = stack.last, outer.level == level - 1 {
                switch entry.change {
                case .set: outer.change = .set
                case .local:
                    if outer.change == .set {
                        outer.masked = entry.prior
                        outer.change = .setLocal
                    }
                case .setLocal:
                    outer.masked = entry.masked
                    outer.change = .setLocal
                }
                stack[stack.count - 1] = outer
            } else {
                var moved = entry
                moved.level = level - 1
                stack.append(moved)
            }
            stacks[name] = stack
        }
        level -= 1
    }
}

/// A small generator with a fixed seed, so that failures come again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
