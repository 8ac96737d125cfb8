/// One thing wrong, or dubious, with a configuration.
public struct ConfigurationProblem: Sendable, Equatable {
    public enum Severity: String, Sendable {
        case error
        case warning
    }

    public var severity: Severity
    /// The file's path as given, or `environment` for a variable of the environment.
    public var file: String
    /// From 1; nil when the problem has no place in a file.
    public var line: Int?
    /// From 1, in Unicode scalars.
    public var column: Int?
    /// `listeners[0].tls.mode`, or a variable's name; empty for the file as a whole.
    public var path: String
    /// What was found and what is expected; never a secret's text.
    public var message: String
}

extension ConfigurationProblem: CustomStringConvertible {
    /// `file:line:column: error: path: message`.
    public var description: String {
        var text = file
        if let line, let column { text += ":\(line):\(column)" }
        text += ": \(severity.rawValue): "
        if !path.isEmpty { text += path + ": " }
        return text + message
    }
}

/// Everything that is wrong with a configuration, warnings included, in the order of the file.
public struct ConfigurationError: Error, Sendable, Equatable {
    public var problems: [ConfigurationProblem]

    public init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }
}

extension ConfigurationError: CustomStringConvertible {
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
