import Bytes
import Testing

@testable import WirePostgres

@Suite
struct ServerAuthMachineTests {
    private func receive(
        _ machine: inout ServerAuthMachine, _ body: (inout ByteBuffer) -> Void
    ) throws(PostgresWireError) -> ServerAuthMachine.Action {
        let message = encoded(body)
        return try withRaw(Array(message.dropFirst(5))) { raw throws(PostgresWireError) in
            try machine.messageReceived(BackendMessageType(rawValue: message[0])!, payload: raw)
        }
    }

    private func started(version: ProtocolVersion = .v30) -> ServerAuthMachine {
        var machine = ServerAuthMachine()
        machine.startupSent(version: version)
        return machine
    }

    @Test func encryption() throws {
        let answers: [(Character, ServerAuthMachine.EncryptionAction)] = [
            ("S", .startTLS), ("N", .plaintext), ("E", .serverError),
        ]
        for (letter, action) in answers {
            var machine = ServerAuthMachine()
            machine.encryptionRequested()
            #expect(try machine.encryptionAnswered(letter.asciiValue!, unprocessed: 0) == action)
        }
        for letter in ["G", "R", "\0"] as [Character] {
            var machine = ServerAuthMachine()
            machine.encryptionRequested()
            #expect(throws: PostgresWireError.invalidEncryptionResponse(letter.asciiValue!)) {
                try machine.encryptionAnswered(letter.asciiValue!, unprocessed: 0)
            }
        }
        var machine = ServerAuthMachine()
        machine.encryptionRequested()
        #expect(throws: PostgresWireError.earlyPlaintext) {
            try machine.encryptionAnswered(UInt8(ascii: "S"), unprocessed: 3)
        }
    }

    @Test func trustThenReady() throws {
        var machine = started()
        #expect(try receive(&machine) { AuthenticationRequest.encodeOK(onto: &$0) } == .authenticated)
        guard case .parameter = try receive(&machine, { ParameterStatus.encode(name: "a", value: "b", onto: &$0) })
        else { throw PostgresWireError.invalidNegotiation }
        let key = BackendKeyData(processID: 4, key: [1, 2, 3, 4])
        #expect(try receive(&machine) { key.encode(onto: &$0) } == .key(key))
        #expect(try receive(&machine) { ReadyForQuery.encode(.idle, onto: &$0) } == .ready(.idle))
        let isReady = machine.isReady
        #expect(isReady)
        #expect(throws: PostgresWireError.self) {
            try receive(&machine) { ReadyForQuery.encode(.idle, onto: &$0) }
        }
    }

    @Test func passwords() throws {
        var clear = started()
        #expect(
            try receive(&clear) { AuthenticationRequest.encodeCleartextPassword(onto: &$0) } == .sendCleartextPassword)
        #expect(throws: PostgresWireError.incompleteAuthentication) {
            try receive(&clear) { AuthenticationRequest.encodeOK(onto: &$0) }
        }
        var md5 = started()
        #expect(
            try receive(&md5) { AuthenticationRequest.encodeMD5Password(salt: 5, onto: &$0) }
                == .sendMD5Password(salt: 5))
        md5.passwordSent()
        #expect(try receive(&md5) { AuthenticationRequest.encodeOK(onto: &$0) } == .authenticated)
    }

    @Test func sasl() throws {
        var machine = started()
        #expect(
            try receive(&machine) { AuthenticationRequest.encodeSASL(mechanisms: ["X"], onto: &$0) }
                == .startSASL(mechanisms: ["X"]))
        machine.saslSent()
        #expect(
            try receive(&machine) { AuthenticationRequest.encodeSASLContinue([1, 2], onto: &$0) }
                == .continueSASL(4..<6))
        machine.saslSent()
        #expect(
            try receive(&machine) { AuthenticationRequest.encodeSASLFinal([1], onto: &$0) } == .finishSASL(4..<5))
        #expect(try receive(&machine) { AuthenticationRequest.encodeOK(onto: &$0) } == .authenticated)
    }

    /// An impostor that does not know the verifier would skip its own proof.
    @Test func theServerMustProveItself() throws {
        for rounds in 0...1 {
            var machine = started()
            _ = try receive(&machine) { AuthenticationRequest.encodeSASL(mechanisms: ["X"], onto: &$0) }
            machine.saslSent()
            if rounds == 1 {
                _ = try receive(&machine) { AuthenticationRequest.encodeSASLContinue([1], onto: &$0) }
                machine.saslSent()
            }
            #expect(throws: PostgresWireError.incompleteAuthentication) {
                try receive(&machine) { AuthenticationRequest.encodeOK(onto: &$0) }
            }
        }
    }

    @Test func otherMethodsAreUnsupported() {
        for code in [2, 6, 7, 9, 42] as [Int32] {
            var machine = started()
            #expect(throws: PostgresWireError.unsupportedAuthentication(code: code)) {
                try receive(&machine) { AuthenticationRequest.encode(code: code, onto: &$0) }
            }
        }
    }

    @Test func negotiation() throws {
        let older = NegotiateProtocolVersion(version: .v30, unrecognisedOptions: [])
        var machine = started(version: .v32)
        #expect(try receive(&machine) { older.encode(onto: &$0) } == .negotiated(older))
        #expect(throws: PostgresWireError.self) { try receive(&machine) { older.encode(onto: &$0) } }
        var second = started(version: .v30)
        #expect(throws: PostgresWireError.invalidNegotiation) {
            try receive(&second) { NegotiateProtocolVersion(version: .v32, unrecognisedOptions: []).encode(onto: &$0) }
        }
    }

    @Test func errorsAndNotices() throws {
        var machine = started()
        guard case .notice = try receive(&machine, { PostgresNotice(.notice, .warning, "x").encode(onto: &$0) }),
            case .failed = try receive(&machine, { PostgresNotice(.fatal, .invalidPassword, "x").encode(onto: &$0) })
        else {
            Issue.record("not as sent")
            return
        }
        #expect(throws: PostgresWireError.self) {
            try receive(&machine) { AuthenticationRequest.encodeOK(onto: &$0) }
        }
    }

    @Test func nothingElseComesBeforeAuthentication() {
        let fits: Set<BackendMessageType> = [
            .authentication, .errorResponse, .noticeResponse, .negotiateProtocolVersion,
        ]
        for type in BackendMessageType.allCases where !fits.contains(type) {
            var machine = started()
            #expect(throws: PostgresWireError.unexpectedMessage(type: type.rawValue)) {
                try withRaw([]) { raw throws(PostgresWireError) in
                    _ = try machine.messageReceived(type, payload: raw)
                }
            }
        }
    }
}
