internal import Configuration
internal import Glibc
internal import Logging
internal import Synchronization

/// Level and format of all loggers, changed by a reload.
final class LogOutput: Sendable {
    private let settings: Mutex<Configuration.Logging>
    /// One line at a time, also when the kernel takes only a part of it.
    private let writing = Mutex(())
    private let descriptor: Int32

    init(_ settings: Configuration.Logging, descriptor: Int32 = STDERR_FILENO) {
        self.settings = Mutex(settings)
        self.descriptor = descriptor
    }

    func update(_ new: Configuration.Logging) { settings.withLock { $0 = new } }

    var level: Logger.Level { Logger.Level(settings.withLock { $0.level }) }
    var format: Configuration.Logging.Format { settings.withLock { $0.format } }

    func write(_ line: [UInt8]) {
        writing.withLock { _ in
            var rest = line[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                // Nobody is left to be told that the log can't be written.
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}

/// Writes each event as one line of text or JSON.
struct StderrLogHandler: LogHandler {
    private let output: LogOutput
    private let label: String
    private var own: Logger.Level?
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, output: LogOutput) {
        self.label = label
        self.output = output
    }

    /// The level of all loggers, unless this one was given its own.
    var logLevel: Logger.Level {
        get { own ?? output.level }
        set { own = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        for extra in [metadataProvider?.get(), event.metadata] {
            if let extra { all.merge(extra) { _, new in new } }
        }
        if let error = event.error { all["error"] = "\(error)" }
        let fields = all.sorted { $0.key < $1.key }
        let line = LogLine(time: .now(), level: event.level, label: label, message: "\(event.message)", fields: fields)
        output.write(output.format == .json ? line.json : line.text)
    }
}

extension Logger.Level {
    init(_ level: Configuration.Logging.Level) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
