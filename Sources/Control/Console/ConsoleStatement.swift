/// A statement of the console, parsed.
enum ConsoleStatement: Equatable, Sendable {
    /// `SHOW <command>`.
    case show(String)
    /// Another command with its arguments.
    case command(String, [String])
    /// `SHOW` of a parameter that drivers ask for.
    case parameter(String, value: String)
    /// `SET` of such a parameter: taken and forgotten.
    case set
    case begin
    case commit
    case rollback

    /// What it says when it is done, unless the command's own answer does.
    var tag: String {
        switch self {
        case .show, .parameter: "SHOW"
        case .command(let name, _): name.uppercased()
        case .set: "SET"
        case .begin: "BEGIN"
        case .commit: "COMMIT"
        case .rollback: "ROLLBACK"
        }
    }

    /// The command to run; nil for what the console answers by itself.
    var definition: (command: Command, arguments: [String])? {
        switch self {
        case .show(let name): CommandTable.show[name].map { ($0, []) }
        case .command(let name, let arguments): CommandTable.console[name].map { ($0, arguments) }
        case .parameter, .set, .begin, .commit, .rollback: nil
        }
    }

    /// Of the rows to come; empty when there are none.
    var columns: [Column] {
        if case .parameter(let name, _) = self { return [.text(name)] }
        return definition?.command.columns ?? []
    }

    /// - Throws: `syntax` for what is no command, `unsupported` for other SQL.
    static func parse(_ text: String) throws(ControlError) -> [ConsoleStatement] {
        var statements: [ConsoleStatement] = []
        for tokens in try ConsoleLexer.statements(text) { statements.append(try ConsoleStatement(tokens)) }
        return statements
    }

    /// - Parameter tokens: at least one.
    init(_ tokens: [ConsoleLexer.Token]) throws(ControlError) {
        guard case .word(let word)? = tokens.first else { throw ControlError(.syntax, "a command begins with a word") }
        let rest = Array(tokens.dropFirst())
        switch word.lowercased() {
        case "show": self = try Self.show(rest)
        case "set": self = try Self.set(rest)
        case "begin", "start": self = .begin
        case "commit", "end": self = .commit
        case "rollback", "abort": self = .rollback
        case let name: self = try Self.command(name, rest)
        }
    }

    private static func show(_ tokens: [ConsoleLexer.Token]) throws(ControlError) -> ConsoleStatement {
        let name = tokens.map(\.text).joined(separator: " ").lowercased()
        guard !name.isEmpty else { throw ControlError(.syntax, "SHOW what? See SHOW HELP") }
        if tokens.count == 1, let command = CommandTable.show[name] { return .show(command.name) }
        if let parameter = ClientParameters.named(name) { return .parameter(parameter.name, value: parameter.value) }
        throw CommandTable.unknownShow(name)
    }

    private static func set(_ tokens: [ConsoleLexer.Token]) throws(ControlError) -> ConsoleStatement {
        var words = tokens.map { $0.text.lowercased() }
        if let scope = words.first, scope == "session" || scope == "local" { words.removeFirst() }
        guard let name = words.first else { throw ControlError(.syntax, "SET what?") }
        guard ClientParameters.canBeSet(name) else {
            throw ControlError(
                .unsupported, "settings are changed in the configuration file, then RELOAD: \(name.prefix(64))")
        }
        return .set
    }

    private static func command(
        _ name: String, _ tokens: [ConsoleLexer.Token]
    ) throws(ControlError) -> ConsoleStatement {
        guard let command = CommandTable.console[name] else {
            guard !sqlWords.contains(name) else {
                throw ControlError(
                    .unsupported, "the console has commands only, not \(name.uppercased()); see SHOW HELP")
            }
            throw CommandTable.console.unknown("command", name, help: "see SHOW HELP")
        }
        var arguments: [String] = []
        for token in tokens {
            if token == .symbol(",") { continue }
            if case .symbol(let character) = token { throw ControlError(.syntax, "\(character) is not expected here") }
            arguments.append(token.text)
        }
        try command.check(arguments)
        return .command(command.name, arguments)
    }

    private static let sqlWords: Set<String> = [
        "alter", "analyze", "call", "close", "copy", "create", "deallocate", "declare", "delete", "discard", "do",
        "drop", "execute", "explain", "fetch", "grant", "insert", "listen", "lock", "merge", "move", "notify",
        "prepare", "refresh", "reindex", "release", "reset", "revoke", "savepoint", "select", "table", "truncate",
        "unlisten", "update", "vacuum", "values", "with",
    ]
}
