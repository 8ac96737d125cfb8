/// Text that must not reach a log, an error or a listing: every description of it reads `***`.
public struct Secret: Sendable, Hashable {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The text itself. Copy it nowhere that is printed.
    public func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What proves a managed user's identity.
public enum StoredCredential: Sendable, Hashable {
    /// A clear password; the server turns it into a verifier when the user first logs in.
    case password(Secret)
    /// `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, the form of PostgreSQL's `pg_authid`.
    case scramVerifier(Secret)
    /// `md5` and 32 hexadecimal digits: md5(password + user name), the form of PostgreSQL's `pg_authid`.
    case md5Verifier(Secret)
}
