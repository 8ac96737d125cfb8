import Glibc
import Sockets

/// A blocking client of the control socket, for threads of their own.
final class ControlClient {
    private let descriptor: Int32
    private var held: [UInt8] = []

    struct Failure: Error {
        let what: String
    }

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        guard status == 0 else { throw Failure(what: "connect: \(errno)") }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(descriptor) }

    func send(_ bytes: some Collection<UInt8>) throws {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(what: "send: \(errno)") }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(text.utf8) }

    /// Ends our direction only.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Nil at the end.
    func read(_ count: Int) throws -> [UInt8]? {
        while held.count < count {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let got = recv(descriptor, &chunk, chunk.count, 0)
            if got == 0 || got < 0 && errno == ECONNRESET { return nil }
            guard got > 0 else { throw Failure(what: "recv: \(errno)") }
            held += chunk[..<got]
        }
        defer { held.removeFirst(count) }
        return Array(held[..<count])
    }

    /// Nil at the end.
    func line() throws -> String? {
        var line: [UInt8] = []
        while let byte = try read(1) {
            if byte[0] == 0x0A { return String(decoding: line, as: UTF8.self) }
            line += byte
        }
        return nil
    }

    /// Type and payload of the next message; nil at the end.
    func message() throws -> (type: Character, payload: [UInt8])? {
        guard let header = try read(5) else { return nil }
        let length = header[1...].reduce(0) { $0 << 8 | Int($1) }
        guard let payload = try read(length - 4) else { return nil }
        return (Character(Unicode.Scalar(header[0])), payload)
    }

    /// Types of the messages up to `last`, and the payloads of the last one.
    func messages(through last: Character) throws -> (types: String, payload: [UInt8]) {
        var types = ""
        while let message = try message() {
            types.append(message.type)
            if message.type == last { return (types, message.payload) }
        }
        throw Failure(what: "end after \(types)")
    }

    /// Logs in; returns the backend key's process id and key.
    func start(_ database: String = "articdbm") throws -> [UInt8] {
        try send(Self.startup(database))
        let key = try messages(through: "K").payload
        _ = try messages(through: "Z")
        return key
    }

    static func startup(_ database: String) -> [UInt8] {
        packet([0, 3, 0, 0] + Array("user\0ops\0database\0\(database)\0\0".utf8))
    }

    static func packet(_ body: [UInt8]) -> [UInt8] { bigEndian(body.count + 4) + body }

    static func query(_ text: String) -> [UInt8] { [0x51] + packet(Array(text.utf8) + [0]) }

    private static func bigEndian(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(value >> ($0 * 8) & 255) } }
}

/// Runs `body` on a thread of its own, since it blocks.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        let box = ThreadBody { continuation.resume(with: Result(catching: body)) }
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, Unmanaged.passRetained(box).toOpaque())
        if status == 0 { pthread_detach(thread) }
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
