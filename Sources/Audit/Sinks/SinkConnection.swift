import Glibc
internal import Sockets

/// A connected socket of one receiver. Every call blocks, for `timeout` at most.
final class SinkConnection {
    /// Milliseconds for connecting, for a handshake's step, and for the receiver to take or say something.
    private static let timeout: Int32 = 5000

    private let descriptor: Int32
    private var tls: TLSSession?

    /// Tries the name's addresses in their order.
    init(_ receiver: AuditSettings.Receiver) throws(AuditSinkError) {
        var descriptor: Int32 = -1
        var reason = "no address"
        for address in try Self.resolve(receiver) {
            switch Self.connect(address) {
            case .success(let connected): descriptor = connected
            case .failure(let error): reason = error.reason
            }
            if descriptor >= 0 { break }
        }
        guard descriptor >= 0 else { throw AuditSinkError(reason) }
        self.descriptor = descriptor
        tls = nil
        if receiver.transport == .tls { try secure(receiver) }
    }

    deinit {
        tls?.shutdown()
        close(descriptor)
    }

    // MARK: Connecting

    private struct Address {
        var family: Int32
        var kind: Int32
        var storage: sockaddr_storage
        var length: socklen_t
    }

    private static func resolve(_ receiver: AuditSettings.Receiver) throws(AuditSinkError) -> [Address] {
        var hints = addrinfo()
        hints.ai_socktype = Int32((receiver.transport == .udp ? SOCK_DGRAM : SOCK_STREAM).rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(receiver.host, String(receiver.port), &hints, &list)
        guard status == 0 else { throw AuditSinkError("resolve: \(String(cString: gai_strerror(status)))") }
        defer { freeaddrinfo(list) }
        var addresses: [Address] = []
        var entry = list
        while let current = entry?.pointee {
            var storage = sockaddr_storage()
            memcpy(&storage, current.ai_addr, min(Int(current.ai_addrlen), MemoryLayout<sockaddr_storage>.size))
            addresses.append(
                Address(
                    family: current.ai_family, kind: current.ai_socktype, storage: storage, length: current.ai_addrlen))
            entry = current.ai_next
        }
        return addresses
    }

    private static func connect(_ address: Address) -> Result<Int32, AuditSinkError> {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, address.kind | flags, 0)
        guard descriptor >= 0 else { return .failure(AuditSinkError("socket: \(String(cString: strerror(errno)))")) }
        var storage = address.storage
        let status = withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, address.length)
            }
        }
        var code = status == 0 ? 0 : errno
        if code == EINPROGRESS {
            var length = socklen_t(MemoryLayout<Int32>.size)
            let isReady = wait(descriptor, Int16(POLLOUT))
            code = isReady ? 0 : ETIMEDOUT
            if isReady { getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) }
        }
        if code == 0 { return .success(descriptor) }
        Glibc.close(descriptor)
        return .failure(AuditSinkError("connect: \(String(cString: strerror(code)))"))
    }

    private func secure(_ receiver: AuditSettings.Receiver) throws(AuditSinkError) {
        var client = TLSClientSettings()
        client.authorityFile = receiver.authorityFile
        client.certificateFile = receiver.certificateFile
        client.keyFile = receiver.keyFile
        do throws(TLSError) {
            let context = try TLSContext.client(client)
            tls = try TLSSession(client: context, descriptor: descriptor, host: receiver.host)
        } catch {
            throw AuditSinkError("TLS: \(error)")
        }
        while true {
            switch tls?.handshake() {
            case .done?: return
            case .wantsRead?: try wait(Int16(POLLIN))
            case .wantsWrite?: try wait(Int16(POLLOUT))
            case .failed(let error)?: throw AuditSinkError("TLS: \(error)")
            case nil: return
            }
        }
    }

    // MARK: Sending

    /// The receiver has gone. What it sends is of no interest: the protocol has no answers.
    var isClosed: Bool {
        var space = [UInt8](repeating: 0, count: 4096)
        while true {
            switch read(&space) {
            case .bytes: continue
            case .wouldBlock, .wantsWrite, .wantsRead: return false
            case .end, .failed: return true
            }
        }
    }

    func send(_ bytes: [UInt8]) throws(AuditSinkError) {
        var offset = 0
        while offset < bytes.count {
            switch bytes.withUnsafeBytes({ write(UnsafeRawBufferPointer(rebasing: $0[offset...])) }) {
            case .bytes(let count): offset += count
            case .wouldBlock, .wantsWrite: try wait(Int16(POLLOUT))
            case .wantsRead: try wait(Int16(POLLIN))
            case .end: throw AuditSinkError("the receiver closed the connection")
            case .failed(let code): throw AuditSinkError("send: \(String(cString: strerror(code)))")
            }
        }
    }

    /// What the receiver says next; empty when it has closed the connection.
    func receive() throws(AuditSinkError) -> [UInt8] {
        var space = [UInt8](repeating: 0, count: 4096)
        while true {
            switch read(&space) {
            case .bytes(let count): return Array(space[..<count])
            case .wouldBlock, .wantsRead: try wait(Int16(POLLIN))
            case .wantsWrite: try wait(Int16(POLLOUT))
            case .end: return []
            case .failed(let code): throw AuditSinkError("receive: \(String(cString: strerror(code)))")
            }
        }
    }

    private func read(_ space: inout [UInt8]) -> IOResult {
        if tls != nil { return space.withUnsafeMutableBytes { tls?.read(into: $0) } ?? .end }
        let count = recv(descriptor, &space, space.count, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed(errno)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        if tls != nil { return tls?.write(bytes) ?? .end }
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count > 0 { return .bytes(count) }
        return errno == EAGAIN ? .wouldBlock : .failed(errno)
    }

    private func wait(_ events: Int16) throws(AuditSinkError) {
        if !Self.wait(descriptor, events) { throw AuditSinkError("the receiver takes nothing") }
    }

    private static func wait(_ descriptor: Int32, _ events: Int16) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        while true {
            let count = poll(&entry, 1, timeout)
            if count >= 0 { return count > 0 }
            if errno != EINTR { return false }
        }
    }
}
