internal import AdminAPI
internal import Configuration
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import Telemetry

/// Serves metrics and health where the configuration says, and moves when a reload says otherwise.
final class ObservabilityService: Service {
    private let metrics: MetricsRegistry
    private let state: ServerState
    private let refresh: @Sendable () -> Void
    private let logger: Logger
    private let places: AsyncStream<Endpoint?>
    private let feed: AsyncStream<Endpoint?>.Continuation

    /// - Parameter refresh: brings figures up to date before each scrape, on the scraping thread; may block it.
    init(metrics: MetricsRegistry, state: ServerState, logger: Logger, refresh: @escaping @Sendable () -> Void) {
        self.metrics = metrics
        self.state = state
        self.refresh = refresh
        self.logger = logger
        (places, feed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Serves there from now on; nil is nowhere. Any thread.
    func move(to place: Endpoint?) { feed.yield(place) }

    func run() async throws {
        await withGracefulShutdownHandler {
            var current: Serving?
            for await place in self.places {
                await current?.stop()
                current = place.flatMap { self.serve(at: $0) }
            }
            await current?.stop()
        } onGracefulShutdown: {
            self.feed.finish()
        }
    }

    /// A server that runs; stopped gracefully, since the HTTP server takes cancelling for an error.
    private struct Serving {
        let group: ServiceGroup
        let task: Task<Void, Never>

        func stop() async {
            await group.triggerGracefulShutdown()
            await task.value
        }
    }

    private struct HTTPService: Service {
        let server: ObservabilityServer

        func run() async throws { try await server.run() }
    }

    private func serve(at place: Endpoint) -> Serving? {
        guard case .tcp(let host, let port) = place else { return nil }
        let server = ObservabilityServer(
            settings: ObservabilitySettings(host: host, port: Int(port)), logger: quiet,
            metrics: { [metrics, refresh] format in
                refresh()
                return metrics.exposition(format)
            },
            readiness: { [state] in Readiness(obstacles: state.obstacles) },
            onListening: { [logger] port in
                logger.info("metrics and health", metadata: ["address": "\(host)", "port": "\(port)"])
            })
        let group = ServiceGroup(services: [HTTPService(server: server)], logger: quiet)
        let task = Task { [logger] in
            do {
                try await group.run()
            } catch {
                logger.error("can't serve metrics", metadata: ["address": "\(place)", "error": "\(error)"])
            }
        }
        return Serving(group: group, task: task)
    }

    /// The HTTP server tells of its own start and end; what matters it throws.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .critical
        return logger
    }
}
