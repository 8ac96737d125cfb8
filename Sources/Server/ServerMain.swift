internal import Configuration
internal import Logging
internal import ServiceLifecycle

/// The process: from a configuration to a running proxy, and back to nothing.
public enum ServerMain {
    /// Serves until SIGTERM or SIGINT; then the exit status is 0.
    ///
    /// - Parameter configurationPath: the YAML file; nil takes everything from the environment.
    /// - Throws: `ConfigurationError` with every problem, or `StartError` in one line; nothing is left behind then.
    public static func run(configurationPath: String?) async throws {
        let loaded = try Configuration.load(path: configurationPath)
        let log = LogOutput(loaded.configuration.logging)
        LoggingSystem.bootstrap { StderrLogHandler(label: $0, output: log) }
        let logger = Logger(label: "articdbm")
        for warning in loaded.warnings { logger.warning("\(warning)") }
        ProcessSetup.prepare()
        // Before anything is left that an early signal would have to clean up.
        let signals = await SignalWatch()
        let server = try await Server.start(loaded, path: configurationPath, log: log, logger: logger)
        try await server.run(signals)
        logger.notice("stopped")
    }
}
