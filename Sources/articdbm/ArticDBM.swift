import ArgumentParser

@main
struct ArticDBM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "articdbm",
        abstract: "A transparent, secure database proxy.",
        version: BuildInfo.text,
        subcommands: [
            ServeCommand.self, ConfigCommand.self, ControlCommand.self, AuditCommand.self, InspectCommand.self,
            HashPasswordCommand.self,
            VersionCommand.self,
        ])
}
