internal import FoundationEssentials
internal import Glibc

struct ControlError: Error {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// One line of JSON to the proxy.
struct ControlRequest: Encodable {
    var command: String
    var args: [String]
}

/// One question and its answer over the control socket; blocks.
struct ControlClient {
    let path: String
    /// Seconds; 0 is for ever.
    let timeout: Int

    /// Longest answer, in bytes.
    static let limit = 256 << 20

    /// The answer's line, without its end.
    func ask(_ request: ControlRequest) throws -> String {
        let descriptor = try connect()
        defer { close(descriptor) }
        try send([UInt8](JSONEncoder().encode(request)) + [UInt8(ascii: "\n")], to: descriptor)
        return try receiveLine(from: descriptor)
    }

    private func connect() throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            throw ControlError("\"\(path)\" can't be a socket's path")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("can't make a socket") }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, length) }
        }
        guard result == 0 else {
            let error = failure("can't connect to \"\(path)\"")
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private func send(_ bytes: [UInt8], to descriptor: Int32) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("can't send") }
            sent += count
        }
    }

    private func receiveLine(from descriptor: Int32) throws -> String {
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while line.count <= Self.limit {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { throw ControlError("no answer within \(timeout) s") }
            guard count >= 0 else { throw failure("can't receive") }
            guard count > 0 else { throw ControlError("the proxy closed the connection without an answer") }
            if let end = chunk[..<count].firstIndex(of: UInt8(ascii: "\n")) {
                line += chunk[..<end]
                return String(decoding: line, as: UTF8.self)
            }
            line += chunk[..<count]
        }
        throw ControlError("the answer is longer than \(Self.limit) bytes")
    }

    private func failure(_ what: String) -> ControlError {
        ControlError("\(what): \(String(cString: strerror(errno)))")
    }
}
