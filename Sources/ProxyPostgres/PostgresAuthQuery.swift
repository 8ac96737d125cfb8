internal import Bytes
internal import Credentials
internal import Identity
internal import Pooling
internal import Proxy
internal import Sockets
internal import WirePostgres

/// Asks a backend, as its service role, for the verifier of one of its accounts. One connection per question; answers are
/// remembered by `PassthroughCache`.
struct PostgresAuthQuery {
    let target: BackendTarget
    let database: String
    let keys: ServerKeyCache

    /// Nil: no such account, or one without a password. On `loop`.
    func verifier(of name: String, loop: EventLoop) async throws(Refusal) -> PasswordVerifier? {
        guard let query = target.authQuery, let user = query.user ?? target.user else { throw .verifierUnavailable }
        let password = query.password ?? target.password
        let account = ServerAccount(
            user: user, database: query.database ?? database, secret: password.map { .password($0) } ?? .none)
        let connector = PostgresConnector(target: target, account: account, keys: keys)
        do {
            let login = try await connector.connect(loop: loop)
            defer { login.stream.close() }
            return try await ask(query.text, name, login, loop)
        } catch {
            throw .verifierUnavailable
        }
    }

    private func ask(
        _ text: String, _ name: String, _ login: ServerLogin, _ loop: EventLoop
    ) async throws -> PasswordVerifier? {
        let exchange = LoginStream(
            stream: login.stream, signal: Signal(), deadlineNs: loop.nowNs &+ target.connectTimeoutNs)
        login.stream.channel.signal = exchange.signal
        try ParseMessage.encode(statement: "", query: text, onto: &exchange.output)
        try BindMessage.encode(portal: "", statement: "", values: [name], onto: &exchange.output)
        ExecuteMessage.encode(onto: &exchange.output)
        exchange.output.appendEmptyMessage(FrontendMessageType.sync)
        try await exchange.flush()
        var found: PasswordVerifier?
        while true {
            let (type, payload) = try await exchange.message(limit: PostgresLimits.heldMessage)
            switch BackendMessageType(rawValue: type) {
            case .dataRow: found = try verifier(in: payload)
            case .errorResponse: throw Refusal.verifierUnavailable
            case .readyForQuery: return found
            default: break
            }
        }
    }

    /// The second column; the first repeats the name, as PgBouncer's `auth_query` does.
    private func verifier(in payload: [UInt8]) throws -> PasswordVerifier? {
        var fields: [Range<Int>?] = []
        try payload.withUnsafeBytes { bytes in try DataRow.forEachField(in: bytes) { fields.append($0) } }
        guard fields.count >= 2, let text = fields[1] else { return nil }
        return try PasswordVerifier(payload.text(text))
    }
}

extension PostgresService {
    /// The verifier of a backend's account, asked for at most once in a while.
    func passthroughVerifier(
        _ account: PassthroughCache.Account, route: DatabaseRoute, database: String, on context: PostgresLoop
    ) async -> Result<PasswordVerifier?, Refusal> {
        let query = PostgresAuthQuery(target: route.backend, database: route.database ?? database, keys: keys)
        let loop = context.loop
        return await passthrough.verifier(for: account, now: loop.nowNs) { () async throws(Refusal) in
            // The cache asks from a task of its own; sockets live on a loop.
            let task = Task(executorPreference: loop) {
                await loop.home.run { () async -> Result<PasswordVerifier?, Refusal> in
                    do throws(Refusal) {
                        return .success(try await query.verifier(of: account.user, loop: loop))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return try await task.value.get()
        }
    }
}
