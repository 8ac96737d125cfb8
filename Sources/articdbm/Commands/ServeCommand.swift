import ArgumentParser
internal import Configuration
internal import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the proxy until SIGTERM.",
        discussion: "SIGHUP or a changed file reloads the configuration; SIGTERM drains, a second one ends at once.")

    @Option(name: .shortAndLong, help: "Configuration file; without it everything comes from the environment.")
    var config: String?

    func run() async throws {
        do {
            try await ServerMain.run(configurationPath: config)
        } catch let error as ConfigurationError {
            StandardError.write(error.description)
            throw ExitCode.failure
        }
    }
}
