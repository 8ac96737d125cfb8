/// Every metric ArticDBM can export. `docs/METRICS.md` documents the same list, and a test compares the two.
///
/// A family appears at `/metrics` once a series of it is registered, so what is not built is not shown.
/// `database_type` is the listener's protocol; `listener`, `backend` and `database` are names of the configuration
/// (`database` is `*` where names pass through unconfigured).
public enum MetricCatalogue {
    private static let pool = ["database_type", "backend", "database"]

    // MARK: Clients

    public static let activeConnections = MetricFamily(
        "articdbm_active_connections", .gauge, "Client connections open now.", ["database_type", "listener"])
    public static let connections = MetricFamily(
        "articdbm_connections_total", .counter, "Client connections accepted.", ["database_type", "listener"])
    public static let connectionsRefused = MetricFamily(
        "articdbm_connections_refused_total", .counter, "Client connections refused before or during login.",
        ["database_type", "listener", "reason"])
    public static let unauthenticatedConnections = MetricFamily(
        "articdbm_unauthenticated_connections", .gauge, "Client connections that have not logged in yet.")
    public static let authFailures = MetricFamily(
        "articdbm_auth_failures_total", .counter, "Failed logins of clients, by reason.",
        ["database_type", "listener", "reason"])
    public static let loginDuration = MetricFamily(
        "articdbm_login_duration_seconds", .histogram, "From accept to the first ready session.",
        ["database_type", "listener"])

    // MARK: Statements

    public static let totalQueries = MetricFamily(
        "articdbm_total_queries", .counter, "Statements relayed, by whether they read or write.", pool + ["query_type"])
    public static let queryDuration = MetricFamily(
        "articdbm_query_duration_seconds", .histogram, "From a statement's arrival to the end of its reply.",
        pool + ["query_type"])
    public static let statementsRefused = MetricFamily(
        "articdbm_statements_refused_total", .counter, "Statements refused by the proxy, by reason.",
        ["database_type", "reason"])
    public static let statementsNotInspected = MetricFamily(
        "articdbm_statements_not_inspected_total", .counter, "Statements that could not be parsed.",
        ["database_type"])
    public static let injections = MetricFamily(
        "articdbm_sql_injection_attempts_total", .counter,
        "Statements that looked like an SQL injection, by what was done (blocked, alerted).",
        ["database_type", "backend", "database", "action"])
    public static let statementErrors = MetricFamily(
        "articdbm_statement_errors_total", .counter, "Statements that the server answered with an error.", pool)
    public static let transactions = MetricFamily(
        "articdbm_transactions_total", .counter, "Transactions ended, single statements included.", pool)
    public static let transactionDuration = MetricFamily(
        "articdbm_transaction_duration_seconds", .histogram,
        "From a transaction's first statement to its end, single statements included.", pool)
    public static let bytes = MetricFamily(
        "articdbm_bytes_total", .counter, "Protocol bytes by peer (client, server) and direction (received, sent).",
        pool + ["peer", "direction"])
    public static let cancels = MetricFamily(
        "articdbm_cancels_total", .counter, "Cancel requests by result (accepted, unknown).",
        ["database_type", "result"])

    // MARK: Backends and pools

    public static let backendErrors = MetricFamily(
        "articdbm_backend_errors_total", .counter, "Failures of server connections, by reason.",
        ["database_type", "backend", "reason"])
    public static let backendUp = MetricFamily(
        "articdbm_backend_up", .gauge, "1 when the latest attempt to reach the backend succeeded.",
        ["database_type", "backend"])
    public static let connectDuration = MetricFamily(
        "articdbm_connect_duration_seconds", .histogram, "From connect to a server connection ready for use.",
        ["database_type", "backend"])
    public static let poolClients = MetricFamily(
        "articdbm_pool_clients", .gauge, "Client sessions of the pool by state (active, idle, waiting).",
        pool + ["state"])
    public static let poolServers = MetricFamily(
        "articdbm_pool_servers", .gauge,
        "Server connections of the pool by state (active, idle, login, testing, pinned, cancelling).",
        pool + ["state"])
    public static let poolWait = MetricFamily(
        "articdbm_pool_wait_seconds", .histogram, "Waiting time of clients that found no server connection free.", pool)
    public static let poolTimeouts = MetricFamily(
        "articdbm_pool_timeouts_total", .counter, "Clients that gave up waiting for a server connection.", pool)
    public static let poolSteals = MetricFamily(
        "articdbm_pool_steals_total", .counter, "Server connections moved between loops.", pool)
    public static let serverConnectionsOpened = MetricFamily(
        "articdbm_server_connections_opened_total", .counter, "Server connections opened.", pool)
    public static let serverConnectionsClosed = MetricFamily(
        "articdbm_server_connections_closed_total", .counter, "Server connections closed, by reason.",
        pool + ["reason"])
    public static let pins = MetricFamily(
        "articdbm_pins_total", .counter, "Sessions bound to their server connection, by reason.", pool + ["reason"])
    public static let pinnedSessions = MetricFamily(
        "articdbm_pinned_sessions", .gauge, "Sessions bound to their server connection now.", pool)
    public static let stateRestores = MetricFamily(
        "articdbm_state_restores_total", .counter, "Times a session's settings were carried to a server connection.",
        pool)
    public static let preparedHits = MetricFamily(
        "articdbm_prepared_statement_hits_total", .counter, "Prepared statements found on the server connection.", pool)
    public static let preparedMisses = MetricFamily(
        "articdbm_prepared_statement_misses_total", .counter, "Prepared statements that had to be prepared again.",
        pool)
    public static let preparedEvictions = MetricFamily(
        "articdbm_prepared_statement_evictions_total", .counter, "Server statements closed to make room.", pool)

    // MARK: TLS

    public static let tlsHandshakes = MetricFamily(
        "articdbm_tls_handshakes_total", .counter, "Completed handshakes by peer (client, server) and version.",
        ["peer", "version"])
    public static let tlsResumptions = MetricFamily(
        "articdbm_tls_resumptions_total", .counter, "Handshakes that resumed an earlier session.", ["peer"])
    public static let tlsFailures = MetricFamily(
        "articdbm_tls_failures_total", .counter, "Handshakes that failed, by peer (client, server).", ["peer"])

    // MARK: Loops

    public static let loopTurns = MetricFamily(
        "articdbm_loop_turns_total", .counter, "Turns of an event loop.", ["loop"])
    public static let loopWakes = MetricFamily(
        "articdbm_loop_wakes_total", .counter, "Times a sleeping loop was woken by another thread.", ["loop"])
    public static let loopEnqueues = MetricFamily(
        "articdbm_loop_cross_thread_enqueues_total", .counter, "Jobs handed to a loop by another thread.", ["loop"])
    public static let loopReads = MetricFamily(
        "articdbm_loop_reads_total", .counter, "Socket reads.", ["loop"])
    public static let loopWrites = MetricFamily(
        "articdbm_loop_writes_total", .counter, "Socket writes.", ["loop"])
    public static let loopSessions = MetricFamily(
        "articdbm_loop_sessions", .gauge, "Client sessions on a loop.", ["loop"])

    // MARK: Audit

    public static let auditEvents = MetricFamily(
        "articdbm_audit_events_total", .counter, "Audit events recorded, dropped ones included.")
    public static let auditWritten = MetricFamily(
        "articdbm_audit_written_events_total", .counter, "Audit events written to the file.")
    public static let auditWrittenBytes = MetricFamily(
        "articdbm_audit_written_bytes_total", .counter, "Bytes written to the audit file.")
    public static let auditDropped = MetricFamily(
        "articdbm_audit_dropped_events_total", .counter, "Audit events lost because the queue was full.")
    public static let auditQueuedBytes = MetricFamily(
        "articdbm_audit_queued_bytes", .gauge, "Audit bytes not yet safe on disk.")
    public static let auditBlocked = MetricFamily(
        "articdbm_audit_blocked", .gauge, "1 while sessions wait for the audit log.")
    public static let auditSyncDuration = MetricFamily(
        "articdbm_audit_sync_duration_seconds", .histogram, "Time of one synchronisation of the audit file.")
    public static let auditFailures = MetricFamily(
        "articdbm_audit_failures_total", .counter, "Failed operations on the audit file.")
    public static let auditRotations = MetricFamily(
        "articdbm_audit_rotations_total", .counter, "Audit files set aside.")
    public static let auditCheckpoints = MetricFamily(
        "articdbm_audit_checkpoints_total", .counter, "Signed checkpoints written to the audit file.")
    public static let auditChainBreaks = MetricFamily(
        "articdbm_audit_chain_breaks_total", .counter, "Audit files set aside because the chain did not go on in them.")
    public static let auditSinkLines = MetricFamily(
        "articdbm_audit_sink_lines_total", .counter, "Audit lines sent to the anchor file or to syslog.",
        ["sink"])
    public static let auditSinkDropped = MetricFamily(
        "articdbm_audit_sink_dropped_lines_total", .counter, "Audit lines not sent because too many waited.",
        ["sink"])
    public static let auditSinkFailures = MetricFamily(
        "articdbm_audit_sink_failures_total", .counter, "Failed attempts to send audit lines.", ["sink"])
    public static let auditSinkQueuedBytes = MetricFamily(
        "articdbm_audit_sink_queued_bytes", .gauge, "Audit bytes that wait to be sent.", ["sink"])

    // MARK: Process

    public static let digests = MetricFamily(
        "articdbm_digests", .gauge, "Shapes of statements that are counted.")
    public static let digestsForgotten = MetricFamily(
        "articdbm_digests_forgotten_total", .counter, "Shapes of statements that had to make room for others.")

    public static let configReloads = MetricFamily(
        "articdbm_config_reloads_total", .counter, "Reloads of the configuration by result (applied, refused).",
        ["result"])
    public static let configTimestamp = MetricFamily(
        "articdbm_config_last_reload_timestamp_seconds", .gauge, "When the configuration in force was loaded.")
    public static let buildInfo = MetricFamily(
        "articdbm_build_info", .gauge, "Always 1; what is running.", ["version", "build", "commit"])
    public static let metricsSeries = MetricFamily(
        "articdbm_metrics_series", .gauge, "Series exported.")
    public static let metricsRejected = MetricFamily(
        "articdbm_metrics_rejected_series_total", .counter, "Series not registered because every slot was taken.")
    public static let processCPU = MetricFamily(
        "process_cpu_seconds_total", .counter, "User and system CPU time spent.")
    public static let processResident = MetricFamily(
        "process_resident_memory_bytes", .gauge, "Resident memory.")
    public static let processVirtual = MetricFamily(
        "process_virtual_memory_bytes", .gauge, "Virtual memory.")
    public static let processOpenFiles = MetricFamily(
        "process_open_fds", .gauge, "Open file descriptors.")
    public static let processMaxFiles = MetricFamily(
        "process_max_fds", .gauge, "Limit of open file descriptors.")
    public static let processStart = MetricFamily(
        "process_start_time_seconds", .gauge, "Start of the process since the epoch.")
    public static let processThreads = MetricFamily(
        "process_threads", .gauge, "Threads of the process.")

    /// In the order of exposition.
    public static let all: [MetricFamily] = [
        activeConnections, connections, connectionsRefused, unauthenticatedConnections, authFailures, loginDuration,
        totalQueries, queryDuration, statementsRefused, statementsNotInspected, injections, statementErrors,
        transactions, transactionDuration, bytes, cancels,
        backendErrors, backendUp, connectDuration, poolClients, poolServers, poolWait, poolTimeouts, poolSteals,
        serverConnectionsOpened, serverConnectionsClosed, pins, pinnedSessions, stateRestores, preparedHits,
        preparedMisses, preparedEvictions,
        tlsHandshakes, tlsResumptions, tlsFailures,
        loopTurns, loopWakes, loopEnqueues, loopReads, loopWrites, loopSessions,
        auditEvents, auditWritten, auditWrittenBytes, auditDropped, auditQueuedBytes, auditBlocked, auditSyncDuration,
        auditFailures, auditRotations, auditCheckpoints, auditChainBreaks, auditSinkLines, auditSinkDropped,
        auditSinkFailures, auditSinkQueuedBytes,
        digests, digestsForgotten,
        configReloads, configTimestamp, buildInfo, metricsSeries, metricsRejected,
        processCPU, processResident, processVirtual, processOpenFiles, processMaxFiles, processStart, processThreads,
    ]
}
