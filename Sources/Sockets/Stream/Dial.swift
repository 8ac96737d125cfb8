internal import CLinux
internal import Glibc

extension SocketStream {
    /// Connects to `address`; fails with ETIMEDOUT at `deadlineNs` (the loop's monotonic clock). On `loop`.
    public static func connect(
        to address: SocketAddress, loop: EventLoop, signal: Signal, deadlineNs: UInt64,
        options: SocketOptions = SocketOptions()
    ) async throws(SocketError) -> SocketStream {
        let descriptor = socket(
            address.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(operation: "socket", code: errno) }
        let status = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        // A full backlog of a Unix socket answers EAGAIN and gives no later event: that is a failure.
        if status < 0, errno != EINPROGRESS {
            let code = errno
            Glibc.close(descriptor)
            throw SocketError(operation: "connect", code: code)
        }
        let stream = try SocketStream(descriptor: descriptor, loop: loop, signal: signal, options: options)
        guard status < 0 else { return stream }
        stream.channel.isReadable = false
        stream.channel.isWritable = false
        let timer = LoopTimer(loop: loop) { signal.notify() }
        timer.arm(at: deadlineNs)
        defer { timer.cancel() }
        while !stream.channel.isWritable {
            if loop.nowNs >= deadlineNs {
                stream.close()
                throw SocketError(operation: "connect", code: ETIMEDOUT)
            }
            await signal.wait()
        }
        let error = clinux_socket_error(stream.channel.descriptor)
        guard error == 0 else {
            stream.close()
            throw SocketError(operation: "connect", code: error)
        }
        stream.channel.isReadable = true
        return stream
    }
}
