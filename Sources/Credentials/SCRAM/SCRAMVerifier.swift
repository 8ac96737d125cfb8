/// What a server keeps to check a password by SCRAM-SHA-256 (RFC 5803), in PostgreSQL's form
/// `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, salt and keys in base64.
public struct SCRAMVerifier: Sendable, Redacted {
    public let iterations: Int
    public let salt: [UInt8]
    let storedKey: [UInt8]
    let serverKey: [UInt8]
    /// Stands for a user who does not exist: no proof fits.
    let isMock: Bool

    static let prefix = Array("SCRAM-SHA-256$".utf8)

    init(iterations: Int, salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8], isMock: Bool = false) {
        self.iterations = iterations
        self.salt = salt
        self.storedKey = storedKey
        self.serverKey = serverKey
        self.isMock = isMock
    }

    /// Reads the stored form. Throws `.malformed` naming the part: `i` iterations, `s` salt, `p` keys, `-` the whole.
    public init(_ text: String) throws(SCRAMError) {
        let bytes = Array(text.utf8)
        guard bytes.starts(with: Self.prefix) else { throw .malformed(field: "-") }
        let parts = bytes.dropFirst(Self.prefix.count)
            .split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
            .map { $0.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) }
        guard parts.count == 2, parts[0].count == 2, parts[1].count == 2 else { throw .malformed(field: "-") }
        guard let iterations = SCRAMMessage.decimal(parts[0][0]), iterations > 0, iterations <= Int(Int32.max) else {
            throw .malformed(field: "i")
        }
        guard let salt = Base64.decode(parts[0][1]), !salt.isEmpty else { throw .malformed(field: "s") }
        guard let storedKey = Base64.decode(parts[1][0]), storedKey.count == SCRAMLimits.key,
            let serverKey = Base64.decode(parts[1][1]), serverKey.count == SCRAMLimits.key
        else { throw .malformed(field: "p") }
        self.init(iterations: iterations, salt: salt, storedKey: storedKey, serverKey: serverKey)
    }

    /// The verifier of keys derived already.
    public init(keys: SCRAMKeys, salt: [UInt8], iterations: Int) {
        self.init(
            iterations: iterations, salt: salt, storedKey: Digest.sha256(keys.clientKey), serverKey: keys.serverKey)
    }

    /// Derives the keys: takes milliseconds, **never on a loop**.
    public static func derive(
        password: ClearPassword, salt: [UInt8] = SecureRandom.bytes(SCRAMLimits.salt),
        iterations: Int = SCRAMLimits.defaultIterations
    ) -> SCRAMVerifier {
        let keys = SCRAMKeys.derive(password: password, salt: salt, iterations: iterations)
        return SCRAMVerifier(keys: keys, salt: salt, iterations: iterations)
    }

    /// The salt of a name under a secret of the installation: the same on each node and at each try.
    public static func salt(user: [UInt8], secret: [UInt8]) -> [UInt8] {
        Array(HMAC.sha256(key: secret, Array("scram salt ".utf8) + user).prefix(SCRAMLimits.salt))
    }

    /// For a user who does not exist: an exchange with it looks and costs like any other, and always fails.
    public static func mock(
        user: [UInt8], secret: [UInt8], iterations: Int = SCRAMLimits.defaultIterations
    ) -> SCRAMVerifier {
        let key = HMAC.sha256(key: secret, Array("scram mock ".utf8) + user)
        return SCRAMVerifier(
            iterations: iterations, salt: salt(user: user, secret: secret), storedKey: key, serverKey: key,
            isMock: true)
    }

    /// The stored form.
    public var text: String {
        "SCRAM-SHA-256$\(iterations):\(Base64.encode(salt) as String)"
            + "$\(Base64.encode(storedKey) as String):\(Base64.encode(serverKey) as String)"
    }

    /// Derives the keys of `password` and compares in constant time: **never on a loop**.
    public func matches(_ password: ClearPassword) -> Bool {
        let keys = SCRAMKeys.derive(password: password, salt: salt, iterations: iterations)
        return constantTimeEquals(Digest.sha256(keys.clientKey), storedKey) && !isMock
    }
}

extension SCRAMVerifier: Equatable {
    /// In constant time.
    public static func == (a: Self, b: Self) -> Bool {
        a.iterations == b.iterations && a.isMock == b.isMock
            && constantTimeEquals(a.salt + a.storedKey + a.serverKey, b.salt + b.storedKey + b.serverKey)
    }
}

/// What a client proves itself with (RFC 5802 §3). As good as the password towards servers with the same verifier, and
/// nowhere else; in memory only.
public struct SCRAMKeys: Sendable, Redacted {
    let clientKey: [UInt8]
    let serverKey: [UInt8]

    init(clientKey: [UInt8], serverKey: [UInt8]) {
        self.clientKey = clientKey
        self.serverKey = serverKey
    }

    /// `saltedPassword`: 32 bytes of PBKDF2-HMAC-SHA-256 over the prepared password.
    public init(saltedPassword: [UInt8]) {
        clientKey = HMAC.sha256(key: saltedPassword, Array("Client Key".utf8))
        serverKey = HMAC.sha256(key: saltedPassword, Array("Server Key".utf8))
    }

    /// Takes milliseconds: **never on a loop**. Worth keeping for as long as the server's salt and iterations stay.
    public static func derive(password: ClearPassword, salt: [UInt8], iterations: Int) -> SCRAMKeys {
        let prepared = SASLprep.prepare(password.bytes)
        return SCRAMKeys(
            saltedPassword: PBKDF2.sha256(password: prepared, salt: salt, iterations: iterations))
    }
}

extension SCRAMKeys: Equatable {
    /// In constant time.
    public static func == (a: Self, b: Self) -> Bool {
        constantTimeEquals(a.clientKey + a.serverKey, b.clientKey + b.serverKey)
    }
}
