internal import CBuildInfo
internal import Configuration
internal import Control
internal import Glibc
internal import Pooling
internal import Proxy
internal import ServiceLifecycle
internal import Sockets
internal import Synchronization

/// What the control side sees and may do of this process. Any thread; sessions are asked on their loops.
final class ServerControl: ControlTarget {
    let parts: ServerParts
    let sync: ConfigurationSync
    let drainer: Drain
    let path: String?
    let startedNs = ProcessSetup.realtimeNs
    var paused: PausedDatabases { parts.paused }

    init(parts: ServerParts, sync: ConfigurationSync, drain: Drain, path: String?) {
        self.parts = parts
        self.sync = sync
        drainer = drain
        self.path = path
    }

    // MARK: Sessions

    func sessions() async -> [SessionInfo] {
        var all: [SessionInfo] = []
        for runtime in parts.runtimes { all += await runtime.loop.run { runtime.sessions.all.map(\.info) } }
        return all.sorted { $0.id < $1.id }
    }

    func kill(session id: UInt64) async -> Bool {
        for runtime in parts.runtimes {
            let isFound = await runtime.loop.run {
                guard let session = runtime.sessions.find(id) else { return false }
                session.kill()
                return true
            }
            if isFound { return true }
        }
        return false
    }

    func kill(database: String?) async throws(ControlError) -> Int {
        try await pause(database: database)
        var count = 0
        for runtime in parts.runtimes {
            count += await runtime.loop.run {
                let sessions = runtime.sessions.all.filter { database == nil || $0.info.database == database }
                for session in sessions { session.kill() }
                return sessions.count
            }
        }
        return count
    }

    // MARK: Life

    func drain() async {
        parts.listeners.stopAccepting()
        for runtime in parts.runtimes { runtime.loop.execute { runtime.drain() } }
    }

    func reload() async throws(ControlError) -> [String] {
        do throws(ConfigurationSync.Refused) {
            return try await sync.reload()
        } catch {
            throw ControlError(.failed, "configuration refused; nothing has changed", details: error.problems)
        }
    }

    func shutdown(immediate: Bool) async {
        // The way of an operator's own signal, so that there is only one.
        _ = Glibc.kill(getpid(), SIGTERM)
        guard immediate else { return }
        let drainer = drainer
        Task { await drainer.endNow() }
    }

    // MARK: Process

    func status() async -> ProxyStatus {
        let configuration = await sync.configuration
        var status = ProxyStatus()
        status.version = String(cString: cbuildinfo_version())
        status.build = String(cbuildinfo_build())
        status.commit = String(cString: cbuildinfo_commit())
        status.pid = getpid()
        status.startedNs = startedNs
        status.uptimeNs = ProcessSetup.realtimeNs &- min(startedNs, ProcessSetup.realtimeNs)
        status.configurationFile = path ?? ""
        status.loops = parts.runtimes.map { .init(index: $0.loop.index, sessions: $0.load.current) }
        status.listeners = configuration.listeners.compactMap { listener in
            guard let address = parts.listeners.address(of: listener.name) else { return nil }
            return .init(name: listener.name, address: "\(address)", protocolName: listener.protocol.rawValue)
        }
        status.isPaused = paused.isEverything
        status.isDraining = parts.state.phase == .draining
        return status
    }
}

/// Serves the control socket until nearly everything else has ended.
struct ControlService: Service {
    let server: ControlServer

    func run() async throws {
        await withGracefulShutdownHandler {
            await server.run()
        } onGracefulShutdown: {
            server.stop()
        }
    }
}
