import Bytes
import Testing

@testable import WirePostgres

@Suite
struct NoticeTests {
    private let full: PostgresNotice = {
        var notice = PostgresNotice(
            .error, .lockNotAvailable, "could not", detail: "d", hint: "h", position: 12, context: "w")
        notice.others = [(.table, "t"), (.constraint, "c\0ut")]
        return notice
    }()

    @Test func everyFieldSurvives() throws {
        let bytes = payload { full.encode(onto: &$0) }
        let fields = try decode(NoticeFields.self, bytes)
        let texts = fields.fields.map { "\(UnicodeScalar($0.code.rawValue))\(text($0.text, in: bytes) ?? "")" }
        #expect(texts == ["SERROR", "VERROR", "C55P03", "Mcould not", "Dd", "Hh", "P12", "Ww", "tt", "nc"])
        #expect(text(fields[.hint], in: bytes) == "h")
        #expect(fields[.file] == nil)
        DripVerifier(NoticeFields.self).verify(bytes)
    }

    @Test func fieldsAreFoundWithoutDecoding() {
        let bytes = payload { full.encode(onto: &$0) }
        bytes.withUnsafeBytes { raw in
            #expect(NoticeFields.state(payload: raw) == .lockNotAvailable)
            #expect(!NoticeFields.isFatal(payload: raw))
            // The front of a long message is enough.
            #expect(NoticeFields.state(payload: raw.slice(0..<24)) == .lockNotAvailable)
            for count in 0..<raw.count { _ = NoticeFields.state(payload: raw.slice(0..<count)) }
        }
        let fatal = payload { PostgresNotice(.fatal, .adminShutdown, "bye").encode(onto: &$0) }
        #expect(fatal.withUnsafeBytes { NoticeFields.isFatal(payload: $0) })
    }

    @Test func severityChoosesTheMessage() {
        let types: [(PostgresNotice.Severity, Character)] = [
            (.error, "E"), (.fatal, "E"), (.panic, "E"), (.warning, "N"), (.notice, "N"), (.info, "N"), (.log, "N"),
            (.debug, "N"),
        ]
        for (severity, letter) in types {
            let bytes = encoded { PostgresNotice(severity, .warning, "m").encode(onto: &$0) }
            #expect(bytes[0] == letter.asciiValue)
        }
    }

    @Test func fieldsAreLimited() {
        let bytes = Array(String(repeating: "x\0", count: 65).utf8) + [0]
        #expect(throws: PostgresWireError.self) { try decode(NoticeFields.self, bytes) }
    }

    @Test func states() {
        #expect(SQLState.protocolViolation.description == "08P01")
        #expect(SQLState.internalError.description == "XX000")
        #expect(SQLState("bad").description == "XX000")
        #expect(SQLState("08p01").description == "XX000")
        #expect(SQLState.connectionFailure.isInClass(of: .protocolViolation))
        #expect(!SQLState.connectionFailure.isInClass(of: .adminShutdown))
        #expect(Array("5300".utf8).withUnsafeBytes { SQLState(bytes: $0) } == nil)
    }
}
