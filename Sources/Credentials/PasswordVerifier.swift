/// What is stored for a user, by the forms of PostgreSQL's `pg_authid.rolpassword`.
public enum PasswordVerifier: Equatable, Sendable {
    case scram(SCRAMVerifier)
    case md5(MD5Verifier)
    case clear(ClearPassword)

    /// A text that begins like a SCRAM verifier and is none is an error, not a clear password; `md5` with anything but
    /// 32 hexadecimal digits behind it is a clear password, as PostgreSQL has it.
    public init(_ text: String) throws(SCRAMError) {
        if let verifier = MD5Verifier(text) {
            self = .md5(verifier)
        } else if text.utf8.starts(with: SCRAMVerifier.prefix) {
            self = .scram(try SCRAMVerifier(text))
        } else {
            self = .clear(ClearPassword(text))
        }
    }

    /// Whether `password` is the one stored. For SCRAM this derives the keys: **never on a loop**. Stored and given
    /// bytes are compared in constant time.
    public func matches(_ password: ClearPassword, user: [UInt8]) -> Bool {
        switch self {
        case .scram(let verifier): verifier.matches(password)
        case .md5(let verifier): MD5Verifier(password: password, user: user) == verifier
        case .clear(let stored): stored == password
        }
    }
}
