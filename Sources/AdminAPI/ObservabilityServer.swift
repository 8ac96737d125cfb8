import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import Telemetry

/// Where and how `/metrics` and `/health` are served.
public struct ObservabilitySettings: Sendable, Equatable {
    public var host: String
    /// 0 for any free port.
    public var port: Int
    /// Connections served at once; further ones wait in the kernel's queue.
    public var maxConnections = 64
    /// Nanoseconds in which a client must have sent a request, the first or the next one.
    public var idleTimeout: Int64 = 30_000_000_000
    /// Nanoseconds in which a client must have taken a reply.
    public var replyTimeout: Int64 = 30_000_000_000

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Whether the process should be sent clients.
public struct Readiness: Sendable, Equatable {
    /// Why not, in short words for an operator; ready when empty.
    public var obstacles: [String]

    public init(obstacles: [String] = []) { self.obstacles = obstacles }

    public var isReady: Bool { obstacles.isEmpty }
}

/// Serves `/metrics`, `/health`, `/health/live` and `/health/ready` from one thread of its own. The data loops are only
/// read, by relaxed loads; a scraper that is slow or hostile costs them nothing.
public struct ObservabilityServer: Sendable {
    private let settings: ObservabilitySettings
    private let responder: ObservabilityResponder
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - metrics: asked at each scrape, never on a data loop.
    ///   - readiness: asked at each `/health/ready`, never on a data loop.
    ///   - onListening: called once with the port.
    public init(
        settings: ObservabilitySettings, logger: Logger,
        metrics: @escaping @Sendable (ExpositionFormat) -> [UInt8],
        readiness: @escaping @Sendable () -> Readiness,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.settings = settings
        self.logger = logger
        self.onListening = onListening
        responder = ObservabilityResponder(
            metrics: metrics, readiness: readiness, replyTimeout: .nanoseconds(settings.replyTimeout))
    }

    /// Serves until the surrounding service group shuts down gracefully or the task is cancelled.
    /// - Throws: when the address can't be bound.
    public func run() async throws {
        var http = HTTP1Channel.Configuration(idleTimeout: .nanoseconds(settings.idleTimeout))
        http.httpDecoder = .init(maxHeaderFieldSize: 8192, maxHeaderListSize: 16384, maxHeaderFieldCount: 64)
        let application = Application(
            responder: responder,
            server: .http1(configuration: http),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: .maximum(settings.maxConnections, logger: logger)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            eventLoopGroupProvider: .shared(Self.group),
            logger: logger)
        try await application.run()
    }

    /// One thread, for as long as the process lives: connections that are closed late may still set their timers.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
}
