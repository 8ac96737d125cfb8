internal import CLinux
internal import Glibc

/// A connection fresh from `accept`, not yet on a loop.
public struct AcceptedSocket: Sendable {
    /// Non-blocking; whoever takes the value closes it.
    public let descriptor: Int32
    public let peer: SocketAddress

    /// For a connection that nobody serves.
    public func close() { Glibc.close(descriptor) }
}

/// A listening socket on one loop, as a sequence of accepted connections.
///
/// TCP listeners share their port by `SO_REUSEPORT`, one a loop; a Unix socket can't and has one acceptor. The sequence
/// ends when the listener is closed. When the process is out of descriptors it pauses for 100 ms, rather than spin.
/// Confined to its loop.
public final class Listener: AsyncSequence {
    public typealias Element = AcceptedSocket
    public typealias Failure = Never

    /// Connections that may wait in the kernel; capped by net.core.somaxconn.
    static let backlog: Int32 = 4096
    static let pauseNs: UInt64 = 100_000_000

    private let channel: Channel
    private let signal = Signal()
    private let unixPath: String?
    /// Where it really listens: the port the kernel chose when 0 was asked for.
    public let address: SocketAddress

    public init(address: SocketAddress, loop: EventLoop, shared: Bool) throws(SocketError) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SocketError(operation: "socket", code: errno) }
        do throws(SocketError) {
            self.address = try Self.bind(descriptor, to: address, shared: shared)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        if case .unix(let path) = address { unixPath = path } else { unixPath = nil }
        channel = try Channel(descriptor: descriptor, loop: loop, signal: signal)
        channel.isReadable = true
    }

    private static func bind(_ descriptor: Int32, to address: SocketAddress, shared: Bool) throws(SocketError)
        -> SocketAddress
    {
        if case .unix(let path) = address {
            guard path.utf8.count <= SocketAddress.longestPath else {
                throw SocketError(operation: "bind", code: ENAMETOOLONG)
            }
            try removeStale(path, address)
        } else {
            _ = clinux_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if shared { _ = clinux_set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
            if address.family == AF_INET6 { _ = clinux_set_option(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        }
        guard address.withSockaddr({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
            throw SocketError(operation: "bind \(address)", code: errno)
        }
        // Accepted sockets inherit them.
        SocketOptions().apply(to: descriptor)
        guard listen(descriptor, backlog) == 0 else { throw SocketError(operation: "listen \(address)", code: errno) }
        guard case .ip = address else { return address }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return SocketAddress(storage)
    }

    /// A socket file that nobody listens on any more is left over from a crash, and goes.
    private static func removeStale(_ path: String, _ address: SocketAddress) throws(SocketError) {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw SocketError(operation: "socket", code: errno) }
        defer { Glibc.close(probe) }
        if address.withSockaddr({ Glibc.connect(probe, $0, $1) }) == 0 {
            throw SocketError(operation: "bind unix:\(path)", code: EADDRINUSE)
        }
        if errno == ECONNREFUSED { unlink(path) }
    }

    public func close() {
        guard channel.descriptor >= 0 else { return }
        channel.close()
        if let unixPath { unlink(unixPath) }
        signal.notify()
    }

    public func makeAsyncIterator() -> Iterator { Iterator(listener: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let listener: Listener

        public mutating func next() async -> AcceptedSocket? { await listener.accept() }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(Never) -> AcceptedSocket? {
            await listener.accept()
        }
    }

    private func accept() async -> AcceptedSocket? {
        while channel.descriptor >= 0 {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let client = clinux_accept(channel.descriptor, &storage, &length)
            if client >= 0 {
                channel.loop.counters.accepts.add(1)
                return AcceptedSocket(descriptor: client, peer: SocketAddress(storage))
            }
            switch -client {
            case EAGAIN:
                await signal.wait()
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                await pause()
            default:
                // The connection died in the queue (accept(2)): on to the next.
                continue
            }
        }
        return nil
    }

    private func pause() async {
        let until = channel.loop.nowNs + Self.pauseNs
        let signal = signal
        let timer = LoopTimer(loop: channel.loop) { signal.notify() }
        timer.arm(at: until)
        while channel.descriptor >= 0, channel.loop.nowNs < until { await signal.wait() }
        timer.cancel()
    }
}
