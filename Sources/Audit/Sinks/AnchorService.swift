/// Checkpoints by HTTP (RFC 9112): one POST each, on a connection of its own, done when the answer is 200 to 299.
final class AnchorService: AuditSink {
    /// Longer status lines are no answer.
    static let maxStatusLine = 4096

    private let receiver: AuditSettings.Receiver
    private let head: String

    /// - Parameter path: with a leading slash and whatever query.
    init(_ receiver: AuditSettings.Receiver, path: String) {
        self.receiver = receiver
        let host = receiver.host.contains(":") ? "[\(receiver.host)]" : receiver.host
        head =
            "POST \(path) HTTP/1.1\r\nHost: \(host):\(receiver.port)\r\nContent-Type: application/x-ndjson\r\n"
            + "Connection: close\r\nContent-Length: "
    }

    func send(_ lines: [UInt8]) throws(AuditSinkError) {
        let connection = try SinkConnection(receiver)
        try connection.send(Array("\(head)\(lines.count)\r\n\r\n".utf8) + lines)
        var answer: [UInt8] = []
        while !answer.contains(0x0a), answer.count < Self.maxStatusLine {
            let part = try connection.receive()
            if part.isEmpty { break }
            answer += part
        }
        guard Self.isSuccess(answer) else {
            let line = answer.prefix { $0 >= 32 && $0 < 127 }.prefix(100)
            throw AuditSinkError("answered: \(String(decoding: line, as: UTF8.self))")
        }
    }

    /// `HTTP/1.1 204 No Content`
    static func isSuccess(_ answer: [UInt8]) -> Bool {
        let words = answer.split(separator: 0x20, maxSplits: 2)
        guard words.count > 1, words[0].starts(with: "HTTP/1.".utf8), words[1].first == UInt8(ascii: "2") else {
            return false
        }
        return words[1].prefix(3).allSatisfy { (48...57).contains($0) } && words[1].prefix { $0 >= 32 }.count == 3
    }

    func close() {}
}
