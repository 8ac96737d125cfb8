import ArgumentParser
internal import Configuration

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check or describe the configuration.",
        subcommands: [Check.self, PrintSchema.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Check a configuration file: every error at once, status 1 if there is one."
        )

        @Argument(help: "Configuration file.")
        var file: String

        func run() throws {
            do throws(ConfigurationError) {
                let loaded = try Configuration.load(path: file)
                for warning in loaded.warnings { StandardError.write(warning.description) }
                print("\(file): valid")
            } catch {
                StandardError.write(error.description)
                throw ExitCode.failure
            }
        }
    }

    struct PrintSchema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "Print the JSON Schema of the configuration file.")

        @Flag(help: "Print the reference tables in Markdown instead.")
        var markdown = false

        @Option(help: "The tables of this section only; `audit` has a page of its own.")
        var section: String?

        func validate() throws {
            guard let section else { return }
            guard markdown, Configuration.referenceTables(of: section) != nil else {
                throw ValidationError("--section takes the name of a section, and goes with --markdown")
            }
        }

        func run() {
            let tables = section.flatMap(Configuration.referenceTables(of:)) ?? Configuration.referenceTables
            print(markdown ? tables : Configuration.jsonSchema, terminator: "")
        }
    }
}
