import Glibc

/// A syslog receiver, reached by UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425).
///
/// Syslog has no acknowledgement: what the kernel took when a connection broke may be lost. A connection that the
/// receiver has closed is found before something is sent on it.
final class SyslogSink: AuditSink {
    /// What fits into a datagram of IPv4.
    static let maxDatagram = 65_507

    private let settings: AuditSettings.Syslog
    private let format: SyslogFormat
    private var connection: SinkConnection?

    init(_ settings: AuditSettings.Syslog) {
        self.settings = settings
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        format = SyslogFormat(facility: settings.facility, host: host, process: getpid())
    }

    func send(_ lines: [UInt8]) throws(AuditSinkError) {
        if connection?.isClosed == true { close() }
        let open: SinkConnection
        if let connection {
            open = connection
        } else {
            open = try SinkConnection(settings.receiver)
            connection = open
        }
        let lines = lines.split(separator: 0x0a)
        guard settings.receiver.transport == .udp else { return try open.send(lines.flatMap(format.frame)) }
        for line in lines {
            // Longer ones have no way; their hash in the next line's chain shows that they are missing.
            let message = format.message(line)
            if message.count <= Self.maxDatagram { try open.send(message) }
        }
    }

    func close() { connection = nil }
}
