import Bytes
import Testing

@testable import WirePostgres

@Suite
struct StartupPacketTests {
    private func decode(_ bytes: [UInt8]) throws(PostgresWireError) -> StartupPacket {
        try withRaw(bytes) { raw throws(PostgresWireError) in try StartupPacket(packet: raw) }
    }

    private let startup = StartupMessage(
        version: .v32,
        parameters: [
            .init("user", "alice"), .init("database", "shop"), .init("_pq_.x", "1"), .init("DateStyle", "ISO"),
            .init("replication", "database"),
        ])

    @Test func startupSurvives() throws {
        let bytes = try encoded { try startup.encode(onto: &$0) }
        #expect(try decode(bytes) == .startup(startup))
        #expect(startup.user == "alice")
        #expect(startup.database == "shop")
        #expect(startup.protocolOptions == [.init("_pq_.x", "1")])
        #expect(startup.settings == [.init("DateStyle", "ISO")])
        #expect(startup.version.major == 3 && startup.version.minor == 2)
    }

    @Test func theLastOfDoublesWinsAndUserNamesTheDatabase() throws {
        let message = StartupMessage(parameters: [.init("user", "a"), .init("user", "b"), .init("database", "")])
        let bytes = try encoded { try message.encode(onto: &$0) }
        guard case .startup(let decoded) = try decode(bytes) else { throw PostgresWireError.missingUser }
        #expect(decoded.user == "b")
        #expect(decoded.database == "b")
        #expect(decoded.parameters.count == 3)
    }

    @Test func aUserIsNeeded() throws {
        for parameters in [[], [StartupMessage.Parameter("user", "")], [.init("database", "x")]] {
            let bytes = try encoded { try StartupMessage(parameters: parameters).encode(onto: &$0) }
            #expect(throws: PostgresWireError.missingUser) { try decode(bytes) }
        }
    }

    @Test func namesThatAreNotUTF8AreRefused() throws {
        var bytes = try encoded { try StartupMessage(parameters: [.init("user", "aa")]).encode(onto: &$0) }
        bytes[bytes.count - 3] = 0xFF
        #expect(throws: PostgresWireError.self) { try decode(bytes) }
    }

    @Test func zeroBytesAreRefused() {
        #expect(throws: PostgresWireError.zeroByteInString) {
            try encoded { try StartupMessage(parameters: [.init("user", "a\0b")]).encode(onto: &$0) }
        }
    }

    @Test func requestsSurvive() throws {
        #expect(try decode(encoded { EncryptionRequest.ssl.encode(onto: &$0) }) == .sslRequest)
        #expect(try decode(encoded { EncryptionRequest.gss.encode(onto: &$0) }) == .gssEncryptionRequest)
        for size in [4, 5, 32, 256] {
            let request = CancelRequest(processID: -7, key: Array(repeating: 0xA5, count: size))
            #expect(try decode(encoded { request.encode(onto: &$0) }) == .cancel(request))
        }
        for size in [0, 3, 257] {
            let request = CancelRequest(processID: 1, key: Array(repeating: 1, count: size))
            #expect(throws: PostgresWireError.self) { try decode(encoded { request.encode(onto: &$0) }) }
        }
    }

    @Test func lengthsAreLimited() throws {
        func peek(_ length: UInt32) throws(PostgresWireError) -> Int? {
            let bytes = encoded { $0.append(bigEndian: length) }
            return try withRaw(bytes) { raw throws(PostgresWireError) in try StartupPacket.peek(raw) }
        }
        #expect(try peek(8) == 8)
        #expect(try peek(10_000) == 10_000)
        for length in [0, 7] as [UInt32] {
            #expect(throws: PostgresWireError.lengthTooSmall(type: 0, length: Int(length))) { try peek(length) }
        }
        for length in [10_001, 0xFFFF_FFFF] as [UInt32] {
            #expect(throws: PostgresWireError.lengthTooLarge(type: 0, length: Int(length), limit: 10_000)) {
                try peek(length)
            }
        }
        #expect(try withRaw([0, 0, 0]) { raw in try StartupPacket.peek(raw) } == nil)
    }

    @Test func otherProtocolsAreRefused() {
        for code in [0, 0x0002_0000, 0x0004_0000, 1234 << 16 | 5677, 0xFFFF_FFFF] as [UInt32] {
            let bytes = encoded {
                $0.append(bigEndian: 9 as UInt32)
                $0.append(bigEndian: code)
                $0.append(0 as UInt8)
            }
            #expect(throws: PostgresWireError.unsupportedProtocol(code: code)) { try decode(bytes) }
        }
    }

    @Test func drips() throws {
        let verifier = DripVerifier { raw throws(PostgresWireError) in _ = try StartupPacket(packet: raw) }
        verifier.verify(try encoded { try startup.encode(onto: &$0) })
        verifier.verify(encoded { EncryptionRequest.ssl.encode(onto: &$0) })
        verifier.verify(encoded { CancelRequest(processID: 1, key: [1, 2, 3, 4]).encode(onto: &$0) })
        let body = DripVerifier { raw throws(PostgresWireError) in
            _ = try StartupMessage(version: .v30, payload: raw)
        }
        body.verify(Array(try encoded { try startup.encode(onto: &$0) }.dropFirst(8)))
    }
}
