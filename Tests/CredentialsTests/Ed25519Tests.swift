import Testing

@testable import Credentials

@Suite struct Ed25519Tests {
    private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex.utf8)) }

    /// RFC 8032 §7.1, tests 1 and 3.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ])
    func vectors(seed: String, key: String, message: String, signature: String) throws {
        let message = try bytes(message)
        #expect(Ed25519.publicKey(seed: try bytes(seed)) == (try bytes(key)))
        #expect(Ed25519.sign(message, seed: try bytes(seed)) == (try bytes(signature)))
        #expect(Ed25519.isValid(try bytes(signature), of: message, key: try bytes(key)))
    }

    @Test func anyChangedBitIsSeen() {
        let seed = [UInt8](0..<32)
        let (key, message) = (Ed25519.publicKey(seed: seed), Array("checkpoint".utf8))
        let signature = Ed25519.sign(message, seed: seed)
        for bit in 0..<signature.count * 8 {
            var changed = signature
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!Ed25519.isValid(changed, of: message, key: key))
        }
        #expect(!Ed25519.isValid(signature, of: message + [0], key: key))
        #expect(!Ed25519.isValid(signature, of: message, key: Ed25519.publicKey(seed: message + [UInt8](0..<22))))
        #expect(!Ed25519.isValid([], of: message, key: key))
        #expect(!Ed25519.isValid(signature, of: message, key: []))
    }

    @Test func erasedSecretsAreGone() {
        var secret: [UInt8] = [1, 2, 3]
        erase(&secret)
        #expect(secret.isEmpty)
    }
}
