/// The oldest and newest version a context speaks.
public enum TLSVersion: Int32, Sendable, Comparable {
    case tls12 = 0x0303
    case tls13 = 0x0304

    public static func < (a: TLSVersion, b: TLSVersion) -> Bool { a.rawValue < b.rawValue }
}

/// What both sides may set about versions and algorithms.
public struct TLSParameters: Equatable, Sendable {
    public var minimumVersion = TLSVersion.tls12
    /// nil: the newest there is.
    public var maximumVersion: TLSVersion?
    /// OpenSSL cipher list for TLS 1.2; nil: on a server only ephemeral keys with authenticated ciphers, on a client
    /// OpenSSL's default.
    public var ciphers: String?
    /// Colon-separated TLS 1.3 suites; nil: OpenSSL's default.
    public var suites: String?
    /// Colon-separated key exchange groups; nil: OpenSSL's default.
    public var groups: String?

    public init() {}
}

/// How a server sees to its clients.
public struct TLSServerSettings: Equatable, Sendable {
    public enum ClientCertificates: Equatable, Sendable {
        /// Not asked for.
        case none
        /// Asked for; what is sent must verify.
        case request
        /// Without one that verifies there is no session.
        case require
    }

    /// Scope of session tickets, for example the listener's name: only contexts of one name (and the same certificate
    /// and mode) resume each other's sessions.
    public var name: String
    /// PEM: the server's certificate first, then the intermediates.
    public var certificateFile: String
    /// PEM, not encrypted.
    public var keyFile: String
    /// PEM: the authorities whose client certificates are taken. Needed unless `clientCertificates` is `none`.
    public var clientAuthorityFile: String?
    /// PEM files of CRLs. With any, each certificate of a client's chain needs a current CRL of its issuer.
    public var revocationFiles: [String] = []
    public var clientCertificates = ClientCertificates.none
    /// Protocols by preference; a client that offers others only is refused, one that offers none is not.
    public var applicationProtocols: [String] = []
    public var parameters = TLSParameters()

    public init(name: String, certificateFile: String, keyFile: String) {
        self.name = name
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// How a client sees to its servers.
public struct TLSClientSettings: Equatable, Sendable {
    public enum Verification: Equatable, Sendable {
        /// Any certificate will do (modes prefer and require).
        case none
        /// A chain to a trusted authority.
        case authority
        /// And the certificate names the host (DNS name or IP address).
        case host
    }

    public var verification = Verification.host
    /// PEM: trusted authorities; nil: the system's.
    public var authorityFile: String?
    /// PEM files of CRLs. With any, each certificate of a server's chain needs a current CRL of its issuer.
    public var revocationFiles: [String] = []
    /// PEM: certificate and intermediates, with `keyFile`.
    public var certificateFile: String?
    public var keyFile: String?
    /// Sends the host's name (SNI) unless it is an IP address.
    public var sendsServerName = true
    public var applicationProtocols: [String] = []
    public var parameters = TLSParameters()

    public init() {}
}
