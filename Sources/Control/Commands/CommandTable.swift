/// All commands by front end and name.
enum CommandTable {
    /// `articdbm ctl <name>`.
    static let control = CommandGroup(
        StatusCommands.control + PoolCommands.control + SessionCommands.control + ServerCommands.control
            + DatabaseCommands.control + UserCommands.control + StatisticsCommands.control
            + ConfigurationCommands.control + LifeCycleCommands.control)

    /// `SHOW <name>` on the console.
    static let show = CommandGroup(
        StatusCommands.show + PoolCommands.show + SessionCommands.show + ServerCommands.show + DatabaseCommands.show
            + UserCommands.show + StatisticsCommands.show + ConfigurationCommands.show)

    /// The console's other commands.
    static let console = CommandGroup(LifeCycleCommands.console)
}

/// The commands of one front end.
struct CommandGroup: Sendable {
    /// In the order of help.
    let all: [Command]
    private let byName: [String: Command]

    init(_ commands: [Command]) {
        all = commands
        byName = Dictionary(uniqueKeysWithValues: commands.map { ($0.name, $0) })
    }

    subscript(_ name: String) -> Command? {
        byName[String(name.lowercased().map { $0 == "-" ? "_" : $0 })]
    }

    /// The command whose name is least far from what was typed; nil when none is near.
    func nearest(to typed: String) -> String? {
        let typed = typed.lowercased()
        let best = all.map { ($0.name, Self.distance(typed, $0.name)) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= max(2, typed.count / 3) else { return nil }
        return best.0
    }

    /// `unknown command "sesions"; did you mean sessions?`
    func unknown(_ what: String, _ typed: String, help: String) -> ControlError {
        let shown = typed.count > 64 ? typed.prefix(64) + "…" : typed[...]
        return ControlError(
            .syntax, "unknown \(what) \"\(shown)\"; " + (nearest(to: typed).map { "did you mean \($0)?" } ?? help))
    }

    /// Edits from one word to the other (Levenshtein); what is longer than any command counts as far.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(32))
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in 0..<right.count {
                let substituted = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
