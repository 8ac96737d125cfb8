internal import CLinux
public import Core
internal import Glibc

/// Names to addresses by the system's resolver, each look-up on a thread of its own: `getaddrinfo` blocks.
public enum Resolver {
    /// All stream addresses of `host`, in the resolver's order; an address literal needs no look-up. Any executor.
    public static func resolve(_ host: String) async throws(SocketError) -> [IPAddress] {
        if let address = IPAddress(host) { return [address] }
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<[IPAddress], SocketError>, Never>) in
            let request = Unmanaged.passRetained(Request(host: host, continuation: continuation))
            var thread = pthread_t()
            let status = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Request>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, request.toOpaque())
            if status == 0 {
                pthread_detach(thread)
            } else {
                request.release()
                continuation.resume(returning: .failure(SocketError(operation: "pthread_create", code: status)))
            }
        }
        return try result.get()
    }

    private final class Request {
        let host: String
        let continuation: CheckedContinuation<Result<[IPAddress], SocketError>, Never>

        init(host: String, continuation: CheckedContinuation<Result<[IPAddress], SocketError>, Never>) {
            self.host = host
            self.continuation = continuation
        }

        func run() {
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var list: UnsafeMutablePointer<addrinfo>?
            let status = getaddrinfo(host, nil, &hints, &list)
            defer { if let list { freeaddrinfo(list) } }
            guard status == 0 else {
                let code = status == EAI_SYSTEM ? errno : EHOSTUNREACH
                continuation.resume(returning: .failure(SocketError(operation: "resolve \(host)", code: code)))
                return
            }
            var addresses: [IPAddress] = []
            var entry = list
            while let current = entry {
                entry = current.pointee.ai_next
                guard let raw = current.pointee.ai_addr else { continue }
                var storage = sockaddr_storage()
                memcpy(&storage, raw, min(Int(current.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size))
                if let address = SocketAddress(storage).ipAddress, !addresses.contains(address) {
                    addresses.append(address)
                }
            }
            continuation.resume(returning: .success(addresses))
        }
    }
}
