internal import Core

/// All commands by front end and name.
enum CommandTable {
    /// `articdbm ctl <name>`.
    static let control = CommandGroup(
        StatusCommands.control + PoolCommands.control + SessionCommands.control + ServerCommands.control
            + DatabaseCommands.control + UserCommands.control + StatisticsCommands.control
            + DigestCommands.control + ConfigurationCommands.control + LifeCycleCommands.control)

    /// `SHOW <name>` on the console.
    static let show = CommandGroup(
        StatusCommands.show + PoolCommands.show + SessionCommands.show + ServerCommands.show + DatabaseCommands.show
            + UserCommands.show + StatisticsCommands.show + DigestCommands.show + ConfigurationCommands.show)

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
        EditDistance.nearest(to: typed, among: all.lazy.map(\.name))
    }

    /// `unknown command "sesions"; did you mean sessions?`
    func unknown(_ what: String, _ typed: String, help: String) -> ControlError {
        let shown = typed.count > 64 ? typed.prefix(64) + "…" : typed[...]
        return ControlError(
            .syntax, "unknown \(what) \"\(shown)\"; " + (nearest(to: typed).map { "did you mean \($0)?" } ?? help))
    }
}
