/// What may stand at a place of the file, for the JSON Schema and the reference tables.
indirect enum Schema: Sendable {
    /// - Parameters:
    ///   - kind: the word of the reference tables: `duration`, `count`, …
    ///   - range: what the tables say about permitted values; empty for no bounds.
    ///   - json: keywords of the JSON Schema.
    case scalar(kind: String, range: String, json: [(String, JSON)])
    case section([SchemaEntry])
    case list(Schema)
    /// One value or a list of them.
    case oneOrMore(Schema)

    var json: JSON {
        switch self {
        case .scalar(_, _, let keywords): return .object(keywords)
        case .list(let item): return .object([("type", .string("array")), ("items", item.json)])
        case .oneOrMore(let item): return .object([("anyOf", .array([item.json, Schema.list(item).json]))])
        case .section(let entries):
            var pairs: [(String, JSON)] = [
                ("type", .string("object")),
                ("properties", .object(entries.map { ($0.name, $0.json) })),
                ("additionalProperties", .bool(false)),
            ]
            let required = entries.filter(\.required).map { JSON.string($0.name) }
            if !required.isEmpty { pairs.append(("required", .array(required))) }
            return .object(pairs)
        }
    }

    var kind: String {
        switch self {
        case .scalar(let kind, _, _): kind
        case .section: "section"
        case .list(let item): "list of \(item.kind)"
        case .oneOrMore(let item): "\(item.kind) or list of them"
        }
    }

    var range: String {
        switch self {
        case .scalar(_, let range, _): range
        case .section: ""
        case .list(let item), .oneOrMore(let item): item.range
        }
    }
}

struct SchemaEntry: Sendable {
    var name: String
    var doc: String
    var required: Bool
    var `default`: JSON?
    var schema: Schema

    var json: JSON {
        guard case .object(var pairs) = schema.json else { return schema.json }
        pairs.append(("description", .string(doc)))
        if let value = `default`, value != .string("***") { pairs.append(("default", value)) }
        return .object(pairs)
    }

    /// The section below this entry, if it is one or a list of them.
    var children: [SchemaEntry]? {
        switch schema {
        case .section(let entries), .list(.section(let entries)): entries
        default: nil
        }
    }
}

extension Configuration {
    static var schemaEntries: [SchemaEntry] {
        let fresh = Configuration()
        return settings.map { $0.describe(fresh) }
    }

    /// JSON Schema (draft 2020-12) of the configuration file.
    public static var jsonSchema: String {
        guard case .object(let body) = Schema.section(schemaEntries).json else { return "" }
        let head: [(String, JSON)] = [
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("ArticDBM configuration")),
        ]
        return JSON.object(head + body).text() + "\n"
    }

    /// Sections whose tables are on pages of their own: docs/AUDIT.md, docs/POLICY.md.
    private static let ownPages: Set = ["audit", "groups", "users"]

    /// The reference tables of docs/CONFIGURATION.md, one per section and one of the variables, in Markdown.
    public static var referenceTables: String {
        var text = ""
        for entry in schemaEntries where !ownPages.contains(entry.name) { text += tables(entry) }
        text += "### Environment\n\nWhat the file doesn't say, these variables may.\n\n"
        text += "| Variable | Stands in for | Meaning |\n| --- | --- | --- |\n"
        for name in EnvironmentNames.all { text += "| `\(name.name)` | `\(name.setting)` | \(name.doc) |\n" }
        return text + "\n"
    }

    /// The reference tables of one section; nil when there is none of this name.
    public static func referenceTables(of section: String) -> String? {
        schemaEntries.first { $0.name == section }.map(tables)
    }

    private static func tables(_ entry: SchemaEntry) -> String {
        var text = ""
        func table(_ entry: SchemaEntry, path: String, level: Int) {
            guard let children = entry.children else { return }
            let isList = if case .list = entry.schema { true } else { false }
            let path = path + (isList ? "[]" : "")
            text += "\(String(repeating: "#", count: level)) `\(path)`\n\n\(entry.doc)\n\n"
            text += "| Setting | Type | Default | Values | Meaning |\n| --- | --- | --- | --- | --- |\n"
            for child in children where child.children == nil { text += child.row(in: path) }
            for child in children where child.children != nil { text += child.row(in: path) }
            text += "\n"
            for child in children { table(child, path: Path.join(path, child.name), level: level + 1) }
        }
        table(entry, path: entry.name, level: 3)
        return text
    }
}

extension SchemaEntry {
    fileprivate func row(in path: String) -> String {
        let full = "`\(Path.join(path, name))`"
        let value = required ? "required" : (`default`.map { "`\($0.plain)`" } ?? "–")
        let section = children != nil
        let cells = [full, schema.kind, section ? "–" : value, schema.range.isEmpty ? "–" : schema.range, doc]
        return "| " + cells.map { $0.split(separator: "|").joined(separator: "\\|") }.joined(separator: " | ") + " |\n"
    }
}
