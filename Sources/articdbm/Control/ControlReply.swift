internal import FoundationEssentials

/// An answer: a table, a message, an error, or any other JSON document.
struct ControlReply {
    let isError: Bool
    /// For people.
    let text: String

    init(_ line: String) throws {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(line.utf8)) else {
            throw ControlError("the answer isn't JSON")
        }
        guard case .object(let members) = value else {
            self.init(isError: false, text: value.text)
            return
        }
        if let error = members["error"] {
            self.init(isError: true, text: "error: \(error.text)")
        } else if case .array(let columns) = members["columns"], case .array(let rows) = members["rows"] {
            self.init(isError: false, text: Self.table(columns, rows))
        } else if let message = members["message"] {
            self.init(isError: false, text: message.text)
        } else {
            let pairs = members.sorted { $0.key < $1.key }.map { [JSONValue.string($0.key), $0.value] }
            self.init(isError: false, text: Self.table([], pairs.map(JSONValue.array)))
        }
    }

    private init(isError: Bool, text: String) {
        self.isError = isError
        self.text = text
    }

    /// Columns aligned, numbers to the right, two spaces between; cells stay on their line.
    private static func table(_ columns: [JSONValue], _ rows: [JSONValue]) -> String {
        let head = columns.map(\.cell)
        let body = rows.map { row in
            if case .array(let cells) = row { cells } else { [row] }
        }
        let count = max(head.count, body.map(\.count).max() ?? 0)
        let lines = (head.isEmpty ? [] : [head]) + body.map { $0.map(\.cell) }
        let widths = (0..<count).map { column in lines.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        let right = (0..<count).map { column in
            !body.isEmpty && body.allSatisfy { $0.count <= column || $0[column].isNumber }
        }
        return lines.map { line in
            var text = line.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return right[column] ? space + cell : cell + space
            }.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }.joined(separator: "\n")
    }
}

enum JSONValue: Decodable {
    case null
    case bool(Bool)
    case int(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    var isNumber: Bool {
        switch self {
        case .int, .number, .null: true
        default: false
        }
    }

    var text: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "yes" : "no"
        case .int(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value
        case .array(let items): items.map(\.text).joined(separator: ", ")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }.joined(separator: " ")
        }
    }

    /// On one line and without control characters: names and statements come from clients, terminals obey escapes.
    var cell: String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
