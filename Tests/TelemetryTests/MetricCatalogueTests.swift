import Glibc
import Testing

@testable import Telemetry

@Suite struct MetricCatalogueTests {
    private static func read(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Rows of the tables: name, type, labels, meaning.
    private static func documented() -> [String: [String]] {
        let path = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/docs/METRICS.md"
        var rows: [String: [String]] = [:]
        for line in read(path).split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            rows[String(cells[0].dropFirst().dropLast())] = Array(cells.dropFirst())
        }
        return rows
    }

    @Test func documentListsExactlyTheCatalogue() {
        let rows = Self.documented()
        for family in MetricCatalogue.all {
            let labels = family.labels.map { "`\($0)`" }.joined(separator: ", ")
            let expected = [family.kind.rawValue, labels.isEmpty ? "–" : labels, family.help]
            #expect(rows[family.name] == expected, "docs/METRICS.md on \(family.name)")
        }
        #expect(Set(rows.keys) == Set(MetricCatalogue.all.map(\.name)))
    }

    @Test func namesAreWellFormed() {
        #expect(Set(MetricCatalogue.all.map(\.name)).count == MetricCatalogue.all.count)
        for family in MetricCatalogue.all {
            #expect(family.name.utf8.allSatisfy { $0 == 95 || (97...122).contains($0) })
            if family.name.hasSuffix("_total") { #expect(family.kind == .counter) }
            if family.kind == .histogram { #expect(family.name.hasSuffix("_seconds")) }
            #expect(family.help.hasSuffix("."))
        }
    }
}
