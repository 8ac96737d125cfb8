internal import Audit
internal import Configuration
internal import Inspection
internal import Limits
internal import Pooling
internal import Proxy
internal import ProxyPostgres
internal import Sockets

// Each module has settings of its own; here alone they are made from the configuration.

extension Duration {
    /// Whole nanoseconds; 0 for what is negative.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole &+ UInt64(attoseconds / 1_000_000_000)
    }
}

extension Configuration.Limits {
    var connections: ConnectionLimitSettings {
        var settings = ConnectionLimitSettings()
        settings.total = maxConnections
        settings.unauthenticated = maxUnauthenticated
        settings.unauthenticatedPerAddress = maxUnauthenticatedPerAddress
        return settings
    }
}

extension Configuration.Authentication {
    var throttle: LoginThrottleSettings {
        var settings = LoginThrottleSettings()
        settings.freeFailures = 0
        settings.firstDelay = delay.nanoseconds
        settings.maximumDelay = delayLimit.nanoseconds
        return settings
    }
}

extension Configuration.User {
    /// Nil without a limit.
    var rate: RateLimit? {
        guard rateLimit > 0 else { return nil }
        return RateLimit(rate: max(1, UInt64(min(rateLimit, 1e9).rounded(.up))))
    }
}

extension Configuration.Audit {
    /// Nil when nothing is audited.
    var log: AuditSettings? {
        guard isActive, let file else { return nil }
        var settings = AuditSettings(path: file)
        settings.durability = loopDurability
        settings.overflow = policy == .block ? .block : .drop
        settings.maxQueuedBytes = buffer
        settings.rotateBytes = Int64(rotate.size)
        settings.rotateAge = rotate.age.nanoseconds
        settings.keepFiles = rotate.keep
        settings.checkpointDelay = checkpoint.nanoseconds
        settings.anchor = anchorPlace
        settings.syslog = syslog.receiver
        return settings
    }

    private var anchorPlace: AuditSettings.Anchor? {
        switch anchor {
        case nil: return nil
        case .file(let path)?: return .file(path)
        case .url(let isSecure, let host, let port, let path)?:
            var receiver = AuditSettings.Receiver(host: host, port: port, transport: isSecure ? .tls : .tcp)
            receiver.authorityFile = anchorCA
            return .service(receiver, path: path)
        }
    }

    var options: AuditOptions {
        var options = AuditOptions()
        options.isActive = isActive
        options.durability = loopDurability
        options.keepsLiterals = literals == .keep
        options.textLimit = textLimit
        return options
    }

    private var loopDurability: AuditSettings.Durability {
        switch durability {
        case .async: .async
        case .beforeReply: .beforeReply
        case .beforeForward: .beforeForward
        }
    }
}

extension Configuration.Audit.Syslog {
    /// Nil when nothing is sent.
    fileprivate var receiver: AuditSettings.Syslog? {
        guard case .tcp(let host, let port)? = address else { return nil }
        let transport: AuditSettings.Receiver.Transport =
            switch self.transport {
            case .udp: .udp
            case .tcp: .tcp
            case .tls: .tls
            }
        var receiver = AuditSettings.Receiver(host: host, port: port, transport: transport)
        receiver.authorityFile = ca
        receiver.certificateFile = certificate
        receiver.keyFile = key
        var syslog = AuditSettings.Syslog(receiver)
        syslog.sendsEvents = events == .all
        syslog.facility = UInt8(clamping: facility)
        return syslog
    }
}

extension Configuration.Timeouts {
    var sessions: SessionTimeouts {
        var timeouts = SessionTimeouts()
        timeouts.login = login.nanoseconds
        timeouts.query = query.nanoseconds
        timeouts.idleTransaction = idleTransaction.nanoseconds
        timeouts.clientIdle = clientIdle.nanoseconds
        timeouts.cancel = cancel.nanoseconds
        timeouts.drain = drain.nanoseconds
        return timeouts
    }
}

extension Configuration.Pool {
    func settings(queue: Duration) -> PoolSettings {
        PoolSettings(
            size: size, minSize: min, reserve: reserve, reserveTimeout: reserveTimeout.nanoseconds,
            warmUpPercent: Self.percent(warmup), keepIdlePercent: Self.percent(keepIdle),
            lifetime: lifetime.nanoseconds, lifetimeJitterPercent: Self.percent(lifetimeJitter),
            idleTimeout: idle.nanoseconds, queueTimeout: queue.nanoseconds)
    }

    var prepared: PreparedLimits { PreparedLimits(count: preparedStatements, bytes: preparedBytes) }

    private static func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
}

extension PoolMode {
    init(_ mode: Configuration.PoolMode) {
        self =
            switch mode {
            case .session: .session
            case .transaction: .transaction
            case .statement: .statement
            }
    }
}

extension Proxy.TLSMode {
    init(_ mode: Configuration.TLSMode) {
        self =
            switch mode {
            case .disable: .disable
            case .allow: .allow
            case .prefer: .prefer
            case .require: .require
            case .verifyCA: .verifyCA
            case .verifyFull: .verifyFull
            }
    }
}

extension Sockets.TLSVersion {
    init(_ version: Configuration.TLSVersion) { self = version == .tls12 ? .tls12 : .tls13 }
}

extension Endpoint {
    /// Where to listen; the configuration's check has seen that a host is an address.
    var socketAddress: SocketAddress? {
        switch self {
        case .tcp(_, let port): address.map { .ip($0, port: port) }
        case .unix(let path): .unix(path: path)
        }
    }
}

extension InjectionRule {
    init(_ security: Configuration.Security, _ injection: Configuration.Security.Injection?) {
        let action: Action =
            switch injection ?? security.injection {
            case .off: .off
            case .log: .log
            case .alert: .alert
            case .block: .block
            }
        self.init(
            action, thresholds: DetectionThresholds(alert: security.alertScore, block: security.blockScore))
    }
}
