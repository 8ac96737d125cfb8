import Telemetry
import Testing

@testable import Proxy

@Suite struct DigestTableTests {
    private func count(
        _ hash: UInt64, _ times: Int = 1, database: UInt32 = 0, in table: DigestTable, at wallNs: UInt64 = 1
    ) -> StatementDigest? {
        var digest: StatementDigest?
        for _ in 0..<times {
            digest = table.digest(database: database, hash: hash, kind: "select", wallNs: wallNs) {
                Array("SELECT \(hash)".utf8)
            }
            digest?.counter.pointee.figures.add(durationNs: 60_000, rows: 2, isError: false, wallNs: wallNs)
        }
        return digest
    }

    @Test func shapesAreToldApartByDatabase() {
        let table = DigestTable(limit: 8)
        let shop = table.number(of: "shop")
        #expect(shop != 0 && table.number(of: "shop") == shop && table.number(of: "*") == 0)
        _ = count(7, 3, in: table)
        _ = count(7, 2, database: shop, in: table)
        let all = Dictionary(uniqueKeysWithValues: table.all.map { ($0.database, $0) })
        #expect(all["*"]?.figures.count == 3 && all["shop"]?.figures.count == 2)
        #expect(all["shop"]?.text == "SELECT 7" && all["shop"]?.kind == "select" && all["shop"]?.hash == 7)
    }

    @Test func theLeastUsedMakesRoomAndIsNotLostFromTheSum() throws {
        let table = DigestTable(limit: 8)
        let first = try #require(count(0, 100, in: table))
        for hash in 1..<1000 { _ = count(UInt64(hash), in: table, at: UInt64(hash)) }
        #expect(table.count == 8 && table.load.shapes == 8 && table.load.forgotten == 992)
        #expect(!first.counter.pointee.isForgotten)
        let kept = table.all.reduce(0) { $0 + $1.figures.count }
        #expect(kept + table.forgotten.count == 100 + 999)
        table.reset()
        #expect(first.counter.pointee.isForgotten && table.all.isEmpty && table.load.shapes == 0)
        #expect(count(0, in: table)?.counter.pointee.figures.count == 1)
    }

    @Test func nothingIsKeptWithoutALimit() {
        let table = DigestTable(limit: 0)
        #expect(count(1, in: table) == nil && table.all.isEmpty)
    }

    @Test func databasesAreBounded() {
        let table = DigestTable(limit: 8)
        for number in 0..<5000 { _ = table.number(of: "database\(number)") }
        #expect(table.number(of: "one more") == 0)
        #expect(table.number(of: "database1") != 0)
    }

    @Test func loopsAreAddedUp() {
        let tables = [DigestTable(limit: 8), DigestTable(limit: 8)]
        _ = count(1, 3, in: tables[0], at: 5)
        _ = count(1, 4, in: tables[1], at: 9)
        _ = count(2, in: tables[1])
        let merged = DigestInfo.merged(tables.map(\.all))
        #expect(merged.map(\.hash) == [1, 2])
        #expect(merged[0].figures.count == 7 && merged[0].figures.rows == 14 && merged[0].figures.totalNs == 420_000)
        #expect(merged[0].figures.firstSeenNs == 5 && merged[0].figures.lastSeenNs == 9)
    }

    @Test func percentilesAreTheBucketsBounds() {
        var figures = DigestFigures()
        #expect(figures.percentileNs(0.5) == 0)
        for _ in 0..<98 { figures.add(durationNs: 80_000, rows: 0, isError: false, wallNs: 1) }
        for _ in 0..<2 { figures.add(durationNs: 40_000_000_000, rows: 0, isError: true, wallNs: 1) }
        #expect(figures.percentileNs(0.5) == 100_000)
        #expect(figures.percentileNs(0.99) == 40_000_000_000)
        #expect(figures.errors == 2 && figures.maxNs == 40_000_000_000)
    }
}
