internal import Configuration
internal import Core
internal import Credentials
internal import Identity
internal import Inspection
internal import Policy

extension UserRecord {
    /// - Throws: when a verifier that looked right in the configuration's check is none.
    convenience init(_ user: Configuration.User, access: AccessPolicy? = nil) throws(StartError) {
        var credentials: [PasswordVerifier] = []
        for credential in user.credentials { credentials.append(try Self.verifier(credential, of: user.name)) }
        self.init(
            name: user.name, credentials: credentials, databases: user.databases.map { NamePattern($0) },
            requiresTLS: user.requireTLS, allowedAddresses: user.allowedIPs,
            limits: UserLimits(connections: user.maxConnections, rate: user.rateLimit), mayReplicate: user.replication,
            expires: user.expires, certificate: user.certificate, backend: BackendIdentity(user), access: access,
            profile: user.profile == .dba ? .dba : .app)
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

extension AccessPolicy {
    /// Nil for a user without any rule.
    convenience init?(_ user: Configuration.User, _ groups: [Configuration.Group], number: UInt64) {
        var grants = AccessRule.all(user.grants, "users[\(user.name)].grants")
        var denials = AccessRule.all(user.deny, "users[\(user.name)].deny")
        for group in groups where user.groups.contains(group.name) {
            grants += AccessRule.all(group.grants, "groups[\(group.name)].grants")
            denials += AccessRule.all(group.deny, "groups[\(group.name)].deny")
        }
        guard !grants.isEmpty || !denials.isEmpty else { return nil }
        self.init(
            grants: grants, denials: denials, allowsUnparsed: user.allowUnparsed, searchPath: user.searchPath,
            number: number)
    }
}

extension AccessRule {
    fileprivate static func all(_ rules: [Configuration.AccessRule], _ path: String) -> [AccessRule] {
        rules.enumerated().map { index, rule in
            func patterns(_ texts: [String]) -> [NamePattern] { texts.map { NamePattern($0) } }
            return AccessRule(
                id: "\(path)[\(index)]", databases: patterns(rule.databases), schemas: patterns(rule.schemas),
                tables: patterns(rule.tables), functions: patterns(rule.functions),
                actions: rule.actions.reduce(into: []) { $0.insert(AccessAction($1)) }, from: rule.validFrom,
                until: rule.validUntil)
        }
    }
}

extension AccessAction {
    fileprivate init(_ action: Configuration.AccessRule.Action) {
        self =
            switch action {
            case .read: .read
            case .write: .write
            case .ddl: .ddl
            case .admin: .admin
            case .execute: .execute
            }
    }
}
