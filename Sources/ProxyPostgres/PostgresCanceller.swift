internal import Bytes
internal import Proxy
internal import Sockets
internal import WirePostgres

/// Sends CancelRequests to servers. The server acts on the request before it closes that connection, so a connection is
/// kept out of its pool until then: a cancel can't hit the next client's statement.
struct PostgresCanceller {
    let loop: EventLoop

    /// Asks the server to stop what runs on `server`. Returns when the server has acted on it, or the deadline has passed.
    func cancel(_ server: PostgresServer, timeoutNs: UInt64) async {
        let target = server.target
        let signal = Signal()
        let deadline = loop.nowNs &+ max(timeoutNs, 1_000_000_000)
        guard let stream = try? await PostgresConnector.dial(target, loop: loop, signal: signal, deadlineNs: deadline)
        else { return }
        defer { stream.close() }
        let exchange = LoginStream(stream: stream, signal: signal, deadlineNs: deadline)
        do {
            if server.stream.isEncrypted, let tls = target.tls {
                EncryptionRequest.ssl.encode(onto: &exchange.output)
                try await exchange.flush()
                try await exchange.fill(1)
                guard exchange.input.readable[0] == UInt8(ascii: "S") else { return }
                _ = exchange.takeInput()
                try await exchange.connectTLS(tls, host: target.tlsName)
            }
            CancelRequest(processID: server.processID, key: server.cancelKey).encode(onto: &exchange.output)
            try await exchange.flush()
            // EOF says that it was carried out; anything else the server sends is of no interest.
            while true {
                try await exchange.fill(1)
                _ = exchange.takeInput()
            }
        } catch {
            return
        }
    }
}
