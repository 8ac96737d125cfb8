public import Core

/// Where to listen or to connect.
public enum Endpoint: Sendable, Hashable {
    /// - Parameters:
    ///   - host: an address without brackets, or for a backend a host name. A listener's `*` is `::`.
    ///   - port: 0...65535; 0 only for a listener, which then takes any free port.
    case tcp(host: String, port: UInt16)
    /// A Unix socket's path; for a backend the socket file itself, not its directory.
    case unix(path: String)

    /// The address of a TCP endpoint given in numbers; nil for names and Unix sockets.
    public var address: IPAddress? {
        if case .tcp(let host, _) = self { return IPAddress(host) }
        return nil
    }

    public var port: UInt16? {
        if case .tcp(_, let port) = self { return port }
        return nil
    }
}

extension Endpoint: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
