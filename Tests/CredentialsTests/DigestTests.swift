import Testing

@testable import Credentials

@Suite struct DigestTests {
    private func hex(_ bytes: [UInt8]?) -> String { bytes.map { Hex.encode($0) } ?? "none" }

    /// RFC 1321 §A.5, FIPS 180-2 appendix A and B.
    @Test func hashesOfABC() {
        let abc = Array("abc".utf8)
        #expect(hex(Digest.md5(abc)) == "900150983cd24fb0d6963f7d28e17f72")
        #expect(hex(Digest.sha1(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(hex(Digest.sha256(abc)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hex(Digest.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func hashesInPieces() {
        let hash = SHA256()
        func finish() -> String {
            let digest = [UInt8](unsafeUninitializedCapacity: 32) { out, filled in
                if let base = out.baseAddress { hash.finish(into: base) }
                filled = 32
            }
            return hex(digest)
        }
        for piece in ["a", "", "bc"] { Array(piece.utf8).withUnsafeBytes { hash.update($0) } }
        #expect(finish() == hex(Digest.sha256(Array("abc".utf8))))
        #expect(finish() == hex(Digest.sha256([])), "begins anew")
    }

    /// RFC 4231 cases 1, 2 and 6, and an empty key.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func hmac(key: [UInt8], message: String, expected: String) {
        #expect(hex(HMAC.sha256(key: key, Array(message.utf8))) == expected)
    }

    /// RFC 7914 §11.
    @Test func pbkdf2() {
        let derived = PBKDF2.sha256(password: Array("passwd".utf8), salt: Array("salt".utf8), iterations: 1)
        #expect(hex(derived) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
        #expect(PBKDF2.sha256(password: [], salt: [1], iterations: 0).count == 32)
    }

    @Test func constantTime() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2], [1, 2]))
        #expect(!constantTimeEquals([1, 2], [1, 3]))
        #expect(!constantTimeEquals([1], [1, 2]))
    }

    @Test func randomBytes() {
        #expect(SecureRandom.bytes(0) == [])
        #expect(SecureRandom.bytes(32).count == 32)
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }
}
