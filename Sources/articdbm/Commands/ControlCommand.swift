import ArgumentParser
internal import Configuration
internal import Glibc

struct ControlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctl", abstract: "Ask or tell a running proxy.",
        discussion: """
            Commands: status, pools, sessions, kill <session>…, pause [<database>…], resume [<database>…], drain, reload; \
            `help` asks the proxy for all it has.
            The socket is that of --socket, of the file of --config, of ARTICDBM_SOCKET, or articdbm.sock here.
            """)

    @Option(name: .shortAndLong, help: "Control socket.")
    var socket: String?

    @Option(name: .shortAndLong, help: "Configuration file whose `control.socket` is meant.")
    var config: String?

    @Option(help: "Seconds to wait for the answer; 0 is for ever.")
    var timeout = 30

    @Flag(help: "Print the answer as it comes, one line of JSON.")
    var json = false

    @Argument(help: "What to do.")
    var command: String

    @Argument(help: "Its arguments.")
    var arguments: [String] = []

    func validate() throws {
        guard (0...86_400).contains(timeout) else {
            throw ValidationError("--timeout is \(timeout), expected 0 to 86400")
        }
    }

    func run() throws {
        do {
            let line = try ControlClient(path: socketPath(), timeout: timeout)
                .ask(ControlRequest(command: command, args: arguments))
            let reply = try ControlReply(line)
            print(json ? line : reply.text, terminator: json || !reply.text.isEmpty ? "\n" : "")
            if reply.isError { throw ExitCode.failure }
        } catch let error as ControlError {
            StandardError.write("articdbm ctl: \(error.reason)")
            throw ExitCode.failure
        }
    }

    private func socketPath() throws -> String {
        if let socket { return socket }
        guard let config else { return Configuration.processEnvironment["ARTICDBM_SOCKET"] ?? "articdbm.sock" }
        do throws(ConfigurationError) {
            guard let path = try Configuration.controlSocket(ofFile: config) else {
                throw ConfigurationError(problems: [])
            }
            return path
        } catch {
            throw ControlError(error.problems.isEmpty ? "\(config) has no control socket" : error.description)
        }
    }
}
