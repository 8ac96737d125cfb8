internal import Identity
internal import Pooling
internal import WirePostgres

/// Why a session is refused or ended, and how PostgreSQL's protocol says it. No text of the client's, no secret.
enum PostgresFailure: Error, Equatable {
    case protocolViolation(PostgresWireError)
    /// No lease within the queue timeout.
    case queueTimeout
    /// No server connection can be had.
    case backend(PoolConnectError)
    /// The server connection broke while it worked for this client.
    case serverLost
    case shuttingDown
    case killed
    case loginTimeout
    case queryTimeout
    case idleTransaction
    case idleClient
    case tooManyConnections
    case refused(Refusal)
    case unknownDatabase(String)
    case badStartup(String)
    case badParameter(String)
    case replicationForbidden
    case tlsRequired

    var notice: PostgresNotice { notice(.fatal) }

    func notice(_ severity: PostgresNotice.Severity) -> PostgresNotice {
        let (state, message) = text
        return PostgresNotice(severity, state, message)
    }

    var state: SQLState { text.0 }

    /// A short, fixed word for the audit log and metrics.
    var reason: String {
        switch self {
        case .protocolViolation: "protocol_violation"
        case .queueTimeout: "queue_timeout"
        case .backend: "backend_unavailable"
        case .serverLost: "server_lost"
        case .shuttingDown: "shutting_down"
        case .killed: "killed"
        case .loginTimeout: "login_timeout"
        case .queryTimeout: "query_timeout"
        case .idleTransaction: "idle_transaction_timeout"
        case .idleClient: "client_idle_timeout"
        case .tooManyConnections: "too_many_connections"
        case .refused(let refusal): refusal.rawValue
        case .unknownDatabase: "unknown_database"
        case .badStartup: "bad_startup"
        case .badParameter: "bad_parameter"
        case .replicationForbidden: "replication_forbidden"
        case .tlsRequired: "tls_required"
        }
    }

    /// All of `reason`, but for those of `Refusal`.
    static let reasons = [
        "protocol_violation", "queue_timeout", "backend_unavailable", "server_lost", "shutting_down", "killed",
        "login_timeout", "query_timeout", "idle_transaction_timeout", "client_idle_timeout", "too_many_connections",
        "connection_limit", "unknown_database", "bad_startup", "bad_parameter", "replication_forbidden", "tls_required",
    ]

    private var text: (SQLState, String) {
        switch self {
        case .protocolViolation(.missingUser):
            (.invalidAuthorization, "no PostgreSQL user name specified in startup packet")
        case .protocolViolation(let error): (.protocolViolation, "protocol violation: \(error)")
        case .queueTimeout:
            (.tooManyConnections, "no server connection became available within the queue timeout")
        case .backend(let error): backendText(error)
        case .serverLost: (.connectionFailure, "the server closed the connection unexpectedly")
        case .shuttingDown: (.adminShutdown, "the proxy is shutting down")
        case .killed: (.adminShutdown, "terminating connection due to administrator command")
        case .loginTimeout: (.invalidAuthorization, "login was not completed in time")
        case .queryTimeout: (.queryCanceled, "terminating connection due to query timeout")
        case .idleTransaction:
            (.idleInTransactionTimeout, "terminating connection due to idle-in-transaction timeout")
        case .idleClient: (.idleSessionTimeout, "terminating connection due to idle-session timeout")
        case .tooManyConnections: (.tooManyConnections, "too many connections")
        case .refused(let refusal): refusalText(refusal)
        case .unknownDatabase(let name): (.invalidCatalogName, "database \"\(name)\" does not exist")
        case .badStartup(let what): (.protocolViolation, what)
        case .badParameter(let what): (.invalidParameterValue, what)
        case .replicationForbidden:
            (.insufficientPrivilege, "replication connections are not permitted for this user")
        case .tlsRequired: (.invalidAuthorization, "an encrypted connection is required")
        }
    }

    private func backendText(_ error: PoolConnectError) -> (SQLState, String) {
        // That the proxy may not log in is not the client's fault, and the account's name is not for it.
        if error.code.hasPrefix("28") { return (.serverRejectedConnection, "the server refused the proxy's login") }
        let state = Array(error.code.utf8).withUnsafeBytes { SQLState(bytes: $0) }
        return (state ?? .sqlClientUnableToEstablishConnection, error.message)
    }

    private func refusalText(_ refusal: Refusal) -> (SQLState, String) {
        switch refusal {
        case .accountExpired: (.invalidAuthorization, "the account has expired")
        case .tlsRequired: (.invalidAuthorization, "an encrypted connection is required")
        case .addressNotAllowed: (.invalidAuthorization, "this user may not connect from this address")
        case .databaseNotAllowed: (.insufficientPrivilege, "permission denied for database")
        case .replicationNotAllowed:
            (.insufficientPrivilege, "replication connections are not permitted for this user")
        case .tooManyConnections: (.tooManyConnections, "too many connections for this user")
        case .throttled: (.invalidAuthorization, "too many failed logins")
        case .timedOut: (.invalidAuthorization, "login was not completed in time")
        case .verifierUnavailable: (.cannotConnectNow, "the account can't be checked at present")
        case .protocolViolation: (.protocolViolation, "protocol violation during login")
        case .unknownUser, .noCredential, .wrongPassword, .wrongCertificate:
            (.invalidPassword, "password authentication failed")
        }
    }

    init(_ failure: LeaseFailure) {
        self =
            switch failure {
            case .deadline(nil): .queueTimeout
            case .deadline(let error?), .connect(let error): .backend(error)
            case .draining: .shuttingDown
            }
    }
}

extension PostgresNotice {
    /// Told once to a client that has waited for a server connection for a while.
    static var waiting: PostgresNotice {
        PostgresNotice(.notice, .warning, "waiting for a server connection: all are in use")
    }
}
