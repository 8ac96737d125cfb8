import Glibc
import Inspection
import Testing

/// A statement with the relations that it is known to name: `name:read,write`, sorted, or `-`.
struct StatementExample: CustomTestStringConvertible {
    var id: String
    var relations: String
    var text: String

    var testDescription: String { "\(id) \(text.prefix(80))" }
}

/// `IntegrationTests/inspection/<name>.tsv`, which both kinds of tests read.
func examples(_ name: String) -> [StatementExample] {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    return lines(of: "\(root)/IntegrationTests/inspection/\(name).tsv").dropFirst().map { line in
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        precondition(columns.count == 3, "three columns expected: \(line)")
        return StatementExample(id: columns[0], relations: columns[1], text: unescaped(columns[2]))
    }
}

/// The statements of `IntegrationTests/inspection/data/<name>.tsv`, which stand in the last column.
func detectorExamples(_ name: String) -> [String] {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    return lines(of: "\(root)/IntegrationTests/inspection/data/\(name).tsv").dropFirst().compactMap { line in
        line.split(separator: "\t").last.map { unescaped(String($0)) }
    }
}

private func lines(of path: String) -> [Substring] {
    guard let file = fopen(path, "r") else { fatalError("no \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
}

private func unescaped(_ text: String) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
        if isEscaped {
            result.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
            isEscaped = false
        } else if character == "\\" {
            isEscaped = true
        } else {
            result.append(character)
        }
    }
    return result
}

extension BatchSummary {
    /// As the examples have it, over all statements.
    var relationText: String {
        var actions: [String: ActionSet] = [:]
        for statement in statements {
            for relation in statement.relations.merged {
                actions[relation.name, default: []].formUnion(relation.actions)
            }
        }
        let parts = actions.sorted { $0.key < $1.key }.map { name, actions in
            "\(name):\(actions.names.map(\.description).joined(separator: ","))"
        }
        return parts.isEmpty ? "-" : parts.joined(separator: " ")
    }

    var unparsed: Unparsed? { statements.lazy.compactMap(\.unparsed).first }
}
