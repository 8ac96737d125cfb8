import Inspection
import Testing

@testable import ProxyPostgres

private func statement(_ number: UInt64, _ text: String, types: UInt8 = 0) -> PreparedStatement {
    let body = Array(text.utf8) + [0, 0, types] + Array(repeating: 0, count: 4 * Int(types))
    let info = StatementInfo(summary: StatementSummary(text), texts: [])
    return PreparedStatement(number: number, source: .parse, body: body, statement: info, parsing: ParseSettings())
}

private func sql(_ tail: String) -> PreparedStatement {
    let info = StatementInfo(summary: StatementSummary(""), texts: [])
    return PreparedStatement(sql: Array(tail.utf8), at: 9, number: 1, statement: info, parsing: ParseSettings())
}

@Suite struct NamingTests {
    @Test func statementsAreAddedBehindOthers() {
        let naming = Naming()
        let text = Array("EXECUTE a; RESET x; SELECT 1".utf8)
        naming.edits.append(Naming.Edit(range: 8..<9, name: Array("_adbm_7".utf8)))
        naming.add(["SET x TO 1", "SET y TO 2"], at: 18, behind: 1)
        let told = text.withUnsafeBytes { naming.apply(to: $0) }
        #expect(String(decoding: told, as: UTF8.self) == "EXECUTE _adbm_7; RESET x;SET x TO 1;SET y TO 2; SELECT 1")
        #expect((0...4).map { naming.clientPlace($0) } == [0, 1, nil, nil, 2])
        // The place of «1» in the client's text, from that in the server's.
        #expect(naming.position(56) == 28)
        naming.add(["SET z TO 3"], at: 9, behind: 0)
        let more = text.withUnsafeBytes { naming.apply(to: $0) }
        #expect(String(decoding: more, as: UTF8.self).hasPrefix("EXECUTE _adbm_7;SET z TO 3; RESET x;SET x TO 1;"))
    }

    @Test func aNameMeansOneStatementAfterAnother() {
        let naming = Naming()
        let (first, second) = (statement(1, "SELECT 1"), statement(2, "SELECT 2"))
        naming.mean(first, [0x61])
        naming.mean(second, [0x61])
        #expect(naming.nextMeant([0x61]) === first)
        #expect(naming.nextMeant([0x61]) === second)
        #expect(naming.nextMeant([0x61]) === second, "a portal is executed again")
        #expect(naming.nextMeant([0x62]) == nil)
        #expect(naming.nextMade([0x61]) == nil)
        let inner = Naming()
        inner.make(first, [0x62])
        inner.use(first, [0x62], at: 0)
        naming.use(first, [0x61], at: 2)
        naming.take(inner, at: 1)
        #expect(naming.names(at: 1).map(\.0) == [[0x62], [0x61]])
        #expect(naming.names(at: nil).map(\.0) == [[0x61], [0x62]])
        #expect(naming.isMade(first))
        #expect(naming.nextMade([0x62]) === first)
    }

    @Test func parametersAreCounted() {
        #expect(statement(1, "SELECT $2::int, '$9', $1").parameterCount == 2)
        #expect(statement(1, "SELECT 1", types: 3).parameterCount == 3)
        #expect(statement(1, "").parameterCount == 0)
        #expect(statement(1, "SELECT $99999999999999999999").parameterCount <= 99_999)
        #expect(sql("(int, numeric(10, 2), text[]) AS SELECT $1").parameterCount == 3)
        #expect(sql(" AS SELECT $1 + $2").parameterCount == 2)
        #expect(sql("(int").parameterCount == 1)
        let info = StatementInfo(summary: StatementSummary(""), texts: [])
        #expect(PreparedStatement(standIn: 1, parameters: 300, statement: info).parameterCount == 300)
    }
}

@Suite struct FlightQueueTests {
    @Test func aLaterBatchKeepsItsStatement() {
        let (old, new) = (statement(1, "SELECT 1"), statement(2, "SELECT 2"))
        var flights = FlightQueue()
        _ = flights.append(Flight(kind: .parse, prepared: old))
        let isAlone = !flights.replacePrevious(statement: [], nil)
        #expect(isAlone, "nothing behind it")
        _ = flights.append(Flight(kind: .sync))
        let later = flights.append(Flight(kind: .parse, prepared: new, previous: old))
        let bind = flights.append(Flight(kind: .bind, prepared: new))
        let isReplaced = flights.replacePrevious(statement: [], nil)
        let isForgotten = flights.update(later) { $0.previous == nil }
        #expect(isReplaced && isForgotten == true)
        let isNamed = flights.replacePrevious(statement: [0x61], old)
        #expect(!isNamed)
        let portal = BoundPortal(statement: old.statement, naming: nil)
        let isBound = flights.replacePrevious(portal: [], portal)
        let isOld = flights.update(bind) { $0.previousPortal?.statement === old.statement }
        #expect(isBound && isOld == true)
    }

    @Test func evictedStatementsComeWithTheirSize() {
        var cache = PreparedCache(limit: 2, byteLimit: 100)
        cache.insert(1, cost: 10)
        cache.insert(2, cost: 20)
        _ = cache.touch(1)
        let victims = cache.makeRoom(cost: 5).map { [$0.number, UInt64($0.cost)] }
        #expect(victims == [[2, 20]])
        #expect(cache.bytes == 10)
    }
}
