internal import Yams

/// What one decoding collects: problems, places of all paths, files read. Used by one thread, while loading only.
final class DecodingContext {
    let file: String
    /// Relative paths are joined to it; empty is the working directory.
    let directory: String
    let environment: [String: String]
    /// Whether `${NAME}` and `file:` are references (in the file) or text (in a variable).
    let expandsReferences: Bool

    private(set) var problems: [ConfigurationProblem] = []
    private(set) var places: [String: Mark] = [:]
    /// Files named by `file:` references and settings, for the watch of a reload.
    private(set) var files: [String] = []
    private(set) var path = ""
    private var visited = 0
    /// A secret stands in the file itself.
    var hasLiteralSecrets = false
    /// Sections decoded so far: what later ones inherit from.
    var decoded = Configuration()

    /// Nodes decoded, aliases counted each time: stops alias bombs long before they cost memory. The
    /// largest file, with 32 bytes a value, has as many.
    static let nodeLimit = 500_000

    init(file: String, directory: String, environment: [String: String], expandsReferences: Bool = true) {
        self.file = file
        self.directory = directory
        self.environment = environment
        self.expandsReferences = expandsReferences
    }

    var isExhausted: Bool { visited > Self.nodeLimit }
    var hasErrors: Bool { problems.contains { $0.severity == .error } }

    /// Decodes `body` one level below, named `name` (`[0]` for an element).
    func enter(_ name: String, at node: Node, _ body: () -> Void) {
        visited += 1
        guard !isExhausted else {
            if visited == Self.nodeLimit + 1 {
                report("found more than \(Self.nodeLimit) values, aliases expanded", at: node.mark)
            }
            return
        }
        let parent = path
        path = name.hasPrefix("[") ? parent + name : Path.join(parent, name)
        places[path] = node.mark
        body()
        path = parent
    }

    /// A problem of the value being decoded, at its own place unless `mark` says another.
    func report(_ message: String, at mark: Mark? = nil) {
        add(.error, message, path: path, mark: mark ?? places[path])
    }

    /// A problem of any decoded path, placed at the path or the nearest one above it that the file has.
    func report(_ severity: ConfigurationProblem.Severity = .error, path: String, _ message: String) {
        var place = path
        while places[place] == nil, let cut = place.lastIndex(where: { $0 == "." || $0 == "[" }) {
            place = String(place[..<cut])
        }
        add(severity, message, path: path, mark: places[place])
    }

    func add(_ severity: ConfigurationProblem.Severity, _ message: String, path: String, mark: Mark?) {
        problems.append(
            ConfigurationProblem(
                severity: severity, file: file, line: mark?.line, column: mark?.column, path: path, message: message))
    }

    func append(_ problem: ConfigurationProblem) {
        problems.append(problem)
    }

    /// The file has this path, or one below it.
    func isPresent(_ path: String) -> Bool { places[path] != nil }

    func watch(_ file: String) {
        if !files.contains(file) { files.append(file) }
    }

    /// Joins a relative path to the file's directory.
    func resolve(_ path: String) -> String {
        path.hasPrefix("/") || directory.isEmpty ? path : directory + "/" + path
    }
}

extension DecodingContext {
    /// The scalar's text with `${NAME}` replaced (`$${` is a plain `${`), or nil after a report.
    func text(of node: Node, expected: String) -> String? {
        guard case .scalar(let scalar) = node else {
            report("found \(node.kindName), expected \(expected)")
            return nil
        }
        guard !node.isNull else {
            report("found nothing, expected \(expected)")
            return nil
        }
        guard expandsReferences, scalar.string.contains("${") else { return scalar.string }
        return expand(scalar.string)
    }

    private func expand(_ text: String) -> String? {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            let before = rest[..<start.lowerBound]
            if before.last == "$" {
                result += before + "{"
                rest = rest[start.upperBound...]
                continue
            }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                report("found `${` without `}`, expected `${NAME}` (a plain `${` is written `$${`)")
                return nil
            }
            let name = String(rest[start.upperBound..<end])
            guard let value = environment[name] else {
                report("environment variable \(name) is not set")
                return nil
            }
            result += before + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}

extension Node {
    /// Holds a `${NAME}` reference.
    var mentionsVariable: Bool { scalar?.string.contains("${") ?? false }

    var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    var kindName: String {
        switch self {
        case .scalar: "a single value"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
