import Testing

@testable import Credentials

/// Our client against our server.
@Suite struct SCRAMExchangeTests {
    private static let salt: [UInt8] = Array(0..<16)
    private static let verifier = make("right")
    private static let endPoint: [UInt8] = Array(repeating: 7, count: 32)

    private static func make(_ password: String) -> SCRAMVerifier {
        SCRAMVerifier.derive(password: ClearPassword(password), salt: salt, iterations: 10)
    }

    /// Runs an exchange; `tamper` may change each message, in the order sent.
    private func run(
        verifiers: [SCRAMVerifier] = [verifier], password: String = "right", keys: SCRAMKeys? = nil,
        serverBinding: [UInt8]? = nil, clientBinding: [UInt8]? = nil, offered: [String]? = nil,
        tamper: (Int, [UInt8]) -> [UInt8] = { $1 }
    ) throws(SCRAMError) -> SCRAMServer.Success {
        var server = try SCRAMServer(verifiers: verifiers, channelBinding: serverBinding)
        var client = try SCRAMClient(offered: offered ?? server.mechanisms, channelBinding: clientBinding)
        let first = tamper(0, try client.clientFirst())
        let challenge = try client.serverFirst(
            tamper(1, try server.clientFirst(mechanism: client.mechanism.rawValue, first)))
        let derived = SCRAMKeys.derive(
            password: ClearPassword(password), salt: challenge.salt, iterations: challenge.iterations)
        let success = try server.clientFinal(tamper(2, try client.clientFinal(keys ?? derived)))
        try client.serverFinal(tamper(3, success.message))
        return success
    }

    @Test func rightPassword() throws { #expect(try run().verifier == 0) }

    @Test func withPlus() throws {
        #expect(try run(serverBinding: Self.endPoint, clientBinding: Self.endPoint).verifier == 0)
    }

    @Test func wrongPassword() { #expect(throws: SCRAMError.wrongProof) { try run(password: "wrong") } }

    @Test func recoveredKeysLogInElsewhere() throws {
        let keys = try run().keys
        #expect(try run(password: "not used", keys: keys).keys == keys)
    }

    @Test func oneOfSeveralVerifiers() throws {
        let several = [Self.make("a"), Self.make("b"), Self.verifier]
        #expect(try run(verifiers: several).verifier == 2)
        #expect(throws: SCRAMError.wrongProof) { try run(verifiers: several, password: "c") }
    }

    @Test func verifiersMustShareTheSalt() {
        let other = SCRAMVerifier.derive(password: ClearPassword("right"), salt: [1, 2], iterations: 10)
        #expect(throws: SCRAMError.verifiersDiffer) { try run(verifiers: [Self.verifier, other]) }
        #expect(throws: SCRAMError.verifiersDiffer) { try run(verifiers: []) }
    }

    @Test func unknownUserLooksTheSame() throws {
        let mock = SCRAMVerifier.mock(user: Array("bob".utf8), secret: [1, 2, 3], iterations: 10)
        let again = SCRAMVerifier.mock(user: Array("bob".utf8), secret: [1, 2, 3], iterations: 10)
        #expect(mock == again)
        #expect(mock.salt.count == 16)
        #expect(mock.salt != SCRAMVerifier.mock(user: Array("eve".utf8), secret: [1, 2, 3]).salt)
        #expect(throws: SCRAMError.wrongProof) { try run(verifiers: [mock]) }
    }

    @Test func bindingOfAnotherConnection() {
        #expect(throws: SCRAMError.channelBindingMismatch) {
            try run(serverBinding: Self.endPoint, clientBinding: Array(repeating: 8, count: 32))
        }
    }

    @Test func hiddenPlusIsFoundOut() {
        #expect(throws: SCRAMError.downgrade) {
            try run(serverBinding: Self.endPoint, clientBinding: Self.endPoint, offered: ["SCRAM-SHA-256"])
        }
    }

    @Test func clientWithoutBindingMayUsePlainMechanism() throws {
        #expect(try run(serverBinding: Self.endPoint).verifier == 0)
        // And one that could bind, at a server that can't.
        #expect(try run(clientBinding: Self.endPoint).verifier == 0)
    }

    /// Every bit of every message matters, or is refused by the grammar; no change leads to a success.
    @Test func anyChangedBitFails() throws {
        for message in 0..<4 {
            var length = 0
            _ = try run(serverBinding: Self.endPoint, clientBinding: Self.endPoint) { index, bytes in
                if index == message { length = bytes.count }
                return bytes
            }
            for bit in 0..<length * 8 {
                #expect(throws: SCRAMError.self, "message \(message) bit \(bit)") {
                    try run(serverBinding: Self.endPoint, clientBinding: Self.endPoint) { index, bytes in
                        var bytes = bytes
                        if index == message { bytes[bit / 8] ^= 1 << UInt8(bit % 8) }
                        return bytes
                    }
                }
            }
        }
    }

    @Test func anyTruncationFails() throws {
        for message in 0..<4 {
            for kept in 0..<20 {
                #expect(throws: SCRAMError.self) {
                    try run { index, bytes in index == message ? Array(bytes.prefix(kept)) : bytes }
                }
            }
        }
    }
}
