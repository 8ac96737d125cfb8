internal import Audit
internal import Configuration
internal import Limits
internal import Logging
internal import Proxy
internal import Sockets
internal import Telemetry

/// Holds the configuration in force, and brings the process in line with a new one. An actor, so that reloads come one
/// after another however they were asked for.
///
/// A reload reads, checks and builds everything first; only when all of it is good does anything change.
actor ConfigurationSync {
    /// Why a reload was refused; everything is as before.
    struct Refused: Error, CustomStringConvertible {
        let problems: [String]

        var description: String { problems.joined(separator: "\n") }
    }

    private let path: String?
    private let parts: ServerParts
    private let logger: Logger
    private var builder: SnapshotBuilder
    private var current: Configuration
    private var watch = FileWatch()
    /// A reload waits for sockets to be bound; others wait for it here, though the actor is free.
    private var isReloading = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private let applied: Counter
    private let refused: Counter

    /// - Parameters: `loaded` the configuration the process was started with, `builder` what made its snapshot.
    init(path: String?, loaded: Configuration.Loaded, builder: SnapshotBuilder, parts: ServerParts, logger: Logger) {
        self.path = path
        self.parts = parts
        self.builder = builder
        self.logger = logger
        current = loaded.configuration
        watch.watch(loaded.files)
        applied = parts.metrics.counter(MetricCatalogue.configReloads, "applied")
        refused = parts.metrics.counter(MetricCatalogue.configReloads, "refused")
        Self.stampReload(parts.metrics)
    }

    var configuration: Configuration { current }

    // MARK: Reloading

    /// Reloads if one of the files has changed and is no longer being written.
    func reloadIfChanged() async {
        guard watch.hasChanged() else { return }
        repeat {
            guard (try? await Task.sleep(for: .milliseconds(200))) != nil else { return }
        } while watch.hasChanged()
        logger.info("configuration changed on disk")
        _ = try? await reload()
    }

    /// - Returns: what has changed, one line each.
    /// - Throws: `Refused`, after logging every problem.
    @discardableResult
    func reload() async throws(Refused) -> [String] {
        await begin()
        defer { end() }
        // A tool that rotates the audit log moves its file and asks for a reload.
        parts.audit?.reopen()
        // What is read now need not be read again for having changed.
        _ = watch.hasChanged()
        do throws(Refused) {
            let changes = try await apply(try load())
            parts.metrics.shared.add(applied)
            return changes
        } catch {
            parts.metrics.shared.add(refused)
            parts.audit?.record(
                "configuration_refused", fields: [.number("problems", UInt64(clamping: error.problems.count))])
            for problem in error.problems { logger.error("configuration refused", metadata: ["problem": "\(problem)"]) }
            retainSeries(of: current)
            throw error
        }
    }

    private func begin() async {
        while isReloading { await withCheckedContinuation { waiting.append($0) } }
        isReloading = true
    }

    private func end() {
        isReloading = false
        for waiter in waiting { waiter.resume() }
        waiting = []
    }

    private func load() throws(Refused) -> Configuration.Loaded {
        do throws(ConfigurationError) {
            return try Configuration.load(path: path)
        } catch {
            throw Refused(problems: error.problems.map(\.description))
        }
    }

    /// The new value once nothing can fail any more.
    private func apply(_ loaded: Configuration.Loaded) async throws(Refused) -> [String] {
        let new = loaded.configuration
        var draft = builder
        let built: SnapshotBuilder.Built
        let change: ListenerService.Change
        do throws(StartError) {
            built = try draft.build(new)
            try await checkMetricsAddress(new)
            change = try await parts.listeners.prepare(ListenerService.requests(built.snapshot, new))
        } catch {
            throw Refused(problems: [error.description])
        }
        builder = draft
        let found = current.changes(to: new)
        let changes = report(found, loaded)
        if new.metrics.listen != current.metrics.listen { parts.observability.move(to: new.metrics.listen) }
        current = new
        watch.watch(loaded.files)
        await swap(built)
        applySettings(new)
        await parts.listeners.commit(change)
        retainSeries(of: new)
        Self.stampReload(parts.metrics)
        audit(found)
        return changes
    }

    /// Every loop has the new snapshot when this returns.
    private func swap(_ built: SnapshotBuilder.Built) async {
        register(built)
        for runtime in parts.runtimes { await runtime.loop.run { runtime.apply(built.snapshot) } }
        parts.pools.apply(built.routes)
    }

    private func applySettings(_ new: Configuration) {
        parts.log.update(new.logging)
        parts.limits.update(new.limits.connections)
        parts.throttle.update(new.authentication.throttle)
        parts.rates.apply(new.users)
        if let audit = parts.audit, let settings = new.audit.log {
            audit.update(settings)
            for (runtime, loop) in zip(parts.runtimes, audit.loops) { runtime.loop.execute { loop.apply(settings) } }
        }
    }

    private func checkMetricsAddress(_ new: Configuration) async throws(StartError) {
        guard new.metrics.listen != current.metrics.listen, let place = new.metrics.listen else { return }
        try await PortProbe.check(place, for: "metrics.listen", on: parts.controlLoop)
    }

    // MARK: Telling

    private func report(_ found: [Configuration.Change], _ loaded: Configuration.Loaded) -> [String] {
        for warning in loaded.warnings { logger.warning("\(warning)") }
        let changes = found.map { change in
            let isLate = RestartSettings.needsRestart(change, from: current, to: loaded.configuration)
            if isLate {
                logger.warning("setting takes effect after a restart", metadata: ["setting": "\(change.path)"])
            }
            return isLate && change.effect != .restart ? "\(change) (needs a restart)" : "\(change)"
        }
        for change in changes { logger.info("setting changed", metadata: ["change": "\(change)"]) }
        logger.notice("configuration reloaded", metadata: ["changes": "\(changes.count)"])
        return changes
    }

    /// Which settings changed; their values may be secrets.
    private func audit(_ changes: [Configuration.Change]) {
        let paths = changes.prefix(Self.auditedChanges).map(\.path).joined(separator: ",")
        parts.audit?.record(
            "configuration_reloaded",
            fields: [.number("changes", UInt64(clamping: changes.count)), .text("settings", paths)])
    }

    /// Settings that the audit log names.
    private static let auditedChanges = 100

    // MARK: Series

    private func register(_ built: SnapshotBuilder.Built) {
        for route in built.labels { parts.figures.register(route.label, type: route.type, in: parts.metrics) }
    }

    /// Takes series of names that are gone out of the exposition, those of a refused reload too.
    private func retainSeries(of configuration: Configuration) {
        parts.metrics.retain(label: "listener", values: Set(configuration.listeners.map(\.name)))
        parts.metrics.retain(label: "backend", values: Set(configuration.backends.map(\.name)))
        parts.metrics.retain(label: "database", values: Set(configuration.databases.map(\.name)).union(["*"]))
    }

    private static func stampReload(_ metrics: MetricsRegistry) {
        let now = Double(ProcessSetup.realtimeNs) / 1e9
        metrics.observe(MetricCatalogue.configTimestamp) { .real(now) }
    }
}
