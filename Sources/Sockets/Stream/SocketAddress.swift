internal import CLinux
public import Core
internal import Glibc

/// Where to listen or connect: an IP address and port, or the path of a Unix socket.
public enum SocketAddress: Hashable, Sendable, CustomStringConvertible {
    case ip(IPAddress, port: UInt16)
    case unix(path: String)

    /// Longest path a Unix socket can have on Linux (`sun_path` less its terminator), in bytes.
    public static let longestPath = 107

    public var description: String {
        switch self {
        case .ip(let address, let port): address.isV4 ? "\(address):\(port)" : "[\(address)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The IP address; nil for a Unix socket.
    public var ipAddress: IPAddress? {
        if case .ip(let address, _) = self { address } else { nil }
    }

    var family: Int32 {
        switch self {
        case .ip(let address, _): address.isV4 ? AF_INET : AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Calls `body` with the kernel's form of the address.
    func withSockaddr<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        withUnsafeMutableBytes(of: &storage) { bytes in
            switch self {
            case .ip(let address, let port):
                length = Self.store(address, port: port, in: bytes)
            case .unix(let path):
                bytes.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                let name = Array(path.utf8.prefix(Self.longestPath))
                bytes.baseAddress.map { UnsafeMutableRawBufferPointer(start: $0 + 2, count: name.count) }?.copyBytes(
                    from: name)
                length = socklen_t(2 + name.count + 1)
            }
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    private static func store(_ address: IPAddress, port: UInt16, in bytes: UnsafeMutableRawBufferPointer) -> socklen_t
    {
        if address.isV4 {
            var ip = sockaddr_in()
            ip.sin_family = sa_family_t(AF_INET)
            ip.sin_port = port.bigEndian
            ip.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
            bytes.storeBytes(of: ip, as: sockaddr_in.self)
            return socklen_t(MemoryLayout<sockaddr_in>.size)
        }
        var ip = sockaddr_in6()
        ip.sin6_family = sa_family_t(AF_INET6)
        ip.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &ip.sin6_addr) {
            $0.storeBytes(of: address.high.bigEndian, toByteOffset: 0, as: UInt64.self)
            $0.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        bytes.storeBytes(of: ip, as: sockaddr_in6.self)
        return socklen_t(MemoryLayout<sockaddr_in6>.size)
    }

    /// Reads the kernel's form; an unnamed Unix peer has an empty path.
    init(_ storage: sockaddr_storage) {
        self = withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let ip = bytes.loadUnaligned(as: sockaddr_in.self)
                return .ip(IPAddress(v4: UInt32(bigEndian: ip.sin_addr.s_addr)), port: UInt16(bigEndian: ip.sin_port))
            case AF_INET6:
                let ip = bytes.loadUnaligned(as: sockaddr_in6.self)
                let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 8
                let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
                return .ip(IPAddress(high: high, low: low), port: UInt16(bigEndian: ip.sin6_port))
            default:
                return .unix(path: "")
            }
        }
    }
}
