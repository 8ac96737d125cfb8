import Glibc
import Testing

@testable import Configuration

@Suite struct SchemaTests {
    /// The reference page holds exactly the generated tables: no setting is missing or described otherwise.
    @Test func everySettingIsDocumented() throws {
        let same = try Self.tables(of: "CONFIGURATION") == Configuration.referenceTables
        #expect(same, "run `articdbm config schema --markdown` and put its output between the marks")
        let audit = try Self.tables(of: "AUDIT") == Configuration.referenceTables(of: "audit")
        #expect(audit, "the same with `--section audit`")
        let policy = ["groups", "users"].compactMap { Configuration.referenceTables(of: $0) }.joined()
        #expect(try Self.tables(of: "POLICY") == policy, "the same with `--section groups`, then `--section users`")
    }

    private static func tables(of name: String) throws -> String {
        let page = try page(name)
        let start = try #require(page.firstRange(of: "<!-- settings: begin -->\n\n")).upperBound
        let end = try #require(page.firstRange(of: "<!-- settings: end -->")).lowerBound
        return String(page[start..<end])
    }

    @Test func jsonSchemaHasEverySetting() {
        let schema = Configuration.jsonSchema
        func visit(_ entries: [SchemaEntry]) {
            for entry in entries {
                #expect(schema.contains("\"\(entry.name)\": {"))
                #expect(!entry.doc.isEmpty)
                visit(entry.children ?? [])
            }
        }
        visit(Configuration.schemaEntries)
        #expect(schema.contains("\"additionalProperties\": false"))
    }

    /// Each default, written into a file, is accepted and means the same.
    @Test func defaultsAreValidValues() throws {
        func lines(_ entries: [SchemaEntry], _ indent: String) -> String {
            entries.map { entry in
                if case .section(let children) = entry.schema {
                    let body = lines(children, indent + "  ")
                    return body.isEmpty ? "" : "\(indent)\(entry.name):\n" + body
                }
                guard let value = entry.default else { return "" }
                return "\(indent)\(entry.name): \(value.text())\n"
            }.joined()
        }
        let text = minimalText + "\n" + lines(Configuration.schemaEntries, "")
        #expect(try parse(text).configuration == (try parse(minimalText).configuration))
    }

    private static func page(_ name: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try #require(fopen("/\(root)/docs/\(name).md", "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 200_000)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
