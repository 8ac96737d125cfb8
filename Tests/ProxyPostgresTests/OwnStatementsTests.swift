import Inspection
import Testing

@testable import ProxyPostgres

struct OwnStatementsTests {
    private func insert(_ own: inout OwnStatements, _ name: String, _ text: String, at now: UInt64 = 0) {
        Array(text.utf8).withUnsafeBytes { own.insert(Array(name.utf8), $0, PostgresLexing(), now: now) }
    }

    private func texts(_ own: OwnStatements, _ name: String) -> [String] {
        own[Array(name.utf8)].map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func aNameKeepsEveryTextSaidOfIt() {
        var own = OwnStatements(isComplete: true)
        insert(&own, "s", "SELECT 1")
        insert(&own, "s", "SELECT 2")
        insert(&own, "s", "SELECT 1")
        #expect(texts(own, "s") == ["SELECT 1", "SELECT 2"])
        #expect(texts(own, "t").isEmpty)
        #expect(own.isComplete)
    }

    @Test func whatWasSaidSinceANameWasGivenUpStays() {
        var own = OwnStatements(isComplete: true)
        insert(&own, "s", "SELECT 1", at: 10)
        insert(&own, "t", "SELECT 3", at: 10)
        insert(&own, "s", "SELECT 2", at: 20)
        own.remove(Array("s".utf8), before: 20)
        #expect(texts(own, "s") == ["SELECT 2"])
        own.removeAll(before: 30)
        #expect(texts(own, "s").isEmpty && texts(own, "t").isEmpty)
    }

    @Test func aTextThatIsSaidAgainIsAsOfThen() {
        var own = OwnStatements(isComplete: true)
        insert(&own, "s", "SELECT 1", at: 10)
        insert(&own, "s", "SELECT 1", at: 20)
        own.remove(Array("s".utf8), before: 15)
        #expect(texts(own, "s") == ["SELECT 1"])
    }

    @Test func whatIsForgottenIsToldFromWhatWasNeverThere() {
        var own = OwnStatements(isComplete: true)
        for number in 0...OwnStatements.limit { insert(&own, "s\(number)", "SELECT 1") }
        #expect(!own.isComplete)
        #expect(texts(own, "s0").isEmpty)
        #expect(texts(own, "s\(OwnStatements.limit)") == ["SELECT 1"])
        var large = OwnStatements(isComplete: true)
        insert(&large, "s", String(repeating: "x", count: OwnStatements.byteLimit + 1))
        #expect(!large.isComplete && texts(large, "s").isEmpty)
    }
}
