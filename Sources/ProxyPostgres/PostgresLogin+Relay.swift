internal import Credentials
internal import Identity
internal import Pooling
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

/// A server connection that has been logged in with the exchange of one client, and is that client's alone.
///
/// `@unchecked Sendable`: confined to the loop of its client.
final class RelayedLogin: @unchecked Sendable {
    /// Events before anybody has taken the connection.
    private let signal = Signal()
    private var login: ServerLogin?

    init(_ login: ServerLogin) {
        self.login = login
        login.stream.channel.signal = signal
    }

    /// Once: the exchange can't be run again.
    func take() throws(PoolConnectError) -> ServerLogin {
        guard let taken = login else {
            throw PoolConnectError(kind: .rejected, message: "a relayed login can't be repeated")
        }
        login = nil
        return taken
    }

    /// Closes the connection if nobody has taken it.
    func close() {
        login?.stream.close()
        login = nil
    }
}

/// Puts the questions of a server that is being logged in to before the client, and hands its answers back.
///
/// `@unchecked Sendable`: confined to the loop of its client.
final class ProofRelay: @unchecked Sendable {
    private unowned let client: PostgresLogin
    /// The client can be asked once only.
    private(set) var hasAsked = false
    /// How the client failed, if it did.
    private(set) var outcome: PostgresLogin.Outcome?

    init(_ client: PostgresLogin) { self.client = client }

    /// In clear only where nobody on the way can read it.
    func clearPassword() async throws(LoginStream.End) -> [UInt8] {
        guard client.exchange.stream.isEncrypted || client.peer.ipAddress == nil else {
            throw .refused(
                PoolConnectError(
                    kind: .rejected, message: "the server asks for a clear password and the client has no TLS"))
        }
        try begin()
        AuthenticationRequest.encodeCleartextPassword(onto: &client.exchange.output)
        client.machine.passwordRequested()
        return try await asking { () async throws(PostgresLogin.Outcome) in try await self.client.nextPassword() }
    }

    func md5Password(salt: UInt32) async throws(LoginStream.End) -> [UInt8] {
        try begin()
        AuthenticationRequest.encodeMD5Password(salt: salt, onto: &client.exchange.output)
        client.machine.passwordRequested()
        return try await asking { () async throws(PostgresLogin.Outcome) in try await self.client.nextPassword() }
    }

    /// The client's choice and first words. Channel binding is not offered: the channel ends here.
    func clientFirst(_ offered: [String]) async throws(LoginStream.End) -> (mechanism: String, data: [UInt8]) {
        try begin()
        let mechanisms = offered.filter { $0 == "SCRAM-SHA-256" }
        guard !mechanisms.isEmpty else {
            throw .refused(
                PoolConnectError(kind: .rejected, message: "the server offers no mechanism that can be relayed"))
        }
        AuthenticationRequest.encodeSASL(mechanisms: mechanisms, onto: &client.exchange.output)
        client.machine.saslRequested(mechanisms: mechanisms)
        return try await asking { () async throws(PostgresLogin.Outcome) in try await self.client.nextSCRAM() }
    }

    func clientFinal(_ challenge: [UInt8]) async throws(LoginStream.End) -> [UInt8] {
        AuthenticationRequest.encodeSASLContinue(challenge, onto: &client.exchange.output)
        client.machine.saslContinued()
        return try await asking { () async throws(PostgresLogin.Outcome) in try await self.client.nextSCRAM() }.data
    }

    /// The server's proof, for the client to check.
    func serverFinal(_ proof: [UInt8]) {
        AuthenticationRequest.encodeSASLFinal(proof, onto: &client.exchange.output)
    }

    private func begin() throws(LoginStream.End) {
        guard !hasAsked else { throw .wire(.unexpectedMessage(type: AuthenticationRequest.typeByte)) }
        hasAsked = true
    }

    private func asking<T>(
        _ question: () async throws(PostgresLogin.Outcome) -> T
    ) async throws(LoginStream.End) -> T {
        do throws(PostgresLogin.Outcome) {
            return try await question()
        } catch {
            outcome = error
            throw .refused(PoolConnectError(kind: .cancelled, message: "the client gave up"))
        }
    }
}

extension PostgresLogin {
    /// Lets the backend itself ask the client for its proof, over a connection of its own.
    func authenticateRelayed() async throws(Outcome) -> ProvenLogin {
        guard let route = snapshot.route(listener: rules.name, database: database) else {
            _ = try await askSCRAM([snapshot.identity.mockVerifier(for: user)])
            throw .authenticationFailed(.unknownUser)
        }
        let relay = ProofRelay(self)
        let account = ServerAccount(
            user: user, database: route.database ?? database, secret: .relay(relay), replication: startup["replication"]
        )
        let connector = PostgresConnector(target: route.backend, account: account, keys: context.service.keys)
        do throws(PoolConnectError) {
            let login = RelayedLogin(try await connector.connect(loop: context.loop))
            relayed = login
            return ProvenLogin(proof: snapshot.identity.proof(ofRelayed: user), secret: .relayed(login))
        } catch {
            if let outcome = relay.outcome { throw outcome }
            if error.code.hasPrefix("28") { throw .authenticationFailed(.wrongPassword) }
            context.metrics.add(route.metrics.backendError(error.metricReason))
            throw .failed(.backend(error))
        }
    }
}

extension PoolSettings {
    /// For a connection that can't be opened again: as long as its client.
    var relayed: PoolSettings {
        PoolSettings(
            size: 1, warmUpPercent: 0, keepIdlePercent: 100, lifetime: 0, queueTimeout: queueTimeout, failFastAfter: 1)
    }
}
