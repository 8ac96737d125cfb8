internal import Bytes
internal import Inspection
internal import Pooling
internal import Proxy
internal import Sockets
internal import WirePostgres

/// A lease taken during login, to learn what a server reports to a client with these settings. Confined to its loop.
struct LeaseSetup {
    let context: PostgresLoop
    let exchange: LoginStream
    let shard: PoolShard<PostgresServer>

    /// The values a server reports once it has taken on `settings`; a value that it refuses ends the login.
    func parameters(for settings: SessionSettings) async throws(PostgresLogin.Outcome) -> ReportedParameters {
        let server = try await lease(settings.fingerprint)
        server.lend(to: exchange.signal)
        var isClean = false
        defer {
            server.watchIdle()
            shard.release(server, reusable: isClean && server.isUsable)
        }
        if server.settings.fingerprint != settings.fingerprint {
            try await adopt(settings, server)
        }
        isClean = true
        return server.parameters
    }

    private func lease(_ fingerprint: UInt64) async throws(PostgresLogin.Outcome) -> PostgresServer {
        let signal = exchange.signal
        let request = LeaseRequest<PostgresServer> { signal.notify() }
        request.fingerprint = fingerprint
        if !shard.request(request) {
            while request.phase == .queued {
                if exchange.hasExpired || exchange.stream.channel.isHungUp {
                    shard.cancel(request)
                    throw exchange.hasExpired ? .failed(.loginTimeout) : .closed
                }
                await signal.wait()
            }
        }
        if let failure = request.takeFailure() { throw .failed(PostgresFailure(failure)) }
        guard let server = request.take() else { throw .failed(.queueTimeout) }
        return server
    }

    private func adopt(_ settings: SessionSettings, _ server: PostgresServer) async throws(PostgresLogin.Outcome) {
        settings.commands(from: server.settings).withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        server.settings.adopt(settings)
        do throws(ServerTrouble) {
            try await flush(server)
            answers: while true {
                let (type, payload) = try await message(server)
                switch type {
                case .parameterStatus:
                    guard let status = try? payload.withUnsafeBytes({ try ParameterStatus(payload: $0) }) else {
                        continue
                    }
                    server.parameters.set(payload.text(status.name), payload.text(status.value))
                case .errorResponse:
                    throw .refused(payload.withUnsafeBytes { message(in: $0) })
                case .readyForQuery:
                    return
                default:
                    break
                }
            }
        } catch {
            server.markBroken()
            switch error {
            case .lost: throw .failed(.serverLost)
            case .expired: throw .failed(.loginTimeout)
            case .refused(let text): throw .failed(.badParameter(text))
            }
        }
    }

    private enum ServerTrouble: Error {
        case lost
        case expired
        case refused(String)
    }

    private func message(in payload: UnsafeRawBufferPointer) -> String {
        guard let range = NoticeFields.find(.message, payload: payload) else {
            return "a startup parameter was refused"
        }
        return String(decoding: payload[range], as: UTF8.self)
    }

    private func flush(_ server: PostgresServer) async throws(ServerTrouble) {
        while !server.output.isEmpty {
            switch server.stream.write(server.output.readable) {
            case .bytes(let count): server.output.consume(count)
            case .wouldBlock, .wantsRead, .wantsWrite: try await wait()
            case .end, .failed: throw .lost
            }
        }
    }

    private func message(_ server: PostgresServer) async throws(ServerTrouble) -> (BackendMessageType, [UInt8]) {
        while true {
            let held = server.input.readable
            if let (header, type) = try? PostgresFrameHeader.peekBackend(held), held.count >= header.frameCount {
                let payload = Array(held[PostgresFrameHeader.size..<header.frameCount])
                server.input.consume(header.frameCount)
                return (type, payload)
            }
            guard server.stream.canRead else {
                try await wait()
                continue
            }
            switch server.stream.read(into: server.input.space()) {
            case .bytes(let count): server.input.advance(count)
            case .wouldBlock, .wantsRead, .wantsWrite: break
            case .end, .failed: throw .lost
            }
        }
    }

    private func wait() async throws(ServerTrouble) {
        if exchange.hasExpired { throw .expired }
        await exchange.signal.wait()
    }
}
