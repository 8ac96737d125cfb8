internal import Glibc
internal import Yams

extension Configuration {
    /// A valid configuration and what came with it.
    public struct Loaded: Sendable, Equatable {
        public var configuration: Configuration
        /// Dubious but not wrong.
        public var warnings: [ConfigurationProblem]
        /// The configuration's own file and all files it names (secrets, certificates, keys): reload when one changes.
        public var files: [String]
    }

    /// Largest configuration file, in bytes.
    public static let sizeLimit = 16 << 20

    /// Reads, decodes and checks a configuration, files it names included. Blocks on the disk: not for a loop's thread.
    ///
    /// - Parameters:
    ///   - path: the YAML file; nil takes everything from the environment.
    ///   - environment: variables for `${NAME}` references and for settings the file doesn't have.
    /// - Throws: every problem at once.
    public static func load(
        path: String?, environment: [String: String] = processEnvironment,
    ) throws(ConfigurationError) -> Loaded {
        guard let path else {
            return try parse("", file: "environment", directory: "", environment: environment)
        }
        let (text, directory) = try read(path)
        var loaded = try parse(text, file: path, directory: directory, environment: environment)
        loaded.files.insert(path, at: 0)
        return loaded
    }

    /// The file's text and directory.
    private static func read(_ path: String) throws(ConfigurationError) -> (text: String, directory: String) {
        switch FileReader.read(path, limit: sizeLimit) {
        case .failure(let failure): throw .whole(path, "can't be read: \(failure.reason)")
        case .success(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .whole(path, "isn't UTF-8 text") }
            let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
            return (text, path.hasPrefix("/") && directory.isEmpty ? "/" : directory)
        }
    }

    /// Decodes and checks YAML text.
    ///
    /// - Parameters:
    ///   - file: name for messages.
    ///   - directory: what relative paths are joined to; empty is the working directory.
    ///   - checkFiles: also look at certificates, keys and directories on the disk.
    public static func parse(
        _ text: String, file: String, directory: String, environment: [String: String], checkFiles: Bool = true,
    ) throws(ConfigurationError) -> Loaded {
        let context = DecodingContext(file: file, directory: directory, environment: environment)
        guard let root = try compose(text, file: file) ?? emptyMapping, case .mapping = root else {
            throw .whole(file, "found something else than a mapping of settings")
        }
        var configuration = Configuration()
        context.decodeRoot(root, &configuration)
        EnvironmentNames.apply(to: &configuration, context)
        configuration.joinDefaultPaths(context)
        // What was not understood would only cause further, misleading complaints.
        Checks(configuration: configuration, context: context).run(files: checkFiles)
        guard !context.hasErrors else { throw ConfigurationError(problems: context.problems.inOrder) }
        return Loaded(
            configuration: configuration, warnings: context.problems.inOrder, files: context.files)
    }

    private static var emptyMapping: Node? { Node([(Node, Node)]()) }

    private static func compose(_ text: String, file: String) throws(ConfigurationError) -> Node? {
        // The parser hashes keys, aliases expanded: one in a key could keep it busy for ever.
        if KeyGuard.mayAliasKeys(text) { throw .whole(file, "found an alias in a key, expected plain names as keys") }
        do {
            let node = try Yams.compose(yaml: text)
            return node.flatMap { $0.isNull ? nil : $0 }
        } catch {
            throw ConfigurationError(problems: [(error as? YamlError)?.problem(in: file) ?? .whole(file, "\(error)")])
        }
    }

    private mutating func joinDefaultPaths(_ context: DecodingContext) {
        if !context.isPresent("control.socket") { control.socket = control.socket.map(context.resolve) }
    }

    /// The variables this process was started with.
    public static var processEnvironment: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return result
    }
}

extension DecodingContext {
    /// Decodes section by section, so that a later one may look at what earlier ones say.
    fileprivate func decodeRoot(_ root: Node, _ configuration: inout Configuration) {
        for setting in Configuration.settings {
            let known = Configuration.settings.map(\.name)
            guard case .mapping(let mapping) = root else { return }
            if setting.name == known.first { reportUnknownKeys(of: mapping, known: known) }
            for (key, item) in mapping where key.scalar?.string == setting.name {
                setting.decode(item, &configuration, self)
            }
            decoded = configuration
        }
    }
}

extension ConfigurationError {
    static func whole(_ file: String, _ message: String) -> ConfigurationError {
        ConfigurationError(problems: [.whole(file, message)])
    }
}

extension ConfigurationProblem {
    static func whole(_ file: String, _ message: String) -> ConfigurationProblem {
        ConfigurationProblem(severity: .error, file: file, line: nil, column: nil, path: "", message: message)
    }
}

extension [ConfigurationProblem] {
    /// By place in the file; what has none comes last, in the order found.
    fileprivate var inOrder: [ConfigurationProblem] {
        enumerated().sorted { a, b in
            let left = (a.element.line ?? .max, a.element.column ?? .max, a.offset)
            return left < (b.element.line ?? .max, b.element.column ?? .max, b.offset)
        }.map(\.element)
    }
}

extension YamlError {
    func problem(in file: String) -> ConfigurationProblem {
        func at(_ mark: Mark?, _ message: String) -> ConfigurationProblem {
            ConfigurationProblem(
                severity: .error, file: file, line: mark?.line, column: mark?.column, path: "", message: message)
        }
        switch self {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let detail = context.map { "\($0.text) (line \($0.mark.line)): " } ?? ""
            return at(mark, "not valid YAML: \(detail)\(problem)")
        case .reader(let problem, _, _, _): return at(nil, "not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let list = names.sorted().map { "`\($0)`" }.joined(separator: ", ")
            return at(context.mark, "found \(list) more than once in one mapping, expected each key once")
        default: return at(nil, "not valid YAML")
        }
    }
}

extension Configuration {
    /// Only the control socket of a file, for `ctl`: secrets are not resolved and nothing else is checked.
    public static func controlSocket(ofFile path: String) throws(ConfigurationError) -> String? {
        let (text, directory) = try read(path)
        let context = DecodingContext(
            file: path, directory: directory, environment: processEnvironment)
        var configuration = Configuration()
        if case .mapping(let mapping) = try compose(text, file: path) {
            for (key, item) in mapping where key.scalar?.string == "control" {
                settings.first { $0.name == "control" }?.decode(item, &configuration, context)
            }
        }
        guard !context.hasErrors else { throw ConfigurationError(problems: context.problems) }
        configuration.joinDefaultPaths(context)
        return configuration.control.socket
    }
}
