import ArgumentParser

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print version, build (seconds since 1970) and commit.")

    func run() {
        print(BuildInfo.text)
    }
}
