internal import CLinux
internal import COpenSSL
internal import Glibc

/// One step of a handshake.
public enum TLSHandshake: Equatable, Sendable {
    case done
    case wantsRead
    case wantsWrite
    /// The session is only good for closing. An alert was sent if the socket took it.
    case failed(TLSError)
}

/// TLS on one connected, non-blocking socket, whose descriptor stays the caller's and must outlive this.
///
/// Not synchronised: one thread at a time, which the owner's loop provides; as it is the only owner of its `SSL`, it
/// may move between threads. No call blocks. An idle session holds no buffers.
public struct TLSSession: ~Copyable, @unchecked Sendable {
    private let pointer: OpaquePointer
    private let isServer: Bool

    /// A server's side: waits for the client's hello.
    public init(server context: TLSContext, descriptor: Int32) throws(TLSError) {
        guard let pointer = cossl_server_session_new(context.pointer, descriptor) else {
            throw .configuration("TLS session")
        }
        self.pointer = pointer
        isServer = true
    }

    /// A client's side. `host` is the server's name or IP address as configured: it is sent (names only), verified
    /// where the context says so, and keys the cache of sessions.
    public init(client context: TLSContext, descriptor: Int32, host: String) throws(TLSError) {
        // As a C string a name with a NUL would be verified by its beginning; one beyond 255 bytes can't be sent.
        guard !host.isEmpty, host.utf8.count <= 255, !host.utf8.contains(0) else {
            throw TLSError(.configuration, "server name of 1 to 255 bytes expected")
        }
        let sendsName = context.sendsServerName && !Self.isAddress(host)
        let pointer = cossl_client_session_new(
            context.pointer, descriptor, host, context.checksHost ? 1 : 0, sendsName ? 1 : 0)
        guard let pointer else { throw .configuration("TLS session") }
        self.pointer = pointer
        isServer = false
    }

    deinit { cossl_session_free(pointer) }

    /// Goes on with the handshake as far as the socket allows.
    public func handshake() -> TLSHandshake {
        switch cossl_session_handshake(pointer) {
        case 1: return .done
        case Int(COSSL_WANT_READ): return .wantsRead
        case Int(COSSL_WANT_WRITE): return .wantsWrite
        case let failure: return .failed(.failure(of: pointer, code: Self.errorNumber(failure)))
        }
    }

    /// Fills `space` (not empty) with as much as has arrived. `.end` is the peer's close_notify; an EOF without one is
    /// `.failed(ECONNRESET)`, since anybody on the way could have cut the stream there.
    public func read(into space: UnsafeMutableRawBufferPointer) -> IOResult {
        guard space.count > 0 else { return .wouldBlock }
        switch cossl_session_read(pointer, space.baseAddress, space.count) {
        case let count where count > 0: return .bytes(count)
        case Int(COSSL_END): return .end
        case Int(COSSL_WANT_READ): return .wouldBlock
        case Int(COSSL_WANT_WRITE): return .wantsWrite
        case let failure: return .failed(Self.errorNumber(failure))
        }
    }

    /// Encrypts and sends `bytes` (not empty) as far as the socket takes them. After anything but `.bytes` of all of
    /// them the next call must begin with the bytes not taken, at least as many: a record made of them may be on its
    /// way.
    public func write(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        guard bytes.count > 0 else { return .wouldBlock }
        switch cossl_session_write(pointer, bytes.baseAddress, bytes.count) {
        case let count where count > 0: return .bytes(count)
        case Int(COSSL_WANT_WRITE): return .wouldBlock
        case Int(COSSL_WANT_READ): return .wantsRead
        case let failure: return .failed(failure == 0 ? EPIPE : Self.errorNumber(failure))
        }
    }

    /// OpenSSL holds input: bytes to read, or a record not yet complete. So no descriptor event need come for it.
    public var hasPending: Bool { cossl_session_has_pending(pointer) == 1 }

    /// Nothing can be read before the next event of the descriptor: a read now would give `.wouldBlock` (or find an EOF
    /// that came along with the last bytes, so not to be relied on after a hang-up event).
    public var isDrained: Bool { cossl_session_is_drained(pointer) == 1 }

    /// Sends close_notify once, if the socket takes it at once.
    public func shutdown() { cossl_session_shutdown(pointer) }

    /// Why the last read or write failed with this number.
    public func failure(_ code: Int32) -> TLSError { .failure(of: pointer, code: code) }

    private static func errorNumber(_ failure: Int) -> Int32 { Int32(clamping: -failure - Int(COSSL_FAILED)) }

    private static func isAddress(_ host: String) -> Bool {
        var v4 = in_addr()
        var v6 = in6_addr()
        return inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1
    }
}

// MARK: - After the handshake

extension TLSSession {
    /// As OpenSSL writes it: `TLSv1.2`, `TLSv1.3`.
    public var version: String { String(cString: cossl_session_version(pointer)) }
    public var cipher: String { cossl_session_cipher(pointer).map { String(cString: $0) } ?? "" }
    /// Strength of the cipher in bits.
    public var cipherBits: Int { Int(cossl_session_cipher_bits(pointer)) }
    public var wasResumed: Bool { cossl_session_was_resumed(pointer) == 1 }

    /// The application protocol agreed by ALPN.
    public var applicationProtocol: String? {
        var length = 0
        guard let name = cossl_session_alpn(pointer, &length), length > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: name, count: length), as: UTF8.self)
    }

    /// The host name the client asked for (SNI); nil if it sent none, or none of printable ASCII.
    public var serverName: String? {
        guard let text = cossl_session_server_name(pointer) else { return nil }
        let name = String(cString: text)
        return name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? name : nil
    }

    /// The peer sent a certificate (verified where the context asks for that).
    public var hasPeerCertificate: Bool { cossl_session_has_peer_certificate(pointer) == 1 }

    /// The names in the peer's certificate; nil without one.
    public var peerNames: TLSPeerNames? {
        guard hasPeerCertificate else { return nil }
        var names = TLSPeerNames()
        withUnsafeMutablePointer(to: &names) { names in
            cossl_session_visit_peer_names(pointer, { TLSPeerNames.add(to: $0, kind: $1, text: $2, length: $3) }, names)
        }
        return names
    }

    /// `tls-server-end-point` (RFC 5929 §4): hash of the server's certificate, the same on both sides. nil where the
    /// certificate's signature has no hash of its own (Ed25519), so that no binding is defined.
    public var channelBindingServerEndPoint: [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: 64) { space, count in
            guard let out = space.baseAddress else { return }
            count = cossl_session_server_end_point(pointer, isServer ? 1 : 0, out)
        }
        return bytes.isEmpty ? nil : bytes
    }
}

/// Who a certificate says its holder is. Names with an embedded NUL are left out.
public struct TLSPeerNames: Equatable, Sendable {
    /// The subject's first common name.
    public internal(set) var commonName: String?
    /// The subject in the form of RFC 2253.
    public internal(set) var distinguishedName = ""
    /// Alternative names.
    public internal(set) var dnsNames: [String] = []
    public internal(set) var emailAddresses: [String] = []

    fileprivate static func add(
        to context: UnsafeMutableRawPointer?, kind: Int32, text: UnsafePointer<UInt8>?, length: Int
    ) {
        guard let context, let text else { return }
        let names = context.assumingMemoryBound(to: TLSPeerNames.self)
        let name = String(decoding: UnsafeBufferPointer(start: text, count: length), as: UTF8.self)
        switch kind {
        case Int32(COSSL_NAME_CN): names.pointee.commonName = name
        case Int32(COSSL_NAME_DN): names.pointee.distinguishedName = name
        case Int32(COSSL_NAME_DNS): names.pointee.dnsNames.append(name)
        default: names.pointee.emailAddresses.append(name)
        }
    }
}
