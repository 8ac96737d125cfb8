internal import CLinux
internal import Glibc

/// A connected socket on a loop, in the clear or under TLS. Reads and writes never block; what comes up short is followed
/// by an event on `signal`. Confined to its loop.
public final class SocketStream {
    public let channel: Channel
    private var tls: TLSSession?
    /// Set once TLS is up: facts about it for policy, audit and channel binding.
    public private(set) var isEncrypted = false

    /// Takes over `descriptor`, which is non-blocking. On `loop`.
    /// - Parameter options: nil for an accepted socket, which has its listener's.
    public init(
        descriptor: Int32, loop: EventLoop, signal: Signal, options: SocketOptions? = SocketOptions()
    ) throws(SocketError) {
        options?.apply(to: descriptor)
        channel = try Channel(descriptor: descriptor, loop: loop, signal: signal)
        // A new socket may be read and written until it says otherwise.
        channel.isReadable = true
        channel.isWritable = true
    }

    public var loop: EventLoop { channel.loop }
    public var isOpen: Bool { channel.descriptor >= 0 }

    // MARK: Reading and writing

    /// True when a read may bring something: an event came, or TLS holds bytes already read.
    @inline(__always)
    public var canRead: Bool { channel.isReadable }

    /// One read into `space` (not empty). Clears `canRead` when the kernel has no more: a short read counts as that,
    /// unless the peer hung up, since data and FIN that arrive together give one edge only.
    public func read(into space: UnsafeMutableRawBufferPointer) -> IOResult {
        loop.counters.reads.add(1)
        if isEncrypted {
            let result = tlsRead(into: space)
            if result == .wouldBlock, !channel.isHungUp { channel.isReadable = false }
            return result == .wouldBlock && channel.isHungUp ? .end : result
        }
        let count = clinux_recv(channel.descriptor, space.baseAddress, space.count, 0)
        if count > 0 {
            if count < space.count, !channel.isHungUp { channel.isReadable = false }
            return .bytes(count)
        }
        if count == 0 { return .end }
        if count == -Int(EAGAIN) {
            channel.isReadable = false
            return .wouldBlock
        }
        return .failed(Int32(-count))
    }

    /// Looks at the next bytes without taking them; before TLS only.
    public func peek(into space: UnsafeMutableRawBufferPointer) -> IOResult {
        loop.counters.reads.add(1)
        let count = clinux_recv(channel.descriptor, space.baseAddress, space.count, Int32(MSG_PEEK))
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        return count == -Int(EAGAIN) ? .wouldBlock : .failed(Int32(-count))
    }

    /// One write of `bytes` (not empty); may take only some of them.
    public func write(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        loop.counters.writes.add(1)
        if isEncrypted { return tlsWrite(bytes) }
        let count = clinux_send(channel.descriptor, bytes.baseAddress, bytes.count)
        if count >= 0 {
            if count < bytes.count { channel.isWritable = false }
            return .bytes(count)
        }
        if count == -Int(EAGAIN) {
            channel.isWritable = false
            return .wouldBlock
        }
        return .failed(Int32(-count))
    }

    private func tlsRead(into space: UnsafeMutableRawBufferPointer) -> IOResult {
        let result = tls?.read(into: space) ?? .failed(EPROTO)
        switch result {
        case .wantsWrite: channel.isWritable = false
        // OpenSSL has read until the kernel had no more: the next read waits for an event.
        case .bytes where !channel.isHungUp && tls?.isDrained == true: channel.isReadable = false
        default: break
        }
        return result
    }

    private func tlsWrite(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        let result = tls?.write(bytes) ?? .failed(EPROTO)
        if result == .wouldBlock { channel.isWritable = false }
        return result
    }

    // MARK: TLS

    /// Runs the server's side of a handshake. On failure the stream is only good for closing.
    public func acceptTLS(_ context: TLSContext) async throws(TLSError) {
        var session = try TLSSession(server: context, descriptor: channel.descriptor)
        try await handshake(&session)
        tls = consume session
        isEncrypted = true
    }

    /// Runs the client's side of a handshake with the server named `host`.
    public func connectTLS(_ context: TLSContext, host: String) async throws(TLSError) {
        var session = try TLSSession(client: context, descriptor: channel.descriptor, host: host)
        try await handshake(&session)
        tls = consume session
        isEncrypted = true
    }

    private func handshake(_ session: inout TLSSession) async throws(TLSError) {
        while true {
            switch session.handshake() {
            case .done:
                // The last flight may have brought application data along.
                channel.isReadable = true
                return
            case .wantsRead, .wantsWrite:
                guard !isAbandoned else { throw TLSError.closed }
                await channel.signal.wait()
            case .failed(let error):
                throw error
            }
        }
    }

    /// Set by a deadline: the handshake under way, if any, fails at its next step.
    public var isAbandoned = false

    /// Calls `body` with the TLS session; nil without TLS.
    public func withTLS<T>(_ body: (borrowing TLSSession) -> T) -> T? {
        guard isEncrypted else { return nil }
        switch tls {
        case .some(let session): return body(session)
        case .none: return nil
        }
    }

    // MARK: End

    /// Closes at once; under TLS sends close_notify if that goes without waiting.
    public func close() {
        guard isOpen else { return }
        if isEncrypted { tls?.shutdown() }
        tls = nil
        isEncrypted = false
        channel.close()
    }

    /// Closes with RST: nothing of what is still queued is delivered.
    public func abort() {
        guard isOpen else { return }
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(channel.descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        tls = nil
        isEncrypted = false
        channel.close()
    }

    /// The local and remote addresses' facts that the proxy records.
    public var localAddress: SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(channel.descriptor, $0, &length) }
        }
        return status == 0 ? SocketAddress(storage) : nil
    }
}
