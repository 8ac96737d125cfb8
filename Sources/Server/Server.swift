internal import Control
internal import Glibc
internal import Logging
internal import ServiceLifecycle

/// A started proxy.
struct Server: Sendable {
    let parts: ServerParts
    let sync: ConfigurationSync
    let control: ServerControl
    /// Nil without a control socket.
    let controlServer: ControlServer?
    let logger: Logger

    /// Until the process is told to stop and everything has ended.
    func run(_ signals: SignalWatch) async throws {
        let group = serviceGroup()
        async let _: Void = obey(signals, group)
        // Leaving the scope cancels the watch for signals.
        try await group.run()
    }

    /// In the order of their start; they are shut down in the opposite order, one after another.
    private func serviceGroup() -> ServiceGroup {
        var services: [any Service] = []
        if let audit = parts.audit { services.append(AuditService(log: audit)) }
        services.append(PoolService(keeper: parts.pools))
        services.append(parts.observability)
        if let controlServer { services.append(ControlService(server: controlServer)) }
        services.append(parts.listeners)
        services.append(ReloadService(sync: sync, control: control))
        return ServiceGroup(configuration: .init(services: services, logger: quiet))
    }

    /// The group tells of each service at `info` and below.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(.notice, logger.logLevel)
        return logger
    }

    private func obey(_ signals: SignalWatch, _ group: ServiceGroup) async {
        var isStopping = false
        await signals.run { order in
            switch order {
            case .reload: _ = try? await sync.reload()
            case .stop where isStopping:
                logger.warning("told to stop again: ending now")
                await control.drainer.endNow()
            case .stop:
                isStopping = true
                await group.triggerGracefulShutdown()
            }
        }
    }
}
