import Credentials
import Testing

@testable import Identity

@Suite struct VerifierCacheTests {
    private func snapshot(_ credentials: [PasswordVerifier]) -> IdentitySnapshot {
        IdentitySnapshotTests.snapshot(UserRecord(name: "alice", credentials: credentials))
    }

    @Test func computesOnceAndKeeps() async throws {
        let cache = VerifierCache()
        let users = snapshot([.clear(ClearPassword("secret"))])
        #expect(cache.verifiersAtHand(for: "alice", in: users) == nil)
        let made = await cache.verifiers(for: "alice", in: users)
        #expect(made.count == 1)
        #expect(made[0].matches(ClearPassword("secret")))
        #expect(cache.verifiersAtHand(for: "alice", in: users) == made)
        // The same password in a reloaded configuration needs no new work, another one does.
        #expect(cache.verifiersAtHand(for: "alice", in: snapshot([.clear(ClearPassword("secret"))])) == made)
        let changed = snapshot([.clear(ClearPassword("changed"))])
        #expect(cache.verifiersAtHand(for: "alice", in: changed) == nil)
        #expect(await cache.verifiers(for: "alice", in: changed)[0].matches(ClearPassword("changed")))
    }

    @Test func saltsAreTheSameOnEachNode() async {
        let users = snapshot([.clear(ClearPassword("secret"))])
        let here = await VerifierCache().verifiers(for: "alice", in: users)
        let there = await VerifierCache().verifiers(for: "alice", in: users)
        #expect(here == there)
    }

    @Test func severalSecretsShareOneSalt() async throws {
        let stored = SCRAMVerifier.derive(password: ClearPassword("old"), iterations: 4_096)
        let other = SCRAMVerifier.derive(password: ClearPassword("odd"), iterations: 5_000)
        let users = snapshot([.scram(stored), .clear(ClearPassword("new")), .scram(other)])
        let all = await VerifierCache().verifiers(for: "alice", in: users)
        #expect(all.count == 2)
        #expect(all.allSatisfy { $0.salt == stored.salt && $0.iterations == 4_096 })
        #expect(all[1].matches(ClearPassword("new")))
    }

    @Test func unknownUsersLookLikeOthers() {
        let cache = VerifierCache()
        let users = snapshot([])
        for name in ["bob", "alice"] {
            let mock = cache.verifiersAtHand(for: name, in: users)
            #expect(mock == [users.mockVerifier(for: name)])
            #expect(
                mock?.first?.salt == SCRAMVerifier.salt(user: Array(name.utf8), secret: IdentitySnapshotTests.secret))
        }
    }

    @Test func checksClearPasswords() async {
        let cache = VerifierCache()
        let verifier = SCRAMVerifier.derive(password: ClearPassword("secret"))
        let users = snapshot([.scram(verifier), .clear(ClearPassword("second"))])
        func check(_ password: String, _ user: String = "alice") async -> Refusal? {
            switch await cache.check(ClearPassword(password), of: user, in: users) {
            case .success(let proof):
                #expect(proof.user == user && proof.method == .password)
                return nil
            case .failure(let refusal): return refusal
            }
        }
        #expect(await check("secret") == nil)
        #expect(await check("second") == nil)
        #expect(await check("third") == .wrongPassword)
        #expect(await check("secret", "bob") == .unknownUser)
    }

    @Test func aFinishedExchangeIsAProof() async throws {
        let users = snapshot([.clear(ClearPassword("secret"))])
        var server = try SCRAMServer(
            verifiers: await VerifierCache().verifiers(for: "alice", in: users), channelBinding: nil)
        var client = try SCRAMClient(offered: server.mechanisms, channelBinding: nil)
        let first = try server.clientFirst(mechanism: client.mechanism.rawValue, try client.clientFirst())
        let challenge = try client.serverFirst(first)
        let keys = SCRAMKeys.derive(
            password: ClearPassword("secret"), salt: challenge.salt, iterations: challenge.iterations)
        let success = try server.clientFinal(try client.clientFinal(keys))
        try client.serverFinal(success.message)
        #expect(users.proof(of: "alice", by: success).method == .scram)
    }
}
