public import Credentials
internal import Synchronization

/// SCRAM verifiers for users whose password stands in clear in the configuration, computed once and never on a loop.
///
/// Any thread. A plain actor would not do: called from a task that prefers a loop it runs on that loop (SE-0417), and
/// PBKDF2 takes a millisecond; so the work goes to a detached task, which has no preference.
public final class VerifierCache: Sendable {
    private struct Entry {
        let password: ClearPassword
        let salt: [UInt8]
        let iterations: Int
        let work: Task<SCRAMVerifier, Never>
        var verifier: SCRAMVerifier?

        func fits(_ password: ClearPassword, salt: [UInt8], iterations: Int) -> Bool {
            self.password == password && self.salt == salt && self.iterations == iterations
        }
    }

    private let entries = Mutex<[String: [Entry]]>([:])
    /// What was made of users' records, for the snapshot that they come from.
    private let forms = Mutex<(snapshot: IdentitySnapshot?, byUser: [String: Form])>((nil, [:]))

    public init() {}

    /// The verifiers for an exchange with `user`, one salt and iteration count for all, so that each can be tried.
    ///
    /// A user who is unknown, or has nothing for SCRAM, gets the mock verifier: the exchange runs and fails.
    /// - Returns: nil when some are still to be computed: `await verifiers(for:in:)` then.
    public func verifiersAtHand(for user: String, in snapshot: IdentitySnapshot) -> [SCRAMVerifier]? {
        guard let form = form(of: user, in: snapshot) else { return [snapshot.mockVerifier(for: user)] }
        var all = form.ready
        for password in form.passwords {
            guard let verifier = entry(form, user, password).verifier else { return nil }
            all.append(verifier)
        }
        return all
    }

    /// The same, waiting for what is to be computed.
    public func verifiers(for user: String, in snapshot: IdentitySnapshot) async -> [SCRAMVerifier] {
        guard let form = form(of: user, in: snapshot) else { return [snapshot.mockVerifier(for: user)] }
        var all = form.ready
        for password in form.passwords { all.append(await verifier(form, user, password)) }
        return all
    }

    /// Checks a password that came in clear (over TLS), off the loop.
    public func check(
        _ password: ClearPassword, of user: String, in snapshot: IdentitySnapshot
    ) async -> Result<LoginProof, Refusal> {
        let record = snapshot.user(named: user)
        let credentials = record?.credentials ?? []
        let mock = snapshot.mockVerifier(for: user)
        let fits = await Task.detached {
            // A user without any costs as much as one with.
            if credentials.isEmpty { return mock.matches(password) }
            return credentials.reduce(false) { $1.matches(password, user: Array(user.utf8)) || $0 }
        }.value
        if fits, record != nil { return .success(LoginProof(user: user, method: .password)) }
        return .failure(record == nil ? .unknownUser : credentials.isEmpty ? .noCredential : .wrongPassword)
    }

    /// Forgets users that are no longer in force; after a reload.
    public func keep(only snapshot: IdentitySnapshot) {
        entries.withLock { entries in
            entries = entries.filter { snapshot.user(named: $0.key) != nil }
        }
    }

    /// How a user's secrets are tried together.
    private struct Form {
        var ready: [SCRAMVerifier] = []
        var passwords: [ClearPassword] = []
        let salt: [UInt8]
        let iterations: Int

        /// Nil when there is nothing for SCRAM. Passwords take salt and iterations of the first stored verifier.
        init?(_ record: UserRecord, _ snapshot: IdentitySnapshot) {
            var first: SCRAMVerifier?
            for case .scram(let verifier) in record.credentials where first == nil { first = verifier }
            salt = first?.salt ?? SCRAMVerifier.salt(user: Array(record.name.utf8), secret: snapshot.secret)
            iterations = first?.iterations ?? snapshot.iterations
            for credential in record.credentials {
                switch credential {
                case .scram(let verifier):
                    if verifier.salt == salt, verifier.iterations == iterations { ready.append(verifier) }
                case .clear(let password): passwords.append(password)
                case .md5: break
                }
            }
            if ready.isEmpty, passwords.isEmpty { return nil }
        }
    }

    /// Nil for users who are unknown or have nothing for SCRAM.
    private func form(of user: String, in snapshot: IdentitySnapshot) -> Form? {
        guard let record = snapshot.user(named: user) else { return nil }
        return forms.withLock { forms in
            if forms.snapshot !== snapshot { forms = (snapshot, [:]) }
            if let known = forms.byUser[user] { return known }
            let form = Form(record, snapshot)
            forms.byUser[user] = form
            return form
        }
    }

    private func verifier(_ form: Form, _ user: String, _ password: ClearPassword) async -> SCRAMVerifier {
        let entry = entry(form, user, password)
        if let verifier = entry.verifier { return verifier }
        let verifier = await entry.work.value
        entries.withLock { entries in
            guard var list = entries[user] else { return }
            for index in list.indices where list[index].work == entry.work { list[index].verifier = verifier }
            entries[user] = list
        }
        return verifier
    }

    /// Starts the work when there is none for this password. Passwords that the user had before go when there are many.
    private func entry(_ form: Form, _ user: String, _ password: ClearPassword) -> Entry {
        entries.withLock { entries in
            var list = entries[user] ?? []
            if let known = list.first(where: { $0.fits(password, salt: form.salt, iterations: form.iterations) }) {
                return known
            }
            let (salt, iterations) = (form.salt, form.iterations)
            let work = Task.detached { SCRAMVerifier.derive(password: password, salt: salt, iterations: iterations) }
            let entry = Entry(password: password, salt: salt, iterations: iterations, work: work)
            list.append(entry)
            if list.count > form.passwords.count + 1 { list.removeFirst() }
            entries[user] = list
            return entry
        }
    }
}
