internal import Glibc

/// The files a configuration names: there, readable, and of the right kind.
extension Checks {
    private static let limit = 16 << 20

    func checkFiles() {
        for (index, listener) in configuration.listeners.enumerated() where listener.tls.mode != .disable {
            let path = "listeners[\(index)].tls"
            checkPEM(listener.tls.certificate, "CERTIFICATE", at: path + ".certificate")
            checkPEM(listener.tls.key, "PRIVATE KEY", at: path + ".key")
            checkPEM(listener.tls.clientCA, "CERTIFICATE", at: path + ".client_ca")
            checkPEM(listener.tls.crl, "X509 CRL", at: path + ".crl")
        }
        for (index, backend) in configuration.backends.enumerated() where backend.tls.mode != .disable {
            let path = "backends[\(index)].tls"
            checkPEM(backend.tls.ca, "CERTIFICATE", at: path + ".ca")
            checkPEM(backend.tls.certificate, "CERTIFICATE", at: path + ".certificate")
            checkPEM(backend.tls.key, "PRIVATE KEY", at: path + ".key")
            checkPEM(backend.tls.crl, "X509 CRL", at: path + ".crl")
        }
        checkAudit()
        if let socket = configuration.control.socket, context.isPresent("control.socket") {
            checkDirectory(of: socket, at: "control.socket")
        }
        for (index, listener) in configuration.listeners.enumerated() {
            if case .unix(let socket) = listener.listen { checkDirectory(of: socket, at: "listeners[\(index)].listen") }
        }
        checkOwnPermissions()
    }

    private func checkAudit() {
        guard configuration.audit.isActive, let file = configuration.audit.file else { return }
        checkWritable(file, at: "audit.file")
        switch configuration.audit.anchor {
        case .file(let anchor)?: checkWritable(anchor, at: "audit.anchor")
        case .url(let isSecure, _, _, _)?:
            if isSecure { checkPEM(configuration.audit.anchorCA, "CERTIFICATE", at: "audit.anchor_ca") }
        case nil: break
        }
        let syslog = configuration.audit.syslog
        guard syslog.address != nil, syslog.transport == .tls else { return }
        checkPEM(syslog.ca, "CERTIFICATE", at: "audit.syslog.ca")
        checkPEM(syslog.certificate, "CERTIFICATE", at: "audit.syslog.certificate")
        checkPEM(syslog.key, "PRIVATE KEY", at: "audit.syslog.key")
    }

    private func checkPEM(_ file: String?, _ kind: String, at path: String) {
        guard let file else { return }
        context.watch(file)
        switch FileReader.read(file, limit: Self.limit) {
        case .failure(let failure): error(path, "file \(shown(file)) can't be read: \(failure.reason)")
        case .success(let bytes):
            // Keys name their kind in between: `BEGIN EC PRIVATE KEY`.
            let text = String(decoding: bytes, as: UTF8.self)
            let begins = text.split(separator: "\n").filter { $0.hasPrefix("-----BEGIN ") }
            guard begins.contains(where: { $0.contains(kind) }) else {
                return error(path, "file \(shown(file)) holds no \(kind), expected PEM text")
            }
            guard kind == "PRIVATE KEY" else { return }
            if text.contains("ENCRYPTED") { error(path, "file \(shown(file)) is encrypted, expected a plain key") }
            if let mode = FileReader.mode(file), mode & 0o007 != 0 {
                warning(path, "file \(shown(file)) is open to every user of the machine (mode \(octal(mode)))")
            }
        }
    }

    private func checkWritable(_ file: String, at path: String) {
        guard access(file, F_OK) == 0 else { return checkDirectory(of: file, at: path) }
        if let mode = FileReader.mode(file), mode & S_IFMT == S_IFDIR {
            error(path, "\(shown(file)) is a directory, expected a file")
        } else if access(file, W_OK) != 0 {
            error(path, "file \(shown(file)) can't be written: \(FileReader.lastError)")
        }
    }

    private func checkDirectory(of file: String, at path: String) {
        let directory = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        if access(directory, W_OK | X_OK) != 0 {
            error(path, "directory \(shown(directory)) can't be written: \(FileReader.lastError)")
        }
    }

    /// A file with clear secrets should be its owner's alone.
    private func checkOwnPermissions() {
        guard let mode = FileReader.mode(context.file), mode & 0o007 != 0, context.hasLiteralSecrets else { return }
        warning("", "holds secrets and is open to every user of the machine (mode \(octal(mode)))")
    }

    private func octal(_ mode: mode_t) -> String {
        let digits = String(mode & 0o777, radix: 8)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
