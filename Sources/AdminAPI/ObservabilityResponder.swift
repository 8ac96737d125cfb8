import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Telemetry

/// A request's connection, for the deadline of its reply.
struct ObservabilityContext: InitializableFromSource, Sendable {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Answers one request.
struct ObservabilityResponder: HTTPResponder {
    let metrics: @Sendable (ExpositionFormat) -> [UInt8]
    let readiness: @Sendable () -> Readiness
    let replyTimeout: TimeAmount

    /// A reply is written in pieces of this many bytes, each after the one before has left: a client that doesn't read
    /// holds up the next piece, and the deadline falls due.
    private static let pieceBytes = 32 << 10

    func respond(to request: Request, context: ObservabilityContext) async throws -> Response {
        let channel = context.channel
        let deadline = channel.eventLoop.scheduleTask(in: replyTimeout) { channel.close(promise: nil) }
        // A body is read by nobody: the connection ends, so that nobody has to wait for it either.
        let closes = hasBody(request)
        var reply = closes ? text(.contentTooLarge, "no request body is taken here\n") : answer(request)
        if closes { reply.headers[.connection] = "close" }
        reply.headers[.contentLength] = String(reply.body.readableBytes)
        let rest = request.method == .head ? ByteBuffer() : reply.body
        return Response(
            status: reply.status, headers: reply.headers,
            body: ResponseBody { [rest] writer in
                var rest = rest
                while let piece = rest.readSlice(length: min(Self.pieceBytes, rest.readableBytes)),
                    piece.readableBytes > 0
                {
                    try await writer.write(piece)
                }
                try await writer.finish(nil)
                deadline.cancel()
                if closes { channel.close(promise: nil) }
            })
    }

    private struct Reply {
        var status: HTTPResponse.Status
        var headers: HTTPFields
        var body: ByteBuffer
    }

    private func hasBody(_ request: Request) -> Bool {
        let length = request.headers[.contentLength]
        return request.headers[.transferEncoding] != nil || (length != nil && length != "0")
    }

    private func answer(_ request: Request) -> Reply {
        let paths = ["/metrics", "/health", "/health/live", "/health/ready"]
        guard paths.contains(request.uri.path) else { return text(.notFound, "not found\n") }
        guard request.method == .get || request.method == .head else {
            var response = text(.methodNotAllowed, "only GET and HEAD\n")
            response.headers[.allow] = "GET, HEAD"
            return response
        }
        switch request.uri.path {
        case "/metrics":
            let accept = request.headers[values: .accept].joined(separator: ",")
            let format = ExpositionFormat.negotiate(accept: accept.isEmpty ? nil : accept)
            return Reply(
                status: .ok, headers: [.contentType: format.contentType, .vary: "Accept"],
                body: ByteBuffer(bytes: metrics(format)))
        case "/health/ready":
            let readiness = readiness()
            return readiness.isReady
                ? text(.ok, "ready\n")
                : text(.serviceUnavailable, readiness.obstacles.map { "not ready: \($0)\n" }.joined())
        default:
            // Being able to answer is being alive.
            return text(.ok, "alive\n")
        }
    }

    private func text(_ status: HTTPResponse.Status, _ text: String) -> Reply {
        Reply(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ByteBuffer(string: text))
    }
}
