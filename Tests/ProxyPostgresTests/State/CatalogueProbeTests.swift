import Inspection
import Testing

@testable import ProxyPostgres

@Suite struct CatalogueProbeTests {
    /// A DataRow's payload.
    private func row(_ fields: [String?]) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(fields.count >> 8), UInt8(fields.count & 255)]
        for field in fields {
            guard let field else {
                bytes += [255, 255, 255, 255]
                continue
            }
            let length = field.utf8.count
            bytes += [0, 0, UInt8(length >> 8), UInt8(length & 255)] + Array(field.utf8)
        }
        return bytes
    }

    private func parse(_ bytes: [UInt8]) -> CatalogueProbe? { bytes.withUnsafeBytes { CatalogueProbe.parse($0) } }

    private func hex(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// As PostgreSQL 15 answered.
    private let captured: [String?] = [
        "7365617263685f70617468=612c202242206322=612c202242206322,776f726b5f6d656d=3635353336=36344d42", "7231", "7231",
        "1",
        "7474,6666", "6a6f6273", "6363", "7070", "6d792e78=616263",
    ]

    @Test func readsARow() throws {
        let probe = try #require(parse(row(captured)))
        #expect(probe.settings == ["search_path": "a, \"B c\"", "work_mem": "65536"])
        #expect(probe.canonical["work_mem"] == "64MB")
        #expect(probe.role == "r1")
        #expect(probe.sessionUser == "r1")
        #expect(probe.advisoryLocks == 1)
        #expect(probe.temporaryObjects == ["tt", "ff"])
        #expect(probe.channels == ["jobs"])
        #expect(probe.holdCursors == ["cc"])
        #expect(probe.preparedStatements == ["pp"])
        #expect(probe.customSettings == ["my.x": "abc"])
        #expect(parse(row([nil, "6e6f6e65", nil, "0", nil, nil, nil, nil, nil])) == CatalogueProbe())
    }

    @Test func refusesWhatIsNoRow() {
        let bytes = row(captured)
        for count in 0..<bytes.count { #expect(parse(Array(bytes[..<count])) == nil) }
        #expect(parse(bytes + [0]) == nil)
        for index in captured.indices {
            var fields = captured
            fields[index] = "zz"
            #expect(parse(row(fields)) == nil, "column \(index)")
        }
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<5000 {
            var damaged = bytes
            damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            _ = parse(damaged)
        }
    }

    @Test func settingsTakeItOver() throws {
        var session = Session()
        session.run("SET work_mem = '64MB'; SET my.x = 1; SET a.gone = 1; SET statement_timeout = 5")
        session.settings.learnCustomNames(["fn.x", "fn.unset"])
        var found = CatalogueProbe()
        found.settings = ["work_mem": "65536", "search_path": "x"]
        found.canonical = ["work_mem": "64MB", "search_path": "x"]
        found.customSettings = ["my.x": "2", "fn.x": "f", "fn.unset": ""]
        found.role = "r"
        session.settings.beginProbe()
        #expect(session.settings.probed(found).fingerprint == session.settings.fingerprint)
        #expect(
            session.commands() == "SET \"fn\".\"x\" TO 'f';SET \"my\".\"x\" TO '2';"
                + "SET \"search_path\" TO x;SET \"work_mem\" TO '64MB';SET ROLE \"r\"")
        let query = String(decoding: session.settings.probeQuery, as: UTF8.self)
        for name in ["my.x", "a.gone", "fn.x"] { #expect(query.contains("('\(name)')")) }
    }

    @Test func whatWasResetOutOfSightIsTheStartupValueAndTheConnectionLagsBehind() {
        var session = Session([("work_mem", "9MB"), ("my.x", "1"), ("TimeZone", "UTC"), ("role", "r")])
        session.run("SET timezone = 'Asia/Tokyo'")
        var found = CatalogueProbe()
        found.settings = ["timezone": "Asia/Tokyo"]
        found.canonical = found.settings
        found.customSettings = ["my.x": ""]
        found.role = "none"
        session.settings.beginProbe()
        let server = session.settings.probed(found)
        #expect(String(decoding: session.settings.probeQuery, as: UTF8.self).contains("('my.x')"))
        #expect(session["work_mem"] == "9MB")
        #expect(session["my.x"] == "1")
        #expect(session["timezone"] == "Asia/Tokyo")
        #expect(
            String(decoding: session.settings.commands(from: server), as: UTF8.self)
                == "RESET ROLE;SET \"my\".\"x\" TO '1';SET \"work_mem\" TO '9MB';SET ROLE NONE")
    }

    @Test func aSurveyLearnsCustomNamesAndWhatIsHidden() {
        let survey = DatabaseSurvey()
        let names = hex("foo.bar") + "," + hex("my.fn")
        row(["f", "t", "f", names]).withUnsafeBytes { survey.learn($0) }
        #expect(survey.customNames == ["foo.bar", "my.fn"])
        #expect(survey.hidden == [.writes])
        row(["f", "f", "f", nil]).withUnsafeBytes { survey.learn($0) }
        #expect(survey.hidden == [])
    }
}
