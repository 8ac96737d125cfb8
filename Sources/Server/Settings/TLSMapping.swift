internal import Configuration
internal import Sockets

/// Names of a protocol in ALPN.
extension Configuration.DatabaseProtocol {
    var applicationProtocols: [String] {
        switch self {
        case .postgresql: ["postgresql"]
        }
    }
}

extension Configuration.Listener {
    /// Nil without TLS.
    var tlsSettings: TLSServerSettings? {
        guard tls.mode != .disable, let certificate = tls.certificate, let key = tls.key else { return nil }
        var settings = TLSServerSettings(name: name, certificateFile: certificate, keyFile: key)
        settings.clientAuthorityFile = tls.clientCA
        settings.revocationFiles = tls.crl.map { [$0] } ?? []
        settings.clientCertificates =
            switch tls.mode {
            case .verifyCA, .verifyFull: .require
            default: tls.clientCA == nil ? .none : .request
            }
        settings.applicationProtocols = self.protocol.applicationProtocols
        settings.parameters.minimumVersion = Sockets.TLSVersion(tls.minVersion)
        return settings
    }
}

extension Configuration.Backend {
    /// Nil without TLS: over a Unix socket there is none.
    var tlsSettings: TLSClientSettings? {
        guard tls.mode != .disable, case .tcp = address else { return nil }
        var settings = TLSClientSettings()
        settings.verification =
            switch tls.mode {
            case .verifyFull: .host
            case .verifyCA: .authority
            // libpq checks the chain where an authority is named.
            case .require: tls.ca == nil ? .none : .authority
            default: .none
            }
        settings.authorityFile = tls.ca
        settings.revocationFiles = tls.crl.map { [$0] } ?? []
        settings.certificateFile = tls.certificate
        settings.keyFile = tls.key
        settings.applicationProtocols = self.protocol.applicationProtocols
        settings.parameters.minimumVersion = Sockets.TLSVersion(tls.minVersion)
        return settings
    }

    /// Host for SNI and `verify-full`.
    var tlsName: String {
        if let name = tls.serverName { return name }
        if case .tcp(let host, _) = address { return host }
        return ""
    }
}
