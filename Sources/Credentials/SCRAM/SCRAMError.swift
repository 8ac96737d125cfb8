/// Why a SCRAM exchange or verifier was refused. None of the cases carries secret material.
public enum SCRAMError: Error, Equatable, Sendable {
    /// A message or a field of it is not of the grammar (RFC 5802 §7); the field by its letter, `-` for the whole.
    case malformed(field: Character)
    /// Above `SCRAMLimits.message`.
    case messageTooLong
    /// Called out of order, or after an error.
    case unexpectedMessage
    /// The peer demands an extension (`m=`).
    case extensionRequired
    /// The client asks to act as somebody else (`a=`).
    case authorizationIdentity
    /// Neither SCRAM-SHA-256 nor, where it was offered, SCRAM-SHA-256-PLUS.
    case unknownMechanism
    /// The client chose PLUS without channel binding in its message.
    case channelBindingMissing
    /// The client binds the channel under the mechanism without PLUS.
    case channelBindingUnexpected
    /// Bound by something else than tls-server-end-point.
    case channelBindingType
    /// The client supports channel binding and believes we don't, though we offered PLUS: somebody altered the offer.
    case downgrade
    /// The client's TLS ends somewhere else.
    case channelBindingMismatch
    /// The nonce is not the one of this exchange.
    case nonceMismatch
    /// The password is wrong, or the user unknown.
    case wrongProof
    /// Verifiers tried in one exchange must share salt and iterations, and there must be at least one.
    case verifiersDiffer
    /// As a client: 0, or above `SCRAMLimits.iterations`.
    case iterationCount(Int)
    /// As a client: the server refused; its reason (RFC 5802 §7 server-error-value).
    case serverRefused(String)
    /// As a client: the server does not know the password's verifier.
    case serverSignature
}

/// Bounds on what a peer may send.
public enum SCRAMLimits {
    /// Bytes of one message. PostgreSQL takes no SASL message above 1,024 bytes; a server's first message carries a
    /// salt.
    public static let message = 2_048
    /// Most iterations a server may ask for, about half a second of work. PostgreSQL's default is 4,096.
    public static let iterations = 1_000_000
    /// Iterations for new verifiers (RFC 7677 §4, PostgreSQL's `scram_iterations`).
    public static let defaultIterations = 4_096
    /// Bytes of a salt that is made here (PostgreSQL's SCRAM_DEFAULT_SALT_LEN).
    public static let salt = 16
    /// Random bytes of a nonce (PostgreSQL's SCRAM_RAW_NONCE_LEN).
    static let nonce = 18
    /// Bytes of a key.
    static let key = 32
}
