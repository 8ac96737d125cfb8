internal import Audit
internal import Bytes
internal import Core
internal import Inspection
internal import Limits
internal import Logging
internal import Pooling
internal import Proxy
internal import Sockets
internal import Synchronization
internal import Telemetry
internal import WirePostgres

/// What the PostgreSQL sessions of one loop share: pool shards, known statements, counters.
///
/// `@unchecked Sendable`: confined to its loop.
final class PostgresLoop: @unchecked Sendable {
    let runtime: LoopRuntime
    let service: PostgresService
    let metrics: CounterBank
    let audit: AuditLoop?
    private let statements: StatementCache
    let rates: RateLimiterShard
    let policies = PolicyCache()
    private var shards: [PoolKey: PoolShard<PostgresServer>] = [:]
    /// By the identity of the settings that a statement is parsed under, and by the body of the Parse message.
    private var prepared: [UInt64: ByteKeyedCache<PreparedStatement>] = [:]
    private var lastIdentity: UInt64 = 0
    private var lastPrepared = ByteKeyedCache<PreparedStatement>(budget: StatementCache.budget)
    /// `PostgresService.definitions` when the first of them was prepared.
    private var preparedEpoch: UInt64 = 0
    /// Such identities remembered at most.
    private static let identityLimit = 32
    private var nextPrepared: UInt64 = 1
    /// By the number of their parameters.
    private var standIns: [Int: PreparedStatement] = [:]
    /// What is hidden in databases, by backend and database.
    private var surveys: [[String]: DatabaseSurvey] = [:]
    /// Sessions that wait for the audit log.
    private var waitingForAudit: [ObjectIdentifier: PostgresSession] = [:]
    init(runtime: LoopRuntime, service: PostgresService) {
        self.runtime = runtime
        self.service = service
        metrics = runtime.metrics
        audit = runtime.audit
        statements = StatementCache(keepsDigests: runtime.digests.limit > 0)
        rates = RateLimiterShard(service.rates)
    }

    var loop: EventLoop { runtime.loop }
    var timeouts: SessionTimeouts { runtime.snapshot.timeouts }

    // MARK: Statements

    /// What is known of a statement text; see `StatementCache`.
    @inline(__always)
    func statement(_ text: UnsafeRawBufferPointer, isWhole: Bool, lexing: PostgresLexing) -> StatementInfo {
        statements.find(text, isWhole: isWhole, lexing: lexing, audit: service.auditOptions)
    }

    /// A call by the function-call message: its text is not known.
    var functionCall: StatementInfo { statements.functionCall }

    /// The shared form of a Parse message's text and parameter types, unless definitions have changed since: a server may
    /// have a plan for it that no longer fits.
    @inline(__always)
    func findPrepared(body: UnsafeRawBufferPointer, _ parsing: ParseSettings) -> PreparedStatement? {
        let epoch = service.definitions.load(ordering: .relaxed)
        if epoch != preparedEpoch { forgetPrepared(epoch) }
        return preparedCache(parsing.identity).find(body)
    }

    private func forgetPrepared(_ epoch: UInt64) {
        preparedEpoch = epoch
        prepared.removeAll()
        lastPrepared = ByteKeyedCache(budget: StatementCache.budget)
    }

    /// - Parameter body: not found by `findPrepared`.
    func keepPrepared(
        body: UnsafeRawBufferPointer, _ statement: StatementInfo, _ parsing: ParseSettings
    ) -> PreparedStatement {
        let made = PreparedStatement(
            number: makeNumber(), source: .parse, body: Array(body), statement: statement, parsing: parsing)
        preparedCache(parsing.identity).insert(body, made)
        return made
    }

    /// A statement no longer fits its tables: who prepares the text anew gets a new statement, as without the proxy.
    func retire(_ statement: PreparedStatement) {
        statement.body.withUnsafeBytes { body in
            let cache = preparedCache(statement.parsing.identity)
            if cache.find(body) === statement { cache.remove(body) }
        }
    }

    @inline(__always)
    private func preparedCache(_ identity: UInt64) -> ByteKeyedCache<PreparedStatement> {
        identity == lastIdentity ? lastPrepared : otherPreparedCache(identity)
    }

    private func otherPreparedCache(_ identity: UInt64) -> ByteKeyedCache<PreparedStatement> {
        if prepared.count >= Self.identityLimit { prepared.removeAll() }
        prepared[lastIdentity] = lastPrepared
        lastIdentity = identity
        lastPrepared = prepared[identity] ?? ByteKeyedCache(budget: StatementCache.budget)
        return lastPrepared
    }

    /// See `PostgresSession+StandIn`. There are at most 65,536, which are seldom wanted.
    func standIn(parameters: Int) -> PreparedStatement {
        if let known = standIns[parameters] { return known }
        let made = PreparedStatement(standIn: makeNumber(), parameters: parameters, statement: functionCall)
        standIns[parameters] = made
        return made
    }

    /// A number for a prepared statement, unique in the process.
    func makeNumber() -> UInt64 {
        defer { nextPrepared += 1 }
        return UInt64(loop.index) << 40 | nextPrepared
    }

    // MARK: Pools

    /// The loop's shard of a pool, made at first use.
    func shard(_ key: PoolKey, route: DatabaseRoute, account: ServerAccount) -> PoolShard<PostgresServer> {
        let shard = service.pool(key, route: route, account: account).shard(on: loop)
        shards[key] = shard
        return shard
    }

    func survey(_ key: PoolKey) -> DatabaseSurvey {
        let database = ["\(key.backend)#\(key.epoch)", key.database]
        if let survey = surveys[database] { return survey }
        let survey = DatabaseSurvey()
        surveys[database] = survey
        return survey
    }

    /// Lets go of a removed pool's shard, unless the key has a new pool already.
    func forget(_ key: PoolKey, _ shard: PoolShard<PostgresServer>) {
        if shards[key] === shard { shards[key] = nil }
    }

    func idleServerDied(_ server: PostgresServer) {
        // A loop may have warmed it up that has had no session of the pool yet.
        let shard = shards[server.key] ?? service.pools.existing(server.key)?.shard(on: loop)
        shard?.connectionDied(server)
    }

    var allShards: [(PoolKey, PoolShard<PostgresServer>)] { shards.map { ($0.key, $0.value) } }

    // MARK: Cancelling

    /// Sends a cancel for what runs on `server`, which stays out of its pool until the server has acted on it.
    func cancel(_ server: PostgresServer) {
        server.pendingCancels += 1
        let timeout = timeouts.cancel
        let loop = loop
        Task(executorPreference: loop) {
            await loop.home.run {
                await PostgresCanceller(loop: loop).cancel(server, timeoutNs: timeout)
                server.cancelEnded()
            }
        }
    }

    // MARK: Audit

    /// Has `session` signalled when the audit log moves on.
    func waitForAudit(_ session: PostgresSession) { waitingForAudit[ObjectIdentifier(session)] = session }

    /// The audit log has room, or has synced: on the loop.
    func auditMovedOn() {
        let waiting = waitingForAudit.values
        waitingForAudit = [:]
        for session in waiting { session.signal.notify() }
    }
}
