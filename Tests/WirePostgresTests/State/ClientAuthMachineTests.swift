import Bytes
import Testing

@testable import WirePostgres

@Suite
struct ClientAuthMachineTests {
    private let ssl = encoded { EncryptionRequest.ssl.encode(onto: &$0) }
    private let gss = encoded { EncryptionRequest.gss.encode(onto: &$0) }
    private let startup: [UInt8]

    init() throws {
        startup = try encoded { try StartupMessage(parameters: [.init("user", "alice")]).encode(onto: &$0) }
    }

    private func receive(
        _ machine: inout ClientAuthMachine, _ packet: [UInt8], unprocessed: Int = 0
    ) throws(PostgresWireError) -> ClientAuthMachine.StartupAction {
        try withRaw(packet) { raw throws(PostgresWireError) in
            try machine.packetReceived(raw, unprocessed: unprocessed)
        }
    }

    private func prove(
        _ machine: inout ClientAuthMachine, _ payload: [UInt8], type: FrontendMessageType = .password
    ) throws(PostgresWireError) -> ClientAuthMachine.Proof {
        try withRaw(payload) { raw throws(PostgresWireError) in try machine.messageReceived(type, payload: raw) }
    }

    @Test func encryptionThenStartup() throws {
        var machine = ClientAuthMachine()
        #expect(try receive(&machine, gss) == .answerGSS)
        machine.encryptionAnswered(isEncrypted: false)
        #expect(try receive(&machine, ssl) == .answerSSL)
        machine.encryptionAnswered(isEncrypted: true)
        guard case .authenticate(let message) = try receive(&machine, startup) else {
            Issue.record("not a startup")
            return
        }
        #expect(message.user == "alice")
        machine.accepted()
        let isAccepted = machine.isAccepted
        #expect(isAccepted)
    }

    @Test func encryptionIsAskedForOnce() throws {
        var machine = ClientAuthMachine()
        _ = try receive(&machine, ssl)
        machine.encryptionAnswered(isEncrypted: false)
        #expect(throws: PostgresWireError.repeatedEncryptionRequest) { try receive(&machine, ssl) }
        var encrypted = ClientAuthMachine(isEncrypted: true)
        #expect(throws: PostgresWireError.repeatedEncryptionRequest) { try receive(&encrypted, ssl) }
        #expect(throws: PostgresWireError.repeatedEncryptionRequest) { try receive(&encrypted, gss) }
    }

    @Test func plaintextBehindARequestIsAnAttack() {
        var machine = ClientAuthMachine()
        #expect(throws: PostgresWireError.earlyPlaintext) { try receive(&machine, ssl, unprocessed: 1) }
    }

    @Test func cancelEnds() throws {
        var machine = ClientAuthMachine()
        let request = CancelRequest(processID: 1, key: [1, 2, 3, 4])
        #expect(try receive(&machine, encoded { request.encode(onto: &$0) }) == .cancel(request))
        #expect(throws: PostgresWireError.unexpectedMessage(type: 0)) { try receive(&machine, startup) }
    }

    @Test func password() throws {
        var machine = ClientAuthMachine()
        _ = try receive(&machine, startup)
        machine.passwordRequested()
        let bytes = try payload { try PasswordMessage.encode("pw", onto: &$0) }
        #expect(try prove(&machine, bytes) == .password(0..<2))
        #expect(throws: PostgresWireError.unexpectedMessage(type: 112)) { try prove(&machine, bytes) }
        machine.accepted()
    }

    @Test func sasl() throws {
        var machine = ClientAuthMachine()
        _ = try receive(&machine, startup)
        machine.saslRequested(mechanisms: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])
        let first = payload { SASLInitialResponse.encode(mechanism: "SCRAM-SHA-256", response: [1, 2], onto: &$0) }
        #expect(try prove(&machine, first) == .saslInitial(mechanism: "SCRAM-SHA-256", response: 18..<20))
        machine.saslContinued()
        #expect(try prove(&machine, [5, 6, 7]) == .saslResponse(0..<3))
        machine.accepted()
    }

    @Test func onlyOfferedMechanisms() throws {
        for name in ["SCRAM-SHA-1", "", "SCRAM-SHA-256-PLUS", "scram-sha-256"] {
            var machine = ClientAuthMachine()
            _ = try receive(&machine, startup)
            machine.saslRequested(mechanisms: ["SCRAM-SHA-256"])
            let first = payload { SASLInitialResponse.encode(mechanism: name, response: nil, onto: &$0) }
            #expect(throws: PostgresWireError.self) { try prove(&machine, first) }
        }
    }

    @Test func onlyProofsAreTakenBeforeAcceptance() throws {
        for type in FrontendMessageType.allCases where type != .password {
            var machine = ClientAuthMachine()
            _ = try receive(&machine, startup)
            machine.passwordRequested()
            #expect(throws: PostgresWireError.unexpectedMessage(type: type.rawValue)) {
                try prove(&machine, [0], type: type)
            }
        }
    }
}
