/// Why a session is refused. The raw value is a stable code for metrics labels and audit; it never changes its meaning.
public enum Refusal: String, Error, Sendable, CaseIterable {
    case unknownUser = "unknown_user"
    /// The user exists and has nothing to log in with in this way.
    case noCredential = "no_credential"
    case wrongPassword = "wrong_password"
    /// The certificate maps to another user, or to none.
    case wrongCertificate = "wrong_certificate"
    case accountExpired = "account_expired"
    case tlsRequired = "tls_required"
    case addressNotAllowed = "address_not_allowed"
    case databaseNotAllowed = "database_not_allowed"
    case replicationNotAllowed = "replication_not_allowed"
    case tooManyConnections = "too_many_connections"
    /// Too many failed attempts from here of late.
    case throttled = "throttled"
    /// The login did not end in time.
    case timedOut = "login_timeout"
    /// The way to check the credential is broken: no answer from the backend's `auth_query`, or not understood.
    case verifierUnavailable = "verifier_unavailable"
    /// The peer left the protocol during login.
    case protocolViolation = "protocol_violation"

    /// What the client may be told: those that would tell whether a user exists all look like a wrong password.
    public var revealsNothing: Bool {
        switch self {
        case .unknownUser, .noCredential, .wrongPassword, .wrongCertificate: true
        case .accountExpired, .tlsRequired, .addressNotAllowed, .databaseNotAllowed, .replicationNotAllowed,
            .tooManyConnections, .throttled, .timedOut, .verifierUnavailable, .protocolViolation:
            false
        }
    }
}
