import Core
import Credentials
import Testing

@testable import Identity

@Suite struct IdentitySnapshotTests {
    static let secret = [UInt8](repeating: 7, count: 32)

    static func snapshot(_ users: UserRecord...) -> IdentitySnapshot {
        IdentitySnapshot(epoch: 3, users: users, secret: secret)
    }

    static func outcome(
        _ snapshot: IdentitySnapshot, _ user: String = "alice", database: String = "shop",
        address: String? = "10.1.2.3",
        isTLS: Bool = false, isReplication: Bool = false, mode: AuthenticationMode = .managed, now: Int64 = 100
    ) -> Result<SessionPermit, Refusal> {
        let proof = LoginProof(user: user, method: .scram)
        let request = SessionRequest(
            database: database, address: address.flatMap { IPAddress($0) }, isTLS: isTLS, isReplication: isReplication)
        return snapshot.authorise(proof, request, mode: mode, now: now)
    }

    static func refusal(_ outcome: Result<SessionPermit, Refusal>) -> Refusal? {
        if case .failure(let refusal) = outcome { refusal } else { nil }
    }

    @Test func aPermitCarriesWhatTheSessionNeeds() throws {
        let own = BackendIdentity.own(user: "app_alice", password: ClearPassword("x"))
        let users = Self.snapshot(UserRecord(name: "alice", limits: UserLimits(connections: 2, rate: 5), backend: own))
        let permit = try Self.outcome(users, isTLS: true).get()
        #expect(permit.user == "alice")
        #expect(permit.database == "shop")
        #expect(permit.identityKey == "own:app_alice")
        #expect(permit.limits == UserLimits(connections: 2, rate: 5))
        #expect(permit.epoch == 3)
        #expect(permit.isTLS)
    }

    @Test func refusesEachForItsReason() {
        func check(_ record: UserRecord, is expected: Refusal?, allowedBy other: Result<SessionPermit, Refusal>) {
            #expect(Self.refusal(Self.outcome(Self.snapshot(record))) == expected)
            #expect(Self.refusal(other) == nil)
        }
        #expect(Self.refusal(Self.outcome(Self.snapshot())) == .unknownUser)
        let tls = UserRecord(name: "alice", requiresTLS: true)
        check(tls, is: .tlsRequired, allowedBy: Self.outcome(Self.snapshot(tls), isTLS: true))
        let inside = UserRecord(
            name: "alice", allowedAddresses: ["10.1.3.0/24", "2001:db8::/32"].compactMap { CIDR($0) })
        check(inside, is: .addressNotAllowed, allowedBy: Self.outcome(Self.snapshot(inside), address: "10.1.3.9"))
        #expect(Self.refusal(Self.outcome(Self.snapshot(inside), address: "2001:db8::1")) == nil)
        #expect(Self.refusal(Self.outcome(Self.snapshot(inside), address: "::ffff:10.1.3.9")) == nil)
        #expect(Self.refusal(Self.outcome(Self.snapshot(inside), address: nil)) == .addressNotAllowed)
        let ended = UserRecord(name: "alice", expires: 100)
        check(ended, is: .accountExpired, allowedBy: Self.outcome(Self.snapshot(ended), now: 99))
        let elsewhere = UserRecord(name: "alice", databases: [NamePattern("crm*")])
        check(
            elsewhere, is: .databaseNotAllowed, allowedBy: Self.outcome(Self.snapshot(elsewhere), database: "crm_test"))
    }

    @Test func replicationAsksForLeave() {
        let plain = Self.snapshot(UserRecord(name: "alice"))
        #expect(Self.refusal(Self.outcome(plain, isReplication: true)) == .replicationNotAllowed)
        let standby = Self.snapshot(UserRecord(name: "alice", mayReplicate: true))
        #expect(Self.refusal(Self.outcome(standby, isReplication: true)) == nil)
    }

    @Test func passthroughKnowsEveryoneAndKeepsRestrictions() throws {
        let users = Self.snapshot(UserRecord(name: "alice", requiresTLS: true))
        let bob = try Self.outcome(users, "bob", mode: .passthrough).get()
        #expect(bob.identityKey == "own:bob")
        #expect(bob.backend == .passthrough(user: "bob"))
        #expect(Self.refusal(Self.outcome(users, mode: .passthrough)) == .tlsRequired)
    }

    @Test func aReloadMayTakeThePermitBack() throws {
        let permit = try Self.outcome(Self.snapshot(UserRecord(name: "alice"))).get()
        let gone = Self.snapshot(UserRecord(name: "bob"))
        #expect(Self.refusal(gone.reauthorise(permit, now: 100)) == .unknownUser)
        let narrower = Self.snapshot(UserRecord(name: "alice", databases: [NamePattern("crm")]))
        #expect(Self.refusal(narrower.reauthorise(permit, now: 100)) == .databaseNotAllowed)
    }

    @Test func certificatesMapToOneUser() {
        let users = Self.snapshot(
            UserRecord(name: "alice", certificate: "CN=alice,O=Example"),
            UserRecord(name: "bob", certificate: "bob.local"))
        func method(_ user: String, _ common: String?, _ distinguished: String?) -> LoginMethod? {
            try? users.proof(of: user, commonName: common, distinguishedName: distinguished).get().method
        }
        #expect(method("alice", "alice", "CN=alice,O=Example") == .certificate)
        #expect(method("bob", "bob.local", "CN=bob.local") == .certificate)
        #expect(method("alice", "alice", nil) == nil)
        #expect(method("alice", "bob.local", nil) == nil)
        #expect(method("carol", nil, nil) == nil)
    }

    @Test func md5IsForThoseWithNothingBetter() throws {
        let password = ClearPassword("pencil")
        let verifier = try #require(MD5Verifier(password: password, user: Array("alice".utf8)))
        let salt: [UInt8] = [1, 2, 3, 4]
        let response = try #require(verifier.response(salt: salt))
        let old = Self.snapshot(UserRecord(name: "alice", credentials: [.md5(verifier)]))
        #expect(try old.proof(of: "alice", md5: response, salt: salt).get().method == .md5)
        #expect(throws: Refusal.wrongPassword) { try old.proof(of: "alice", md5: response, salt: [4, 3, 2, 1]).get() }
        let both = Self.snapshot(UserRecord(name: "alice", credentials: [.md5(verifier), .clear(password)]))
        #expect(throws: Refusal.noCredential) { try both.proof(of: "alice", md5: response, salt: salt).get() }
        #expect(throws: Refusal.unknownUser) { try both.proof(of: "bob", md5: response, salt: salt).get() }
    }

    @Test func codesAreStable() {
        #expect(
            Set(Refusal.allCases.map(\.rawValue)) == [
                "unknown_user", "no_credential", "wrong_password", "wrong_certificate", "account_expired",
                "tls_required",
                "address_not_allowed", "database_not_allowed", "replication_not_allowed", "too_many_connections",
                "throttled", "login_timeout", "verifier_unavailable", "protocol_violation",
            ])
    }
}
