internal import Core

// The tables from which everything about a setting comes: one line per setting. A new setting is a field of the model
// and a line here; `articdbm config schema --markdown` then prints its row for docs/CONFIGURATION.md.

extension Configuration {
    static let settings: [Setting<Configuration>] = [
        Setting("runtime", \.runtime, .section(Runtime.settings, fresh: .init()), "The process.", effect: .restart),
        Setting("control", \.control, .section(Control.settings, fresh: .init()), "Local control.", effect: .reopen),
        Setting(
            "metrics", \.metrics, .section(Metrics.settings, fresh: .init()), "Metrics and health.", effect: .reopen),
        Setting(
            "statistics", \.statistics, .section(Statistics.settings, fresh: .init()), "What is counted of statements.",
            effect: .restart),
        Setting("audit", \.audit, .section(Audit.settings, fresh: .init()), "The audit log."),
        Setting("logging", \.logging, .section(Logging.settings, fresh: .init()), "The server's own log, on stderr."),
        Setting("timeouts", \.timeouts, .section(Timeouts.settings, fresh: .init()), "Deadlines; 0 switches one off."),
        Setting("limits", \.limits, .section(Limits.settings, fresh: .init()), "What clients may use together."),
        Setting(
            "authentication", \.authentication, .section(Authentication.settings, fresh: .init()),
            "How logins are checked."),
        Setting(
            "security", \.security, .section(Security.settings, fresh: .init()),
            "What is done about statements that look dangerous."),
        Setting(
            "listeners", \.listeners, listType(of: Listener.settings, fresh: .init(), key: "name", \.name),
            "Where clients connect.", effect: .reopen),
        Setting(
            "backends", \.backends, listType(of: Backend.settings, fresh: .init(), key: "name", \.name),
            "Servers behind the proxy.", effect: .pool),
        Setting(
            "databases", \.databases, listType(of: Database.settings, fresh: .init(), key: "name", \.name),
            "Names that clients may ask for. Without the section every name goes to the listener's backend under its"
                + " own name.", effect: .pool),
        Setting(
            "groups", \.groups, listType(of: Group.settings, fresh: .init(), key: "name", \.name),
            "Users with rules in common."),
        Setting(
            "users", \.users, listType(of: User.settings, fresh: .init(), key: "name", \.name),
            "Accounts of managed listeners, and policy for those of passthrough listeners."),
    ]
}

extension Configuration.Runtime {
    static let settings: [Setting<Self>] = [
        Setting(
            "threads", \.threads, .threads,
            "Event loops; `auto` is one for every two cores that the process may use, at least one.")
    ]
}

extension Configuration.Control {
    static let settings: [Setting<Self>] = [
        Setting(
            "socket", \.socket, .optional(.path, fresh: ""),
            "Unix socket of `articdbm ctl` and the console, for the owner only; `null` is none.")
    ]
}

extension Configuration.Metrics {
    static let settings: [Setting<Self>] = [
        Setting(
            "listen", \.listen, .optional(.listenAddress, fresh: .unix(path: "")),
            "Address of `/metrics`, `/health/live` and `/health/ready`; nothing is served without it.")
    ]
}

extension Configuration.Statistics {
    static let settings: [Setting<Self>] = [
        Setting(
            "digests", \.digests, .count(0...1_000_000, zero: "none"),
            "Shapes of statements that each event loop counts, about 2 KiB each; the least used make room for new ones."
        )
    ]
}

extension Configuration.Audit {
    static let settings: [Setting<Self>] = [
        Setting("enabled", \.enabled, .bool, "Off keeps the section but writes nothing."),
        Setting("file", \.file, .optional(.path, fresh: ""), "JSON lines are appended here; no audit without it."),
        Setting(
            "durability", \.durability, .word(),
            "`async`: on disk within 100 ms; `before_reply`: before the client sees the reply; `before_forward`: before"
                + " the backend sees the statement."),
        Setting(
            "policy", \.policy, .word(),
            "When the disk fails or the buffer is full: `block` holds statements back, `drop` loses events and counts."),
        Setting("literals", \.literals, .word(), "Literals in statement text: `redact` replaces them by `?`."),
        Setting("text_limit", \.textLimit, .bytes(0...(1 << 20), zero: "no text"), "Statement text kept per event."),
        Setting("buffer", \.buffer, .bytes((64 << 10)...(4 << 30)), "Events that may wait for the disk."),
        Setting(
            "checkpoint", \.checkpoint,
            .duration(.milliseconds(100)...(.seconds(86_400)), zero: "at ends of files only"),
            "From an event to the checkpoint that signs it."),
        Setting(
            "anchor", \.anchor, .optional(.anchor, fresh: .file("")),
            "Checkpoints are appended to this file, or posted to this address, too; it should be on another host."),
        Setting(
            "anchor_ca", \.anchorCA, .optional(.path, fresh: ""),
            "PEM bundle that the certificate of an `https` anchor must chain to; without it the system's."),
        Setting("rotate", \.rotate, .section(Rotation.settings, fresh: .init()), "When a new file is begun."),
        Setting("syslog", \.syslog, .section(Syslog.settings, fresh: .init()), "A receiver of syslog messages."),
    ]
}

extension Configuration.Audit.Syslog {
    static let settings: [Setting<Self>] = [
        Setting(
            "address", \.address, .optional(.connectAddress, fresh: .unix(path: "")),
            "Host and port; without it nothing is sent."),
        Setting("transport", \.transport, .word(), "`tls` verifies the receiver's certificate and name."),
        Setting("events", \.events, .word(), "`all` sends every line, `checkpoints` the signed ones only."),
        Setting("facility", \.facility, .count(0...23), "Facility of the messages; 13 is «log audit»."),
        Setting(
            "ca", \.ca, .optional(.path, fresh: ""),
            "PEM bundle that the receiver's certificate must chain to; without it the system's."),
        Setting("certificate", \.certificate, .optional(.path, fresh: ""), "PEM chain shown to the receiver."),
        Setting("key", \.key, .optional(.path, fresh: ""), "PEM private key, not encrypted."),
    ]
}

extension Configuration.Audit.Rotation {
    static let settings: [Setting<Self>] = [
        Setting("size", \.size, .bytes((64 << 10)...(1 << 40), zero: "never"), "Size at which a new file is begun."),
        Setting(
            "age", \.age, .duration(.seconds(60)...(.seconds(366 * 86_400)), zero: "never"),
            "Age at which a new file is begun."),
        Setting("keep", \.keep, .count(0...100_000, zero: "all"), "Finished files kept; the oldest are deleted."),
    ]
}

extension Configuration.Logging {
    static let settings: [Setting<Self>] = [
        Setting("level", \.level, .word(), "Least severity that is logged."),
        Setting("format", \.format, .word(), "`text` for people, `json` for collectors."),
    ]
}

extension Configuration.Timeouts {
    private static let off: SettingType<Duration> = .duration(
        .milliseconds(10)...(.seconds(30 * 86_400)), zero: "off")

    static let settings: [Setting<Self>] = [
        Setting("login", \.login, off, "From accept to the end of the login."),
        Setting("query", \.query, off, "One statement; it is cancelled at the backend."),
        Setting("idle_transaction", \.idleTransaction, off, "Idle inside a transaction; the session is ended."),
        Setting("client_idle", \.clientIdle, off, "Idle outside a transaction; the session is ended."),
        Setting("queue", \.queue, off, "Wait for a backend connection; the statement is refused."),
        Setting("cancel", \.cancel, off, "A cancelled statement's end; the backend connection is closed."),
        Setting("connect", \.connect, off, "TCP, TLS and login at a backend."),
        Setting("drain", \.drain, off, "From SIGTERM or `drain` to the end of the last session."),
    ]
}

extension Configuration.Limits {
    static let settings: [Setting<Self>] = [
        Setting(
            "max_connections", \.maxConnections, .count(0...1_000_000, zero: "as many as the process has descriptors"),
            "Client connections of all listeners."),
        Setting(
            "max_unauthenticated", \.maxUnauthenticated, .count(0...1_000_000, zero: "no limit"),
            "Client connections that have not logged in yet."),
        Setting(
            "max_unauthenticated_per_address", \.maxUnauthenticatedPerAddress, .count(0...1_000_000, zero: "no limit"),
            "The same, from one client address."),
        Setting("startup_bytes", \.startupBytes, .bytes(256...(1 << 20)), "Size of a startup packet."),
    ]
}

extension Configuration.Security {
    static let settings: [Setting<Self>] = [
        Setting(
            "injection", \.injection, .word(),
            "`log`: statements that look injected are recorded in the audit log; `alert`: and counted; `block`: and refused"
                + " from `block_score` on."),
        Setting("alert_score", \.alertScore, .count(1...100), "Score from which on a statement is recorded."),
        Setting("block_score", \.blockScore, .count(1...100), "Score from which on `block` refuses it."),
    ]
}

extension Configuration.SecurityOverride {
    static let settings: [Setting<Self>] = [
        Setting("injection", \.injection, .optional(.word(), fresh: .off), "In place of `security.injection`.")
    ]
}

extension Configuration.Authentication {
    static let settings: [Setting<Self>] = [
        Setting(
            "secret", \.secret, .secret,
            "Key from which the salts of unknown users come. Give all nodes the same, or they can be told apart;"
                + " without it each start makes its own."),
        Setting(
            "scram_iterations", \.scramIterations, .count(4096...1_000_000),
            "PBKDF2 rounds of verifiers made from clear passwords."),
        Setting(
            "delay", \.delay, .duration(.milliseconds(1)...(.seconds(60)), zero: "off"),
            "Wait after a failed login of a user from an address; doubles with each further one."),
        Setting(
            "delay_limit", \.delayLimit, .duration(.milliseconds(1)...(.seconds(3600)), zero: "off"),
            "Upper bound of that wait."),
    ]
}
