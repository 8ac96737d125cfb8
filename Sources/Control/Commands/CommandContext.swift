internal import Pooling
internal import Sockets

/// What the commands of one connection work with. `@unchecked Sendable`: confined to the control loop.
final class CommandContext: @unchecked Sendable {
    /// Between two looks at what is waited for.
    static let pollNs: UInt64 = 50_000_000

    let target: any ControlTarget
    let settings: ControlSettings
    private let sampler: StatisticsSampler
    private let loop: EventLoop
    /// Nobody waits for the command's answer any more.
    var isCanceled = false

    init(target: any ControlTarget, loop: EventLoop, settings: ControlSettings, sampler: StatisticsSampler) {
        self.target = target
        self.loop = loop
        self.settings = settings
        self.sampler = sampler
    }

    /// Realtime, ns since the epoch.
    var wallNs: UInt64 { loop.wallNs }

    /// Counters with their averages.
    func statistics() async -> [DatabaseStatistics] { await sampler.statistics() }

    /// Looks again and again until `condition` holds.
    /// - Throws: `canceled`, and what `condition` throws.
    func wait(until condition: () async throws(ControlError) -> Bool) async throws(ControlError) {
        while try await !condition() {
            guard !isCanceled else {
                throw ControlError(.canceled, "canceled while waiting; what was told stays in force")
            }
            let signal = Signal()
            let timer = LoopTimer(loop: loop) { signal.notify() }
            timer.arm(at: loop.nowNs + Self.pollNs)
            await signal.wait()
        }
    }

    /// The server connections of a database, nil for all.
    /// - Throws: `notFound`.
    func servers(database name: String?) async throws(ControlError) -> [ServerInfo] {
        let all = await target.servers()
        guard let name else { return all }
        let places = await target.databases().filter { $0.name == name }
        guard !places.isEmpty else { throw .noDatabase(name) }
        return all.filter { server in
            places.contains { $0.backend == server.pool.backend } && server.pool.name == name
        }
    }
}
