internal import Audit
internal import Bytes
internal import Core
internal import Credentials
internal import Identity
internal import Inspection
internal import Limits
internal import Policy
internal import Pooling
internal import Proxy
internal import Sockets
internal import WirePostgres

/// Everything a session starts with. Confined to its loop.
final class SessionOpening {
    let route: DatabaseRoute
    let mode: PoolMode
    let permit: SessionPermit
    let facts: LoginFacts
    let pool: PoolKey
    let shard: PoolShard<PostgresServer>
    var settings = SessionSettings()
    var reported = ReportedParameters()

    init(
        route: DatabaseRoute, mode: PoolMode, permit: SessionPermit, facts: LoginFacts, pool: PoolKey,
        shard: PoolShard<PostgresServer>
    ) {
        self.route = route
        self.mode = mode
        self.permit = permit
        self.facts = facts
        self.pool = pool
        self.shard = shard
    }
}

extension PostgresLogin {
    /// From the startup packet to a session that is ready for its first query.
    /// - Parameter admit: counts the user's session, or refuses it.
    func establish(admit: (SessionPermit) throws(Outcome) -> Void) async throws(Outcome) -> SessionOpening {
        user = startup.user
        database = startup.database
        negotiate()
        let isReplication = try replicationRequested()
        let proven = try await authenticate()
        let permit = try authorise(proven, isReplication: isReplication)
        guard let route = snapshot.route(listener: rules.name, database: database) else {
            throw .failed(.unknownDatabase(database))
        }
        try admit(permit)
        let values = try startupValues(permit)
        let facts = makeFacts(proven, isReplication: isReplication)
        let account = ServerAccount(facts, permit, route)
        let key = account.poolKey(route)
        let opening = SessionOpening(
            route: route, mode: facts.isAlone ? .session : snapshot.userModes[user] ?? route.mode, permit: permit,
            facts: facts, pool: key,
            shard: context.shard(key, route: route, account: account))
        try await welcome(opening, values)
        return opening
    }

    /// Newer minor versions and unknown options are answered with what there is.
    private func negotiate() {
        let options = startup.protocolOptions.map(\.name)
        guard startup.version > .v32 || !options.isEmpty else { return }
        let answer = NegotiateProtocolVersion(version: min(startup.version, .v32), unrecognisedOptions: options)
        answer.encode(onto: &exchange.output)
    }

    private func replicationRequested() throws(Outcome) -> Bool {
        guard let value = startup["replication"]?.lowercased() else { return false }
        return !["false", "off", "no", "0"].contains(value)
    }

    private func authorise(_ proven: ProvenLogin, isReplication: Bool) throws(Outcome) -> SessionPermit {
        let isPassthrough = rules.authentication != .managed
        if isPassthrough, isReplication, !rules.allowsReplication {
            throw .failed(.refused(.replicationNotAllowed))
        }
        let request = SessionRequest(
            database: database, address: peer.ipAddress, isTLS: exchange.stream.isEncrypted,
            isReplication: isReplication && !isPassthrough)
        let now = Int64(context.loop.wallNs / 1_000_000_000)
        switch snapshot.identity.authorise(
            proven.proof, request, mode: isPassthrough ? .passthrough : .managed, now: now)
        {
        case .success(let permit): return permit
        case .failure(let refusal): throw .failed(.refused(refusal))
        }
    }

    /// The client's own defaults: what RESET goes back to.
    private func startupValues(_ permit: SessionPermit) throws(Outcome) -> [(String, String)] {
        let values = try askedValues()
        guard let policy = permit.record.access else { return values }
        let names = values.map { $0.0.lowercased() }
        guard !names.contains("role"), !names.contains("session_authorization") else {
            throw .failed(.badStartup("permission denied to set a role"))
        }
        // Where names without a schema are looked up must be known.
        if names.contains("search_path") { return values }
        let path = policy.searchPath.map { SettingSQL.quotedIdentifier(SQLText($0)).description }.joined(
            separator: ", ")
        return [("search_path", path)] + values
    }

    private func askedValues() throws(Outcome) -> [(String, String)] {
        let values = startup.settings.map { ($0.name, $0.value) }
        guard let options = startup["options"] else { return values }
        guard let parsed = StartupOptions.parse(options) else {
            throw .failed(.badStartup("unsupported \"options\" in the startup packet"))
        }
        return parsed + values
    }

    /// What a session of these startup values and this account begins with.
    private func settings(_ values: [(String, String)], _ permit: SessionPermit) -> SessionSettings {
        var settings = SessionSettings(startup: values)
        if case .setRole(let role) = permit.backend { settings.defaultRole = SQLText(role) }
        return settings
    }

    // MARK: First words

    /// AuthenticationOk, the server's parameters as this client has them, the cancel key, ReadyForQuery.
    private func welcome(_ opening: SessionOpening, _ values: [(String, String)]) async throws(Outcome) {
        let key = WelcomeCache.Key(pool: opening.pool, values)
        let known: Welcome
        if let found = context.service.welcomes.find(key) {
            known = found
        } else {
            known = Welcome(try await firstParameters(opening.shard, settings(values, opening.permit)))
            context.service.welcomes.remember(known, for: key)
        }
        let beginning = known.begin(application: startup["application_name"] ?? "") {
            settings(values, opening.permit)
        }
        opening.settings = beginning.settings
        opening.reported = beginning.reported
        AuthenticationRequest.encodeOK(onto: &exchange.output)
        machine.accepted()
        for entry in opening.reported.entries {
            ParameterStatus.encode(name: entry.name, value: entry.value, onto: &exchange.output)
        }
        BackendKeyData(processID: opening.facts.processID, key: opening.facts.cancelKey).encode(onto: &exchange.output)
        ReadyForQuery.encode(.idle, onto: &exchange.output)
        do throws(LoginStream.End) { try await exchange.flush() } catch { throw outcome(of: error) }
        exchange.stopClock()
    }

    /// Has a server connection take on the client's settings: the values it reports are those the client must hear, and a
    /// bad one is found before the client is let in.
    private func firstParameters(
        _ shard: PoolShard<PostgresServer>, _ settings: SessionSettings
    ) async throws(Outcome) -> ReportedParameters {
        let setup = LeaseSetup(context: context, exchange: exchange, shard: shard)
        return try await setup.parameters(for: settings)
    }

    private func makeFacts(_ proven: ProvenLogin, isReplication: Bool) -> LoginFacts {
        LoginFacts(
            user: user, database: database, client: clientText, address: peer.ipAddress, tls: tls,
            processID: context.service.cancelNumber(of: id),
            cancelKey: SecureRandom.bytes(startup.version >= .v32 ? 32 : 4), isReplication: isReplication,
            secret: proven.secret, replication: startup["replication"])
    }

    func makeRecord(_ route: DatabaseRoute, _ facts: LoginFacts) -> SessionRecord {
        let application = startup["application_name"] ?? ""
        let audit =
            context.audit == nil
            ? SessionRecord.notAudited
            : facts.auditSession(
                id: id, listener: rules.name, backend: route.backend.name, application: application)
        return SessionRecord(audit: audit, connectedNs: context.loop.wallNs, applicationName: application)
    }
}
