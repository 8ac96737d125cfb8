internal import Configuration
internal import Core
internal import Credentials
internal import Identity

extension UserRecord {
    /// - Throws: when a verifier that looked right in the configuration's check is none.
    convenience init(_ user: Configuration.User) throws(StartError) {
        var credentials: [PasswordVerifier] = []
        for credential in user.credentials { credentials.append(try Self.verifier(credential, of: user.name)) }
        self.init(
            name: user.name, credentials: credentials, databases: user.databases.map { NamePattern($0) },
            requiresTLS: user.requireTLS, allowedAddresses: user.allowedIPs,
            limits: UserLimits(connections: user.maxConnections, rate: user.rateLimit), mayReplicate: user.replication,
            expires: user.expires, certificate: user.certificate, backend: BackendIdentity(user))
    }

    private static func verifier(
        _ credential: StoredCredential, of user: String
    ) throws(StartError) -> PasswordVerifier {
        switch credential {
        case .password(let secret): return .clear(ClearPassword(secret.reveal()))
        case .scramVerifier(let secret), .md5Verifier(let secret):
            do throws(SCRAMError) {
                return try PasswordVerifier(secret.reveal())
            } catch {
                throw StartError("user \"\(user)\": the verifier is damaged")
            }
        }
    }
}

extension BackendIdentity {
    init(_ user: Configuration.User) {
        let backend = user.backend
        self =
            switch backend.identity {
            case .shared: .shared
            case .setRole: .setRole(backend.user ?? user.name)
            case .own:
                .own(user: backend.user ?? user.name, password: backend.password.map { ClearPassword($0.reveal()) })
            }
    }
}
