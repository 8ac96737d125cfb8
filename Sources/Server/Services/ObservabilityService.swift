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
            var current: Task<Void, Never>?
            for await place in self.places {
                current?.cancel()
                await current?.value
                current = place.map { place in Task { await self.serve(at: place) } }
            }
            // The HTTP server has heard of the shutdown by itself.
            await current?.value
        } onGracefulShutdown: {
            self.feed.finish()
        }
    }

    private func serve(at place: Endpoint) async {
        guard case .tcp(let host, let port) = place else { return }
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
        do {
            try await server.run()
        } catch is CancellationError {
        } catch {
            logger.error("can't serve metrics", metadata: ["address": "\(place)", "error": "\(error)"])
        }
    }

    /// The HTTP server tells of its own start and end at `info`, and of a move as of an error; what matters it throws.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .critical
        return logger
    }
}
