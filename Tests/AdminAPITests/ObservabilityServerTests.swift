import Glibc
import Logging
import Synchronization
import Telemetry
import Testing

@testable import AdminAPI

@Suite struct ObservabilityServerTests {
    /// Runs a server, gives its port to `body`, stops it.
    private func withServer(
        settings change: (inout ObservabilitySettings) -> Void = { _ in }, readiness: Readiness = Readiness(),
        metrics: @escaping @Sendable (ExpositionFormat) -> [UInt8] = { _ in Array("m 1\n".utf8) },
        body: @Sendable @escaping (Int) throws -> Void
    ) async throws {
        var settings = ObservabilitySettings(host: "127.0.0.1", port: 0)
        change(&settings)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = ObservabilityServer(
            settings: settings, logger: logger, metrics: metrics, readiness: { readiness },
            onListening: { continuation.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            for await port in ports {
                try await onThread { try body(port) }
                break
            }
            group.cancelAll()
        }
    }

    @Test func metricsInBothFormats() async throws {
        let registry = MetricsRegistry(loops: 1)
        let counter = registry.counter(MetricCatalogue.configReloads, "applied")
        registry.banks[0].add(counter, 3)
        try await withServer(
            metrics: { registry.exposition($0) },
            body: { port in
                let plain = try Client(port).exchange("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(plain.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(plain.contains("text/plain; version=0.0.4; charset=utf-8"))
                #expect(plain.contains("articdbm_config_reloads_total{result=\"applied\"} 3\n"))
                let open = try Client(port).exchange(
                    "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text\r\nConnection: close\r\n\r\n"
                )
                #expect(open.contains("application/openmetrics-text; version=1.0.0; charset=utf-8"))
                #expect(open.hasSuffix("# EOF\n"))
            })
    }

    @Test func healthAndRefusals() async throws {
        try await withServer(readiness: Readiness(obstacles: ["draining"])) { port in
            for (request, start, end) in [
                ("GET /health/live", "HTTP/1.1 200 ", "\r\n\r\nalive\n"),
                ("GET /health", "HTTP/1.1 200 ", "\r\n\r\nalive\n"),
                ("GET /health/ready", "HTTP/1.1 503 ", "\r\n\r\nnot ready: draining\n"),
                ("GET /metrics?x=1", "HTTP/1.1 200 ", "\r\n\r\nm 1\n"),
                ("GET /", "HTTP/1.1 404 ", "\r\n\r\nnot found\n"),
                ("POST /metrics", "HTTP/1.1 405 ", "\r\n\r\nonly GET and HEAD\n"),
                ("HEAD /metrics", "HTTP/1.1 200 ", "\r\n\r\n"),
                ("HEAD /nothing", "HTTP/1.1 404 ", "\r\n\r\n"),
            ] {
                let reply = try Client(port).exchange("\(request) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(reply.hasPrefix(start) && reply.hasSuffix(end), "\(request): \(reply)")
            }
            let head = try Client(port).exchange("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(head.lowercased().contains("\r\ncontent-length: 4\r\n"))
            let post = try Client(port).exchange("POST /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(post.lowercased().contains("\r\nallow: get, head\r\n"))
        }
    }

    @Test func connectionsAreKeptAndPipelined() async throws {
        try await withServer { port in
            let client = try Client(port)
            let request = "GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n"
            client.send(request + request)
            client.send("GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(client.readToEnd().split(separator: "HTTP/1.1 200 ").count == 3)
        }
    }

    @Test func bodiesAndOversizedHeadersEndTheConnection() async throws {
        try await withServer { port in
            let client = try Client(port)
            let reply = client.exchange("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc")
            #expect(reply.hasPrefix("HTTP/1.1 413 "))
            let large = String(repeating: "a", count: 100_000)
            let refused = try Client(port).exchange("GET /metrics HTTP/1.1\r\nX: \(large)\r\n\r\n")
            #expect(!refused.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func silentAndDribblingClientsAreClosed() async throws {
        try await withServer(
            settings: { $0.idleTimeout = 200_000_000 },
            body: { port in
                let silent = try Client(port)
                let dribbling = try Client(port)
                dribbling.send("GET /metrics HTTP/1.1\r\nHo")
                #expect(!silent.readToEnd().hasPrefix("HTTP/1.1 200"))
                #expect(!dribbling.readToEnd().hasPrefix("HTTP/1.1 200"))
            })
    }

    @Test func aClientThatDoesNotReadIsClosed() async throws {
        let size = 64 << 20
        try await withServer(
            settings: { $0.replyTimeout = 300_000_000 },
            metrics: { _ in [UInt8](repeating: 97, count: size) },
            body: { port in
                let slow = try Client(port)
                slow.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
                // Asks on and on without reading a byte, until the server gives up: only then does sending fail.
                let request = String(repeating: "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", count: 1000)
                while slow.send(request) {}
                #expect(slow.readToEnd().utf8.count < size)
            })
    }
}

/// Runs blocking code where it doesn't take a thread from the server's tasks.
private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    final class Work {
        let body: () -> Void

        init(_ body: @escaping () -> Void) { self.body = body }
    }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let work = Work { continuation.resume(with: Result(catching: body)) }
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(work).toOpaque())
        precondition(result == 0)
        pthread_detach(thread)
    }
}

/// A blocking HTTP client that can misbehave.
final class Client {
    struct ConnectError: Error {}

    private let descriptor: Int32

    init(_ port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw ConnectError() }
    }

    deinit { close(descriptor) }

    /// False when the server has closed the connection.
    @discardableResult
    func send(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count
        }
    }

    func readToEnd() -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = recv(descriptor, &part, part.count, 0), count > 0 { bytes += part[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    func exchange(_ text: String) -> String {
        send(text)
        return readToEnd()
    }
}
