internal import Bytes
internal import Core
internal import Credentials
internal import Glibc
internal import Identity
internal import Pooling
internal import Proxy
internal import Sockets
internal import WirePostgres

/// The account a server connection logs in with.
struct ServerAccount: Sendable {
    enum Secret: Sendable {
        case none
        case password(ClearPassword)
        /// Recovered from a client's SCRAM proof: logs in without the password.
        case scramKeys(SCRAMKeys)
        case md5(MD5Verifier)
        /// The client answers itself.
        case relay(ProofRelay)
        /// It has answered, and this came of it.
        case relayed(RelayedLogin)
    }

    var user: String
    var database: String
    var secret: Secret
    /// Set as the session's default role.
    var role: String?
    /// Value of the `replication` startup parameter.
    var replication: String?

    /// Startup parameters, which tell pools apart.
    var parameters: [StartupMessage.Parameter] {
        var parameters = [StartupMessage.Parameter("user", user), .init("database", database)]
        if let role { parameters.append(.init("options", "-c role=" + StartupOptions.escape(role))) }
        if let replication { parameters.append(.init("replication", replication)) }
        return parameters
    }

    /// Who the client of `login` is at the server that `route` leads to.
    init(_ login: LoginFacts, _ permit: SessionPermit, _ route: DatabaseRoute) {
        let target = route.backend
        func secret(_ password: ClearPassword?) -> Secret { password.map { .password($0) } ?? .none }
        self.init(
            user: target.user ?? login.user, database: route.database ?? login.database,
            secret: secret(target.password), replication: login.replication)
        switch permit.backend {
        case .shared: break
        case .own(let own, let password):
            user = own
            self.secret = secret(password)
        case .setRole(let role):
            // As a startup option the role is the session's default: RESET ROLE does not leave it.
            self.role = role
        case .passthrough(let own):
            user = own
            self.secret = login.secret
        }
    }

    init(user: String, database: String, secret: Secret, replication: String? = nil) {
        self.user = user
        self.database = database
        self.secret = secret
        self.replication = replication
    }

    func poolKey(_ route: DatabaseRoute) -> PoolKey {
        PoolKey(
            backend: route.backend.name, epoch: route.backend.epoch, route: route.name, database: database,
            identity: identity)
    }

    /// The identity part of a pool's key.
    var identity: String {
        let own =
            if case .relayed(let login) = secret { "|\(UInt(bitPattern: ObjectIdentifier(login).hashValue))" } else {
                ""
            }
        return "\(user)|\(role ?? "")|\(replication ?? "")\(own)"
    }

    /// Of one client alone: its connection is never another's.
    var isRelayed: Bool { if case .relayed = secret { true } else { false } }
}

/// A server connection that has just become ready.
struct ServerLogin {
    let stream: SocketStream
    let processID: Int32
    let cancelKey: [UInt8]
    let parameters: ReportedParameters
}

/// Opens server connections: TCP, TLS, login, up to the first ReadyForQuery. On the loop of the connection to be.
struct PostgresConnector {
    let target: BackendTarget
    let account: ServerAccount
    let keys: ServerKeyCache

    /// - Throws: `PoolConnectError`, whose text may be shown to a client.
    func connect(loop: EventLoop) async throws(PoolConnectError) -> ServerLogin {
        if case .relayed(let login) = account.secret { return try login.take() }
        let signal = Signal()
        let deadline = loop.nowNs &+ target.connectTimeoutNs
        return try await open(loop: loop, signal: signal, deadlineNs: deadline)
    }

    /// Connects without logging in; for cancel requests too.
    static func dial(
        _ target: BackendTarget, loop: EventLoop, signal: Signal, deadlineNs: UInt64
    ) async throws(SocketError) -> SocketStream {
        guard let port = target.port else {
            return try await SocketStream.connect(
                to: .unix(path: target.host), loop: loop, signal: signal, deadlineNs: deadlineNs,
                options: target.socketOptions)
        }
        var failure = SocketError(operation: "resolve \(target.host)", code: 0)
        for address in try await Resolver.resolve(target.host) {
            do throws(SocketError) {
                return try await SocketStream.connect(
                    to: .ip(address, port: port), loop: loop, signal: signal, deadlineNs: deadlineNs,
                    options: target.socketOptions)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// As libpq does: with `allow` in clear first, with `prefer` under TLS; what the server's rules refuse the one way
    /// they may permit the other.
    private func open(
        loop: EventLoop, signal: Signal, deadlineNs: UInt64
    ) async throws(PoolConnectError) -> ServerLogin {
        let encrypts = target.tlsMode != .disable && target.tlsMode != .allow
        do throws(PoolConnectError) {
            return try await attempt(encrypts: encrypts, loop: loop, signal: signal, deadlineNs: deadlineNs)
        } catch {
            guard mayGoTheOtherWay(error) else { throw error }
            return try await attempt(encrypts: !encrypts, loop: loop, signal: signal, deadlineNs: deadlineNs)
        }
    }

    private func mayGoTheOtherWay(_ error: PoolConnectError) -> Bool {
        guard error.kind == .rejected, target.port != nil else { return false }
        if case .relay(let relay) = account.secret, relay.hasAsked { return false }
        return switch target.tlsMode {
        // Without a code: it asks for a password in clear.
        case .allow: error.code.isEmpty || error.code == "28000"
        case .prefer: error.code == "28000"
        case .disable, .require, .verifyCA, .verifyFull: false
        }
    }

    private func attempt(
        encrypts: Bool, loop: EventLoop, signal: Signal, deadlineNs: UInt64
    ) async throws(PoolConnectError) -> ServerLogin {
        let stream: SocketStream
        do throws(SocketError) {
            stream = try await Self.dial(target, loop: loop, signal: signal, deadlineNs: deadlineNs)
        } catch {
            throw PoolConnectError(
                kind: error.code == ETIMEDOUT ? .timedOut : .unreachable,
                message: "could not connect to server \"\(target.name)\": \(error)")
        }
        let exchange = LoginStream(stream: stream, signal: signal, deadlineNs: deadlineNs)
        do throws(LoginStream.End) {
            var machine = ServerAuthMachine()
            if encrypts { try await encrypt(exchange, &machine) }
            return try await login(exchange, &machine)
        } catch {
            stream.close()
            throw describe(error)
        }
    }

    private func describe(_ end: LoginStream.End) -> PoolConnectError {
        switch end {
        case .closed:
            PoolConnectError(
                kind: .unreachable, message: "server \"\(target.name)\" closed the connection during login")
        case .timedOut:
            PoolConnectError(kind: .timedOut, message: "login at server \"\(target.name)\" timed out")
        case .wire(let error):
            PoolConnectError(kind: .unreachable, message: "server \"\(target.name)\" broke the protocol: \(error)")
        case .tls(let text):
            PoolConnectError(kind: .unreachable, message: "TLS with server \"\(target.name)\" failed: \(text)")
        case .refused(let error):
            error
        }
    }

    // MARK: TLS

    private func encrypt(
        _ exchange: LoginStream, _ machine: inout ServerAuthMachine
    ) async throws(LoginStream.End) {
        guard let tls = target.tls, target.port != nil else { return }
        EncryptionRequest.ssl.encode(onto: &exchange.output)
        try await exchange.flush()
        machine.encryptionRequested()
        try await exchange.fill(1)
        let answer = exchange.takeByte()
        switch try wire({ () throws(PostgresWireError) in
            try machine.encryptionAnswered(answer, unprocessed: exchange.input.count)
        }) {
        case .startTLS:
            try await exchange.connectTLS(tls, host: target.tlsName)
        case .plaintext where target.tlsMode == .allow || target.tlsMode == .prefer:
            return
        case .plaintext, .serverError:
            throw .tls("the server does not offer it")
        }
    }

    // MARK: Login

    private func login(
        _ exchange: LoginStream, _ machine: inout ServerAuthMachine
    ) async throws(LoginStream.End) -> ServerLogin {
        let startup = StartupMessage(version: .v30, parameters: account.parameters)
        try wire { () throws(PostgresWireError) in try startup.encode(onto: &exchange.output) }
        machine.startupSent()
        try await exchange.flush()
        var parameters = ReportedParameters()
        var key = (process: Int32(0), secret: [UInt8]())
        while true {
            let (type, payload) = try await exchange.message(limit: PostgresLimits.heldMessage)
            switch try event(&machine, type, payload) {
            case .sendCleartextPassword:
                try await sendPassword(try await clearPassword(exchange), exchange, &machine)
            case .sendMD5Password(let salt):
                try await sendPassword(try await md5Response(salt), exchange, &machine)
            case .startSASL(let mechanisms):
                if case .relay(let relay) = account.secret {
                    try await relaySCRAM(relay, mechanisms, exchange, &machine)
                } else {
                    try await runSCRAM(mechanisms, exchange, &machine)
                }
            case .continueSASL, .finishSASL:
                throw .wire(.unexpectedMessage(type: type))
            case .parameter(let status):
                parameters.set(payload.text(status.name), payload.text(status.value))
            case .key(let data):
                key = (data.processID, data.key)
            case .failed(let fields):
                throw .refused(refusal(fields, payload))
            case .authenticated, .notice, .negotiated:
                break
            case .ready:
                exchange.stopClock()
                return ServerLogin(
                    stream: exchange.stream, processID: key.process, cancelKey: key.secret, parameters: parameters)
            }
        }
    }

    private func event(
        _ machine: inout ServerAuthMachine, _ type: UInt8, _ payload: [UInt8]
    ) throws(LoginStream.End) -> ServerAuthMachine.Action {
        do throws(PostgresWireError) {
            guard let known = BackendMessageType(rawValue: type) else { throw .unknownMessage(type: type) }
            return try machine.messageReceived(known, payload: payload)
        } catch {
            throw .wire(error)
        }
    }

    private func wire<T>(_ body: () throws(PostgresWireError) -> T) throws(LoginStream.End) -> T {
        do throws(PostgresWireError) { return try body() } catch { throw .wire(error) }
    }

    /// What the server says when it refuses a login; only its SQLSTATE and message go on.
    private func refusal(_ fields: NoticeFields, _ payload: [UInt8]) -> PoolConnectError {
        let code = fields[.state].map { payload.text($0) } ?? ""
        let message = fields[.message].map { payload.text($0) } ?? "login refused"
        let isTemporary = code.hasPrefix("57P") || code.hasPrefix("53")
        return PoolConnectError(kind: isTemporary ? .unreachable : .rejected, code: code, message: message)
    }

    // MARK: Proofs

    /// In clear only where nobody on the way can read it.
    private func clearPassword(_ exchange: LoginStream) async throws(LoginStream.End) -> [UInt8] {
        guard exchange.stream.isEncrypted || target.port == nil || target.tlsMode == .disable else {
            throw .refused(
                PoolConnectError(kind: .rejected, message: "the server asks for a clear password without TLS"))
        }
        switch account.secret {
        case .password(let password): return password.bytes
        case .relay(let relay): return try await relay.clearPassword()
        case .none, .scramKeys, .md5, .relayed: throw noSecret
        }
    }

    private func md5Response(_ salt: UInt32) async throws(LoginStream.End) -> [UInt8] {
        if case .relay(let relay) = account.secret { return try await relay.md5Password(salt: salt) }
        let verifier: MD5Verifier? =
            switch account.secret {
            case .password(let password): MD5Verifier(password: password, user: Array(account.user.utf8))
            case .md5(let verifier): verifier
            case .none, .scramKeys, .relay, .relayed: nil
            }
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: salt >> UInt32(24 - 8 * $0)) }
        guard let response = verifier?.response(salt: bytes) else { throw noSecret }
        return response
    }

    private var noSecret: LoginStream.End {
        .refused(
            PoolConnectError(
                kind: .rejected, code: "28P01", message: "no fitting secret is known for the account at the server"))
    }

    private func sendPassword(
        _ password: [UInt8], _ exchange: LoginStream, _ machine: inout ServerAuthMachine
    ) async throws(LoginStream.End) {
        try wire { () throws(PostgresWireError) in
            try PasswordMessage.encode(String(decoding: password, as: UTF8.self), onto: &exchange.output)
        }
        machine.passwordSent()
        try await exchange.flush()
    }

    /// The whole SCRAM exchange; AuthenticationOk is the caller's again.
    private func runSCRAM(
        _ mechanisms: [String], _ exchange: LoginStream, _ machine: inout ServerAuthMachine
    ) async throws(LoginStream.End) {
        let binding = exchange.stream.withTLS { $0.channelBindingServerEndPoint } ?? nil
        var client = try scram { () throws(SCRAMError) in
            try SCRAMClient(offered: mechanisms, channelBinding: binding)
        }
        let first = try scram { () throws(SCRAMError) in try client.clientFirst() }
        SASLInitialResponse.encode(mechanism: client.mechanism.rawValue, response: first, onto: &exchange.output)
        machine.saslSent()
        try await exchange.flush()
        let words = try await nextSASL(exchange, &machine)
        let challenge = try scram { () throws(SCRAMError) in try client.serverFirst(words) }
        let keys = try await keys(for: challenge)
        let proof = try scram { () throws(SCRAMError) in try client.clientFinal(keys) }
        SASLResponse.encode(proof, onto: &exchange.output)
        machine.saslSent()
        try await exchange.flush()
        let last = try await nextSASL(exchange, &machine, isFinal: true)
        try scram { () throws(SCRAMError) in try client.serverFinal(last) }
    }

    private func keys(for challenge: SCRAMClient.Challenge) async throws(LoginStream.End) -> SCRAMKeys {
        switch account.secret {
        case .scramKeys(let keys): return keys
        case .password(let password):
            return await keys.keys(password, salt: challenge.salt, iterations: challenge.iterations)
        case .none, .md5, .relay, .relayed: throw noSecret
        }
    }

    private func relaySCRAM(
        _ relay: ProofRelay, _ mechanisms: [String], _ exchange: LoginStream, _ machine: inout ServerAuthMachine
    ) async throws(LoginStream.End) {
        let (mechanism, first) = try await relay.clientFirst(mechanisms)
        SASLInitialResponse.encode(mechanism: mechanism, response: first, onto: &exchange.output)
        machine.saslSent()
        try await exchange.flush()
        let final = try await relay.clientFinal(try await nextSASL(exchange, &machine))
        SASLResponse.encode(final, onto: &exchange.output)
        machine.saslSent()
        try await exchange.flush()
        relay.serverFinal(try await nextSASL(exchange, &machine, isFinal: true))
    }

    private func nextSASL(
        _ exchange: LoginStream, _ machine: inout ServerAuthMachine, isFinal: Bool = false
    ) async throws(LoginStream.End) -> [UInt8] {
        let (type, payload) = try await exchange.message(limit: PostgresLimits.authentication)
        switch try event(&machine, type, payload) {
        case .continueSASL(let data) where !isFinal: return Array(payload[data])
        case .finishSASL(let data) where isFinal: return Array(payload[data])
        case .failed(let fields): throw .refused(refusal(fields, payload))
        default: throw .wire(.unexpectedMessage(type: type))
        }
    }

    private func scram<T: ~Copyable>(_ body: () throws(SCRAMError) -> T) throws(LoginStream.End) -> T {
        do throws(SCRAMError) {
            return try body()
        } catch {
            throw .refused(
                PoolConnectError(kind: .rejected, code: "28P01", message: "SCRAM with the server failed: \(error)"))
        }
    }
}

extension [UInt8] {
    /// The text of a range that a decoder gave.
    func text(_ range: Range<Int>) -> String {
        indices.contains(range.lowerBound) || range.isEmpty ? String(decoding: self[range], as: UTF8.self) : ""
    }
}
