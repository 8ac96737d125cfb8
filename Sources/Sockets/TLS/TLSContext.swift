internal import COpenSSL

/// Certificates, trust and algorithms of one listener or backend. Immutable: a reload makes another, and sessions keep
/// the one they began with.
///
/// `SSL_CTX` is reference counted and, once set up, only read; its caches and ticket keys have locks of their own. That
/// is why it may be shared by all threads.
public final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer
    let checksHost: Bool
    let sendsServerName: Bool

    private init(server: Bool, checksHost: Bool = false, sendsServerName: Bool = false) throws(TLSError) {
        guard let pointer = cossl_context_new(server ? 1 : 0) else { throw .configuration("TLS context") }
        self.pointer = pointer
        self.checksHost = checksHost
        self.sendsServerName = sendsServerName
    }

    deinit { cossl_context_free(pointer) }

    /// Reads the files named; blocks on the disk, so not on a loop.
    public static func server(_ settings: TLSServerSettings) throws(TLSError) -> TLSContext {
        let context = try TLSContext(server: true)
        // Forward secrecy and authenticated encryption (RFC 9325 §4.2).
        try context.apply(settings.parameters, ciphers: "ECDHE+AESGCM:ECDHE+CHACHA20")
        try context.useCertificate(settings.certificateFile, key: settings.keyFile)
        if settings.clientCertificates != .none {
            guard let file = settings.clientAuthorityFile else {
                throw TLSError(.configuration, "client certificates need a client authority file")
            }
            try context.trust(file, server: true)
            try context.addRevocations(settings.revocationFiles)
        }
        switch settings.clientCertificates {
        case .none: cossl_context_set_verification(context.pointer, Int32(COSSL_VERIFY_NONE))
        case .request: cossl_context_set_verification(context.pointer, Int32(COSSL_VERIFY_OPTIONAL))
        case .require: cossl_context_set_verification(context.pointer, Int32(COSSL_VERIFY_REQUIRED))
        }
        try context.setProtocols(settings.applicationProtocols, server: true)
        let scope = Array(settings.name.utf8)
        guard cossl_context_set_session_scope(context.pointer, scope, scope.count) == 1 else {
            throw .configuration("session scope")
        }
        return context
    }

    /// Reads the files named; blocks on the disk, so not on a loop. Sessions to the same host resume each other's.
    public static func client(_ settings: TLSClientSettings) throws(TLSError) -> TLSContext {
        let context = try TLSContext(
            server: false, checksHost: settings.verification == .host, sendsServerName: settings.sendsServerName)
        try context.apply(settings.parameters, ciphers: nil)
        switch (settings.certificateFile, settings.keyFile) {
        case (nil, nil): break
        case (let file?, let key?): try context.useCertificate(file, key: key)
        default: throw TLSError(.configuration, "a client certificate and its key go together")
        }
        if settings.verification == .none {
            cossl_context_set_verification(context.pointer, Int32(COSSL_VERIFY_NONE))
        } else {
            if let file = settings.authorityFile {
                try context.trust(file, server: false)
            } else if cossl_context_trust_system(context.pointer) != 1 {
                throw .configuration("system certificate store")
            }
            try context.addRevocations(settings.revocationFiles)
            cossl_context_set_verification(context.pointer, Int32(COSSL_VERIFY_REQUIRED))
        }
        try context.setProtocols(settings.applicationProtocols, server: false)
        return context
    }

    /// Gives the process a new ticket key at once; tickets of the key before this one stay good until the next
    /// rotation. Happens by itself every four hours. A ticket lives for two.
    public static func rotateTicketKeys() throws(TLSError) {
        guard cossl_tickets_rotate() == 1 else { throw .configuration("ticket key") }
    }

    private func apply(_ parameters: TLSParameters, ciphers: String?) throws(TLSError) {
        let maximum = parameters.maximumVersion?.rawValue ?? 0
        guard cossl_context_set_versions(pointer, parameters.minimumVersion.rawValue, maximum) == 1 else {
            throw .configuration("TLS versions")
        }
        guard cossl_context_set_ciphers(pointer, parameters.ciphers ?? ciphers, nil, nil) == 1 else {
            throw .configuration("TLS 1.2 ciphers")
        }
        guard cossl_context_set_ciphers(pointer, nil, parameters.suites, nil) == 1 else {
            throw .configuration("TLS 1.3 suites")
        }
        guard cossl_context_set_ciphers(pointer, nil, nil, parameters.groups) == 1 else {
            throw .configuration("key exchange groups")
        }
    }

    private func useCertificate(_ file: String, key: String) throws(TLSError) {
        switch cossl_context_use_certificate(pointer, file, key) {
        case Int32(COSSL_CERTIFICATE_OK): return
        case Int32(COSSL_CERTIFICATE_CHAIN): throw .configuration("certificate \(file)")
        case Int32(COSSL_CERTIFICATE_KEY): throw .configuration("key \(key)")
        default: throw .configuration("key \(key) does not belong to certificate \(file)")
        }
    }

    private func trust(_ file: String, server: Bool) throws(TLSError) {
        guard cossl_context_trust_file(pointer, file, server ? 1 : 0) == 1 else {
            throw .configuration("certificate authority \(file)")
        }
    }

    private func addRevocations(_ files: [String]) throws(TLSError) {
        for file in files where cossl_context_add_crls(pointer, file) != 1 {
            throw .configuration("certificate revocation list \(file)")
        }
    }

    private func setProtocols(_ names: [String], server: Bool) throws(TLSError) {
        guard !names.isEmpty else { return }
        var list: [UInt8] = []
        for name in names {
            guard let length = UInt8(exactly: name.utf8.count), length > 0 else {
                throw TLSError(.configuration, "application protocol \(name): 1 to 255 bytes expected")
            }
            list.append(length)
            list.append(contentsOf: name.utf8)
        }
        guard cossl_context_set_alpn(pointer, list, list.count, server ? 1 : 0) == 1 else {
            throw .configuration("application protocols")
        }
    }
}
