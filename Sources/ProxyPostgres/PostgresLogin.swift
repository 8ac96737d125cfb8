internal import Audit
internal import Bytes
internal import Core
internal import Credentials
internal import Identity
internal import Limits
internal import Pooling
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

/// Facts of a login that stay for the session's life.
struct LoginFacts {
    var user: String
    /// As the client asked for it.
    var database: String
    /// `address:port` of the client, or `unix`.
    var client: String
    var address: IPAddress?
    /// TLS version, or empty.
    var tls: String
    var processID: Int32
    var cancelKey: [UInt8]
    var isReplication: Bool
    /// Logs in at the backend in the client's name; passthrough only.
    var secret: ServerAccount.Secret
    /// Value of the client's `replication` parameter.
    var replication: String?

    /// The server connection ends with the client's: nobody else may have it.
    var isAlone: Bool { if case .relayed = secret { true } else { isReplication } }

    func auditSession(id: UInt64, listener: String, backend: String?, application: String) -> AuditSession {
        AuditSession(
            id: id, protocolName: "postgresql", listener: listener, client: client, tls: tls.isEmpty ? nil : tls,
            user: user,
            application: application, backend: backend, database: database)
    }
}

/// Leads a connection from accept to a session: PROXY header, TLS, startup, authentication, permission, first words.
///
/// A failure is told as PostgreSQL tells it, counted and audited; nothing of it says whether a user exists. Confined to its
/// loop.
final class PostgresLogin {
    let context: PostgresLoop
    let rules: ListenerRules
    let snapshot: ProxySnapshot
    let exchange: LoginStream
    let id: UInt64
    let startedNs: UInt64
    var machine = ClientAuthMachine()
    var peer: SocketAddress
    var tls = ""
    var user = ""
    var database = ""
    var startup = StartupMessage(parameters: [])
    /// What the backend made of the client's own proof.
    var relayed: RelayedLogin?

    /// How a login that did not lead to a session ended.
    enum Outcome: Error {
        /// Nothing to say: the client left, or asked only to cancel.
        case closed
        case failed(PostgresFailure)
        /// A password, proof or certificate was wrong; which is for metrics and audit, never for the client.
        case authenticationFailed(Refusal)
    }

    init(_ socket: AcceptedSocket, rules: ListenerRules, context: PostgresLoop, signal: Signal) throws(SocketError) {
        self.context = context
        self.rules = rules
        snapshot = context.runtime.snapshot
        peer = socket.peer
        startedNs = context.loop.nowNs
        id = context.runtime.sessions.makeID()
        let stream = try SocketStream(descriptor: socket.descriptor, loop: context.loop, signal: signal, options: nil)
        let timeout = snapshot.timeouts.login
        exchange = LoginStream(
            stream: stream, signal: signal, deadlineNs: timeout == 0 ? 0 : context.loop.nowNs &+ timeout)
    }

    // MARK: Up to the startup packet

    /// Finds out who is speaking.
    /// - Returns: the address that a balancer named; nil when the peer speaks for itself.
    func identifyPeer() async throws(Outcome) -> IPAddress? {
        guard let address = peer.ipAddress, rules.isBalancer(address) else { return nil }
        do throws(LoginStream.End) {
            return try await readProxyHeader() ? peer.ipAddress : nil
        } catch {
            throw outcome(of: error)
        }
    }

    /// Everything before authentication, after `identifyPeer`.
    func open() async throws(Outcome) {
        do throws(LoginStream.End) {
            try await startDirectTLS()
        } catch {
            throw outcome(of: error)
        }
        while true {
            switch try await nextPacket() {
            case .answerSSL: try await answerSSL()
            case .answerGSS: try await answer(EncryptionResponse.refuse)
            case .cancel(let request):
                await context.service.cancel(request)
                throw .closed
            case .authenticate(let message):
                startup = message
                return
            }
        }
    }

    func outcome(of end: LoginStream.End) -> Outcome {
        switch end {
        case .closed: .closed
        case .timedOut: .failed(.loginTimeout)
        case .wire(let error): .failed(.protocolViolation(error))
        case .tls, .refused: .closed
        }
    }

    /// A balancer's header is mandatory from configured sources, and from nobody else anything special.
    /// - Returns: whether it names a client.
    private func readProxyHeader() async throws(LoginStream.End) -> Bool {
        var seen: [UInt8] = []
        while true {
            do throws(ProxyHeader.ParseError) {
                if let header = try ProxyHeader.parse(seen) {
                    try? await exchange.skip(header.length)
                    if let source = header.source { peer = source }
                    return header.source != nil
                }
            } catch {
                throw .closed
            }
            let more = try await exchange.peekMore(than: seen.count, limit: ProxyHeader.longestV2)
            guard more.count > seen.count else { throw .closed }
            seen = more
        }
    }

    /// A TLS record where a startup packet could be: the client skips SSLRequest (PostgreSQL 17, sslnegotiation=direct).
    private func startDirectTLS() async throws(LoginStream.End) {
        guard let context = rules.tls, rules.allowsDirectTLS, peer.ipAddress != nil else { return }
        let first = try await exchange.peekMore(than: 0, limit: 1)
        guard first.first == 0x16 else { return }
        try await exchange.acceptTLS(context)
        // Without ALPN this could be another protocol's client, led here across protocols.
        guard exchange.stream.withTLS({ $0.applicationProtocol }) ?? nil == "postgresql" else {
            throw .tls("ALPN postgresql is required")
        }
        machine = ClientAuthMachine(isEncrypted: true)
        noteTLS()
    }

    private func nextPacket() async throws(Outcome) -> ClientAuthMachine.StartupAction {
        let packet: [UInt8]
        do throws(LoginStream.End) { packet = try await exchange.startupPacket() } catch { throw outcome(of: error) }
        guard packet.count <= rules.startupLimit else { throw .failed(.badStartup("startup packet too large")) }
        do throws(PostgresWireError) {
            return try machine.packetReceived(packet, unprocessed: exchange.input.count)
        } catch {
            throw .failed(.protocolViolation(error))
        }
    }

    private func answerSSL() async throws(Outcome) {
        guard let tls = rules.tls, rules.tlsMode != .disable else { return try await answer(.refuse) }
        exchange.output.append(EncryptionResponse.acceptSSL.rawValue)
        do throws(LoginStream.End) {
            try await exchange.flush()
            try await exchange.acceptTLS(tls)
        } catch {
            if case .tls = error { context.metrics.add(context.service.tls.clientFailures) }
            throw outcome(of: error)
        }
        machine.encryptionAnswered(isEncrypted: true)
        noteTLS()
    }

    private func answer(_ response: EncryptionResponse) async throws(Outcome) {
        exchange.output.append(response.rawValue)
        do throws(LoginStream.End) { try await exchange.flush() } catch { throw outcome(of: error) }
        machine.encryptionAnswered(isEncrypted: false)
    }

    private func noteTLS() {
        tls = exchange.stream.withTLS { $0.version } ?? ""
        context.metrics.add(context.service.tls.client(version: tls))
    }
}
