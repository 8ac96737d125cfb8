internal import Core
public import Credentials

/// Where a listener's users come from.
public enum AuthenticationMode: Sendable, Equatable {
    /// Users of the snapshot.
    case managed
    /// Accounts of the backend; a user of the snapshot by the same name adds its restrictions.
    case passthrough
}

/// All users at one moment. Immutable; a reload makes a new one with a higher epoch.
public final class IdentitySnapshot: Sendable {
    public let epoch: UInt64
    private let users: [String: UserRecord]
    private let certificates: [String: UserRecord]
    /// Makes the salts of users who do not exist, and of passwords in the configuration; the same on each node.
    let secret: [UInt8]
    /// PBKDF2 rounds of verifiers made from clear passwords, and of those that stand in for unknown users.
    let iterations: Int

    /// - Parameters:
    ///   - users: of users by one name, or with one certificate, the first counts; the configuration's check refuses
    ///     the others.
    ///   - secret: 16 bytes or more that no client knows and that outlive restarts.
    ///   - iterations: of SCRAM, from 4,096.
    public init(
        epoch: UInt64, users: [UserRecord], secret: [UInt8], iterations: Int = SCRAMLimits.defaultIterations
    ) {
        precondition(secret.count >= 16)
        self.epoch = epoch
        self.secret = secret
        self.iterations = iterations
        self.users = Dictionary(users.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let mapped = users.compactMap { user in user.certificate.map { ($0, user) } }
        certificates = Dictionary(mapped, uniquingKeysWith: { first, _ in first })
    }

    public func user(named name: String) -> UserRecord? { users[name] }

    public var userCount: Int { users.count }

    /// Stands in for a user that does not exist: the exchange looks the same and fails.
    public func mockVerifier(for name: String) -> SCRAMVerifier {
        .mock(user: Array(name.utf8), secret: secret, iterations: iterations)
    }

    // MARK: Proofs

    /// - Parameter success: the end of an exchange with verifiers of `user`; only `SCRAMServer` makes one.
    public func proof(of user: String, by success: SCRAMServer.Success) -> LoginProof {
        LoginProof(user: user, method: .scram)
    }

    /// - Parameters: `response` as the client sent it (35 bytes), `salt` the 4 bytes it was asked with.
    public func proof(of user: String, md5 response: [UInt8], salt: [UInt8]) -> Result<LoginProof, Refusal> {
        guard let record = users[user] else { return .failure(.unknownUser) }
        guard record.hasOnlyMD5 else { return .failure(.noCredential) }
        // All are tried, whichever fits: the time tells nothing.
        var fits = false
        for case .md5(let verifier) in record.credentials where verifier.verify(response: response, salt: salt) {
            fits = true
        }
        return fits ? .success(LoginProof(user: user, method: .md5)) : .failure(.wrongPassword)
    }

    /// The same for an account of a backend, whose verifier was fetched from there.
    public func proof(
        of user: String, by verifier: MD5Verifier, md5 response: [UInt8], salt: [UInt8]
    ) -> Result<LoginProof, Refusal> {
        guard verifier.verify(response: response, salt: salt) else { return .failure(.wrongPassword) }
        return .success(LoginProof(user: user, method: .md5))
    }

    /// - Parameters: names of a client certificate that TLS has verified; `user` the name that the client asks for.
    public func proof(
        of user: String, commonName: String?, distinguishedName: String?
    ) -> Result<LoginProof, Refusal> {
        for name in [distinguishedName, commonName] {
            if let name, let record = certificates[name], record.name == user {
                return .success(LoginProof(user: user, method: .certificate))
            }
        }
        return .failure(.wrongCertificate)
    }

    /// The backend itself let the client in, by an exchange that was relayed to it.
    public func proof(ofRelayed user: String) -> LoginProof { LoginProof(user: user, method: .relay) }

    // MARK: Permits

    /// Decides whether a user who has proven to be one may have the session.
    /// - Parameter now: seconds since 1970, UTC.
    public func authorise(
        _ proof: LoginProof, _ request: SessionRequest, mode: AuthenticationMode = .managed, now: Int64
    ) -> Result<SessionPermit, Refusal> {
        permit(user: proof.user, method: proof.method, request, mode: mode, now: now)
    }

    /// Decides again for a session that runs, after a reload or with time: what was allowed may no longer be.
    public func reauthorise(
        _ permit: SessionPermit, mode: AuthenticationMode = .managed, now: Int64
    ) -> Result<SessionPermit, Refusal> {
        let request = SessionRequest(
            database: permit.database, address: permit.address, isTLS: permit.isTLS, isReplication: permit.isReplication
        )
        return self.permit(user: permit.user, method: permit.method, request, mode: mode, now: now)
    }

    private func permit(
        user: String, method: LoginMethod, _ request: SessionRequest, mode: AuthenticationMode, now: Int64
    ) -> Result<SessionPermit, Refusal> {
        let record: UserRecord
        if let known = users[user] {
            record = known
        } else {
            guard mode == .passthrough else { return .failure(.unknownUser) }
            record = UserRecord(name: user)
        }
        if let refusal = refusal(of: record, request, now: now) { return .failure(refusal) }
        let backend: BackendIdentity = mode == .passthrough ? .passthrough(user: user) : record.backend
        return .success(
            SessionPermit(record: record, request: request, method: method, backend: backend, epoch: epoch))
    }

    /// A Unix socket has no TLS and no address: what asks for either is refused there.
    private func refusal(of record: UserRecord, _ request: SessionRequest, now: Int64) -> Refusal? {
        if let expires = record.expires, now >= expires { return .accountExpired }
        if record.requiresTLS, !request.isTLS { return .tlsRequired }
        if !record.allowedAddresses.isEmpty {
            guard let address = request.address, record.allowedAddresses.contains(where: { $0.contains(address) })
            else { return .addressNotAllowed }
        }
        guard record.databases.contains(where: { $0.matches(request.database) }) else { return .databaseNotAllowed }
        if request.isReplication, !record.mayReplicate { return .replicationNotAllowed }
        return nil
    }
}
