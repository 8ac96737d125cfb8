/// Lines of the log as syslog messages (RFC 5424).
///
///     <PRI>1 TIMESTAMP HOSTNAME articdbm PROCID MSGID - MSG
///
/// The time is the event's, MSGID its name, and MSG the whole line.
struct SyslogFormat {
    private let beginning: [UInt8]
    private let middle: [UInt8]

    /// - Parameters:
    ///   - facility: 0...23.
    ///   - host: what is not printable ASCII is left out, at most 255 bytes.
    init(facility: UInt8, host: String, process: Int32) {
        let informational = 6
        let name = host.utf8.filter { $0 > 32 && $0 < 127 }.prefix(255)
        beginning = Array("<\(Int(facility) * 8 + informational)>1 ".utf8)
        middle = [0x20] + (name.isEmpty ? [UInt8(ascii: "-")] : Array(name)) + Array(" articdbm \(process) ".utf8)
    }

    /// - Parameter line: without its newline.
    func message(_ line: ArraySlice<UInt8>) -> [UInt8] {
        // {"time":"2026-11-23T17:17:20.123456Z","event":"statement"
        let time = line.dropFirst(9).prefix(Timestamp.length)
        let event = line.dropFirst(9 + Timestamp.length + 11).prefix { $0 != UInt8(ascii: "\"") }.prefix(32)
        return beginning + time + middle + event + Array(" - ".utf8) + line
    }

    /// Length first, since a message may hold anything (RFC 6587 §3.4.1, RFC 5425 §4.3).
    func frame(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let message = message(line)
        return Array("\(message.count) ".utf8) + message
    }
}
