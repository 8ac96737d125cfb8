import Testing

@testable import Credentials

/// The example of RFC 7677 §3, byte by byte, from both sides.
@Suite struct SCRAMVectorTests {
    private let clientNonce = Array("rOprNGfwEbeRWgbNEkqO".utf8)
    private let serverNonce = Array("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".utf8)
    private let clientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    private let serverFirst =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    private let clientFinal =
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    private let serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

    @Test func client() throws {
        var client = try SCRAMClient(
            offered: ["SCRAM-SHA-256"], channelBinding: nil, user: Array("user".utf8), nonce: clientNonce)
        #expect(client.mechanism == .sha256)
        #expect(try client.clientFirst() == Array(clientFirst.utf8))
        let challenge = try client.serverFirst(Array(serverFirst.utf8))
        #expect(challenge.iterations == 4096)
        let keys = SCRAMKeys.derive(
            password: ClearPassword("pencil"), salt: challenge.salt, iterations: challenge.iterations)
        #expect(try client.clientFinal(keys) == Array(clientFinal.utf8))
        try client.serverFinal(Array(serverFinal.utf8))
    }

    @Test func server() throws {
        let salt = try #require(Base64.decode(Array("W22ZaJ0SNY7soEsUEjb6gQ==".utf8)))
        let verifier = SCRAMVerifier.derive(password: ClearPassword("pencil"), salt: salt)
        var server = try SCRAMServer(verifiers: [verifier], channelBinding: nil, nonce: serverNonce)
        let challenge = try server.clientFirst(mechanism: "SCRAM-SHA-256", Array(clientFirst.utf8))
        #expect(challenge == Array(serverFirst.utf8))
        let success = try server.clientFinal(Array(clientFinal.utf8))
        #expect(success.message == Array(serverFinal.utf8))
        let keys = SCRAMKeys.derive(password: ClearPassword("pencil"), salt: salt, iterations: 4096)
        #expect(success.keys == keys)
    }
}
