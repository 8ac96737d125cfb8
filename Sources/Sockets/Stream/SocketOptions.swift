internal import CLinux
internal import Glibc

/// Settings put on every TCP connection, both hops.
public struct SocketOptions: Sendable, Equatable {
    /// Idle seconds before the first keepalive probe; 0 turns keepalive off.
    public var keepaliveIdle: Int32 = 60
    /// Seconds between probes.
    public var keepaliveInterval: Int32 = 15
    /// Probes lost before the connection counts as dead.
    public var keepaliveCount: Int32 = 4
    /// Milliseconds that sent data may stay unacknowledged (TCP_USER_TIMEOUT); 0 leaves it to the kernel.
    public var userTimeoutMs: Int32 = 0

    public init() {}

    func apply(to descriptor: Int32) {
        let tcp = Int32(IPPROTO_TCP)
        // A Unix socket refuses these; it needs none of them.
        guard clinux_set_option(descriptor, tcp, TCP_NODELAY, 1) == 0 else { return }
        if keepaliveIdle > 0 {
            _ = clinux_set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
            _ = clinux_set_option(descriptor, tcp, TCP_KEEPIDLE, keepaliveIdle)
            _ = clinux_set_option(descriptor, tcp, TCP_KEEPINTVL, keepaliveInterval)
            _ = clinux_set_option(descriptor, tcp, TCP_KEEPCNT, keepaliveCount)
        }
        if userTimeoutMs > 0 { _ = clinux_set_option(descriptor, tcp, TCP_USER_TIMEOUT, userTimeoutMs) }
    }
}
