/// PostgreSQL's older verifier: `md5` and the hexadecimal MD5 of password and user name. Worth as much as the password
/// itself to who steals it; kept for backends and users that have no SCRAM verifier.
public struct MD5Verifier: Sendable, Redacted {
    /// `md5` and 32 lower-case digits.
    private let stored: [UInt8]

    private static let prefix = Array("md5".utf8)

    /// nil for anything but `md5` and 32 hexadecimal digits.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 35, bytes.starts(with: Self.prefix), let hash = Hex.decode(bytes[3...]) else { return nil }
        stored = Self.prefix + Hex.encode(hash)
    }

    /// nil where the machine has no MD5.
    public init?(password: ClearPassword, user: [UInt8]) {
        guard let hash = Digest.md5(password.bytes + user) else { return nil }
        stored = Self.prefix + Hex.encode(hash)
    }

    /// The stored form.
    public var text: String { String(decoding: stored, as: UTF8.self) }

    /// The answer to AuthenticationMD5Password with this salt (4 bytes), without a closing NUL; nil without MD5.
    public func response(salt: [UInt8]) -> [UInt8]? {
        Digest.md5(Array(stored[3...]) + salt).map { Self.prefix + Hex.encode($0) }
    }

    /// Whether `response` (without its NUL) answers `salt`. In constant time.
    public func verify(response: [UInt8], salt: [UInt8]) -> Bool {
        self.response(salt: salt).map { constantTimeEquals($0, response) } ?? false
    }
}

extension MD5Verifier: Equatable {
    /// In constant time.
    public static func == (a: Self, b: Self) -> Bool { constantTimeEquals(a.stored, b.stored) }
}
