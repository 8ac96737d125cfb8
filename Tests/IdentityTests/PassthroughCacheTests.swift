import Credentials
import Synchronization
import Testing

@testable import Identity

@Suite struct PassthroughCacheTests {
    private let account = PassthroughCache.Account(backend: "main", user: "alice")
    private let old = SCRAMVerifier.derive(password: ClearPassword("old"))
    private let new = SCRAMVerifier.derive(password: ClearPassword("new"))

    /// Answers with what is set, and counts how often it is asked.
    private final class Source: Sendable {
        let state: Mutex<(answer: Result<PasswordVerifier?, Refusal>, asked: Int)>

        init(_ answer: PasswordVerifier?) { state = Mutex((.success(answer), 0)) }

        var asked: Int { state.withLock { $0.asked } }

        func answer(_ answer: Result<PasswordVerifier?, Refusal>) { state.withLock { $0.answer = answer } }

        func fetch() async throws(Refusal) -> PasswordVerifier? {
            let answer = state.withLock { state in
                state.asked += 1
                return state.answer
            }
            return try answer.get()
        }
    }

    private func ask(
        _ cache: PassthroughCache, _ source: Source, at now: UInt64
    ) async -> Result<PasswordVerifier?, Refusal> {
        await cache.verifier(for: account, now: now) { () async throws(Refusal) in try await source.fetch() }
    }

    @Test func asksOncePerLifetime() async {
        let cache = PassthroughCache(lifetime: 100, negativeLifetime: 10)
        let source = Source(.scram(old))
        #expect(await ask(cache, source, at: 0) == .success(.scram(old)))
        #expect(await ask(cache, source, at: 99) == .success(.scram(old)))
        #expect(source.asked == 1)
        source.answer(.success(nil))
        #expect(await ask(cache, source, at: 100) == .success(nil))
        #expect(await ask(cache, source, at: 109) == .success(nil))
        #expect(source.asked == 2)
        source.answer(.success(.scram(new)))
        #expect(await ask(cache, source, at: 110) == .success(.scram(new)))
    }

    @Test func failuresAreNotRemembered() async {
        let cache = PassthroughCache()
        let source = Source(nil)
        source.answer(.failure(.verifierUnavailable))
        #expect(await ask(cache, source, at: 0) == .failure(.verifierUnavailable))
        source.answer(.success(.scram(old)))
        #expect(await ask(cache, source, at: 0) == .success(.scram(old)))
    }

    @Test func aWrongProofFetchesAgainButNotForEachGuess() async {
        let cache = PassthroughCache(lifetime: 1_000, refreshAfter: 50)
        let source = Source(.scram(old))
        _ = await ask(cache, source, at: 0)
        cache.loginFailed(account, now: 49)
        _ = await ask(cache, source, at: 49)
        #expect(source.asked == 1)
        cache.loginFailed(account, now: 50)
        source.answer(.success(.scram(new)))
        #expect(await ask(cache, source, at: 51) == .success(.scram(new)))
        #expect(source.asked == 2)
    }

    @Test func keysGoWithTheirVerifier() async {
        let cache = PassthroughCache(lifetime: 100)
        let source = Source(.scram(old))
        let keys = SCRAMKeys.derive(password: ClearPassword("old"), salt: old.salt, iterations: old.iterations)
        cache.remember(keys, of: account, provenBy: old)
        #expect(cache.keys(of: account) == nil)
        _ = await ask(cache, source, at: 0)
        cache.remember(keys, of: account, provenBy: new)
        #expect(cache.keys(of: account) == nil)
        cache.remember(keys, of: account, provenBy: old)
        #expect(cache.keys(of: account) == keys)
        _ = await ask(cache, source, at: 200)
        #expect(cache.keys(of: account) == keys)
        source.answer(.success(.scram(new)))
        _ = await ask(cache, source, at: 400)
        #expect(cache.keys(of: account) == nil)
    }

    @Test func aRefusalByTheBackendForgetsAll() async {
        let cache = PassthroughCache()
        let source = Source(.scram(old))
        _ = await ask(cache, source, at: 0)
        cache.backendRefused(account)
        _ = await ask(cache, source, at: 1)
        #expect(source.asked == 2)
    }

    @Test func remembersNoMoreThanItsCapacity() async {
        let cache = PassthroughCache(capacity: 2)
        let source = Source(nil)
        for number in 0..<10 {
            let account = PassthroughCache.Account(backend: "main", user: "u\(number)")
            _ = await cache.verifier(for: account, now: 0) { () async throws(Refusal) in try await source.fetch() }
        }
        #expect(cache.count <= 2)
    }
}
