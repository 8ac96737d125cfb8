import Inspection
import Testing
import WirePostgres

@testable import ProxyPostgres

@Suite struct SessionPinsTests {
    private func reasons(_ session: Session) -> [String] { session.pins.pins.map { "\($0.reason):\($0.name)" } }

    @Test(arguments: [
        ("CREATE TEMP TABLE t (a int)", "temporary_object:t", "DROP TABLE t"),
        ("CREATE TEMP TABLE t (a int)", "temporary_object:t", "DISCARD TEMP"),
        ("LISTEN a", "listen:a", "UNLISTEN a"),
        ("LISTEN a", "listen:a", "UNLISTEN *"),
        ("LISTEN a", "listen:a", "DISCARD ALL"),
        ("BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1; COMMIT", "cursor:c", "CLOSE c"),
        ("SELECT pg_advisory_lock(1)", "advisory_lock:", "SELECT pg_advisory_unlock_all()"),
    ])
    func holdsAndLetsGo(_ text: String, _ pin: String, _ end: String) {
        var session = Session()
        session.run(text)
        #expect(reasons(session) == [pin])
        #expect(session.pins.isPinned)
        #expect(session.pins.pins[0].statement == StatementSummary(text).shapeHash)
        session.run(end)
        #expect(session.pins.isEmpty)
        #expect(session.pins.cleanUp == nil)
    }

    @Test func rollbackUndoes() {
        var session = Session()
        session.run("BEGIN; CREATE TEMP TABLE t (a int); LISTEN a; DECLARE c CURSOR WITH HOLD FOR SELECT 1")
        #expect(session.pins.pins.count == 3)
        session.run("ROLLBACK")
        #expect(session.pins.isEmpty)
        session.run("LISTEN a; SELECT 1 / 0", failsAt: 1)
        #expect(session.pins.isEmpty)
        session.run("CREATE TEMP TABLE t (a int)")
        session.run("BEGIN; DROP TABLE t; ROLLBACK")
        #expect(reasons(session) == ["temporary_object:t"])
    }

    @Test func someOutliveRollback() {
        var session = Session()
        session.run("BEGIN; SELECT pg_advisory_lock(1); ROLLBACK")
        #expect(reasons(session) == ["advisory_lock:"])
        #expect(session.pins.wantsProbe)
        session.run("BEGIN; LOAD 'x'; ROLLBACK; DISCARD ALL")
        #expect(session.pins.isTainted)
    }

    @Test func someEndWithTheTransaction() {
        var session = Session()
        session.run("BEGIN; CREATE TEMP TABLE t (a int) ON COMMIT DROP; DECLARE c CURSOR FOR SELECT 1")
        #expect(reasons(session) == ["temporary_object:t"])
        session.run("COMMIT")
        #expect(session.pins.isEmpty)
    }

    @Test func unlockingAsksTheServer() {
        var session = Session()
        session.run("SELECT pg_advisory_lock(1)")
        var found = CatalogueProbe()
        found.advisoryLocks = 1
        session.pins.probed(found)
        #expect(!session.pins.wantsProbe)
        session.run("SELECT pg_advisory_unlock(1)")
        #expect(session.pins.wantsProbe)
        session.pins.probed(CatalogueProbe())
        #expect(session.pins.isEmpty)
    }

    @Test func probesFindWhatFunctionsDid() {
        var session = Session()
        session.run("LISTEN a")
        var found = CatalogueProbe()
        found.channels = ["a", "b"]
        found.temporaryObjects = ["t"]
        session.pins.probed(found)
        #expect(Set(reasons(session)) == ["listen:a", "listen:b", "temporary_object:t"])
        #expect(session.pins.pins.first { $0.name == "a" }?.statement != 0)
        #expect(session.pins.cleanUp.map { String(decoding: $0, as: UTF8.self) } == "UNLISTEN *;DISCARD TEMP")
        #expect(session.pins.descriptions.contains("listen b"))
    }

    @Test func cleansEverythingAfterReasonsOfOthers() {
        var session = Session()
        session.pins.add("large_statement", statement: nil)
        let text = session.pins.cleanUp.map { String(decoding: $0, as: UTF8.self) }
        #expect(text == "CLOSE ALL;UNLISTEN *;SELECT pg_catalog.pg_advisory_unlock_all();DISCARD TEMP")
    }
}
