internal import WirePostgres

/// The server's side of PostgreSQL's protocol for the console: one event in, what to say and do next out. Pure.
struct ConsoleMachine: ~Copyable {
    enum Next: Equatable {
        /// Wait for a message.
        case read
        /// Run it, then call `finished`; no message is taken before.
        case run(ConsoleStatement)
        /// Once what was said is sent.
        case shutdown(immediate: Bool)
        /// This connection only asks that another's command stop.
        case cancel(CancelRequest)
        case close
    }

    struct Step: Equatable {
        var messages: [ConsoleMessage] = []
        var next = Next.read

        static func close(_ notice: PostgresNotice) -> Step { Step(messages: [.failure(notice)], next: .close) }
    }

    /// Databases that are the console.
    static let databases: Set<String> = ["articdbm", "pgbouncer"]
    /// Named statements, and portals, that a client may keep.
    static let longestList = 256

    enum Running {
        case nothing
        /// A statement of a Query, and those behind it.
        case simple(ConsoleStatement, rest: [ConsoleStatement])
        case portal(String, maximumRows: Int)
    }

    private let version: String
    private let key: BackendKeyData
    private var encryptionRequests = 0
    private(set) var isStarted = false
    var status = TransactionStatus.idle
    var running = Running.nothing
    /// After an error in an extended batch everything up to Sync is passed over.
    var isSkipping = false
    /// Nil is the empty statement.
    var statements: [String: ConsoleStatement?] = [:]
    var portals: [String: ConsolePortal] = [:]

    init(version: String, key: BackendKeyData) {
        self.version = version
        self.key = key
    }

    // MARK: Start

    mutating func startupReceived(_ packet: StartupPacket) -> Step {
        switch packet {
        case .sslRequest, .gssEncryptionRequest:
            // A client may try both, one after the other.
            encryptionRequests += 1
            return encryptionRequests <= 2 ? Step(messages: [.refuseEncryption]) : Step(next: .close)
        case .cancel(let request):
            return Step(next: .cancel(request))
        case .startup(let startup):
            return start(startup)
        }
    }

    private mutating func start(_ startup: StartupMessage) -> Step {
        guard Self.databases.contains(startup.database) else {
            return .close(
                PostgresNotice(
                    .fatal, .invalidCatalogName, "database \"\(startup.database)\" does not exist",
                    hint: "This is the control console; its database is articdbm."))
        }
        if let replication = startup["replication"], !["false", "off", "no", "0"].contains(replication.lowercased()) {
            return .close(PostgresNotice(.fatal, .featureNotSupported, "the console has no replication"))
        }
        isStarted = true
        var messages: [ConsoleMessage] = []
        let options = startup.protocolOptions.map(\.name)
        if startup.version > .v32 || !options.isEmpty { messages.append(.negotiateVersion(options: options)) }
        messages.append(.authenticationOK)
        // Drivers read a PostgreSQL version out of it.
        messages.append(.parameterStatus("server_version", "17.0 (ArticDBM \(version))"))
        messages += ClientParameters.reported.map { .parameterStatus($0.name, $0.value) }
        messages.append(.parameterStatus("application_name", startup["application_name"] ?? ""))
        messages.append(.parameterStatus("session_authorization", startup.user))
        return Step(messages: messages + [.backendKeyData(key), .ready(.idle)])
    }

    // MARK: Simple queries

    mutating func queryReceived(_ text: String) -> Step {
        guard !isSkipping else { return Step() }
        portals[""] = nil
        statements[""] = nil
        do throws(ControlError) {
            let queue = try ConsoleStatement.parse(text)
            return queue.isEmpty ? Step(messages: [.emptyQuery, .ready(status)]) : advance([], queue)
        } catch {
            return Step(messages: [failed(PostgresNotice(error)), .ready(status)])
        }
    }

    /// Takes the statements in turn, up to one that must be run outside.
    private mutating func advance(_ said: [ConsoleMessage], _ queue: [ConsoleStatement]) -> Step {
        var messages = said
        var rest = queue[...]
        while let statement = rest.popFirst() {
            if let refusal = refusal(of: statement) {
                return Step(messages: messages + [failed(refusal), .ready(status)])
            }
            if statement.definition != nil {
                running = .simple(statement, rest: Array(rest))
                return Step(messages: messages, next: .run(statement))
            }
            let rows = answer(statement)
            if !statement.columns.isEmpty { messages.append(.rowDescription(statement.columns, [])) }
            if !rows.isEmpty { messages.append(.rows(rows, statement.columns, [])) }
            messages.append(.complete(complete(statement)))
        }
        return Step(messages: messages + [.ready(status)])
    }

    /// The command that `Next.run` named has ended.
    mutating func finished(_ result: Result<CommandResult, ControlError>) -> Step {
        let ended = running
        running = .nothing
        switch ended {
        case .nothing: return Step()
        case .simple(let statement, let rest): return simpleFinished(statement, rest, result)
        case .portal(let name, let maximumRows): return portalFinished(name, maximumRows, result)
        }
    }

    private mutating func simpleFinished(
        _ statement: ConsoleStatement, _ rest: [ConsoleStatement], _ result: Result<CommandResult, ControlError>
    ) -> Step {
        switch result {
        case .failure(let error): return Step(messages: [failed(PostgresNotice(error)), .ready(status)])
        case .success(.rows(let rows)):
            var messages: [ConsoleMessage] = [.rowDescription(statement.columns, [])]
            if !rows.isEmpty { messages.append(.rows(rows, statement.columns, [])) }
            return advance(messages + [.complete(statement.tag)], rest)
        case .success(.done(_, let notices)):
            return advance(notices.map(ConsoleMessage.notice) + [.complete(statement.tag)], rest)
        case .success(.shutdown(let immediate)):
            return Step(messages: [.complete(statement.tag), .ready(status)], next: .shutdown(immediate: immediate))
        }
    }

    // MARK: Transactions: none, but drivers begin and end them

    /// Why it may not run now.
    func refusal(of statement: ConsoleStatement) -> PostgresNotice? {
        guard status == .failed, statement != .commit, statement != .rollback else { return nil }
        return PostgresNotice(
            .error, .inFailedTransaction,
            "current transaction is aborted, commands ignored until end of transaction block")
    }

    /// Notes an error, and says it.
    mutating func failed(_ notice: PostgresNotice) -> ConsoleMessage {
        if status == .inTransaction { status = .failed }
        return .failure(notice)
    }

    /// Rows of a statement that the console answers by itself.
    func answer(_ statement: ConsoleStatement) -> [[Value]] {
        if case .parameter(_, let value) = statement { [[.text(value)]] } else { [] }
    }

    /// Does such a statement; returns its tag.
    mutating func complete(_ statement: ConsoleStatement) -> String {
        defer {
            switch statement {
            case .begin: status = .inTransaction
            case .commit, .rollback: status = .idle
            case .show, .command, .parameter, .set: break
            }
        }
        return statement == .commit && status == .failed ? "ROLLBACK" : statement.tag
    }
}
