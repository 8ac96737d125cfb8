import Bytes
import Testing

@testable import WirePostgres

@Suite
struct BackendMessageTests {
    @Test func authentication() throws {
        func roundTrip(_ body: (inout ByteBuffer) -> Void) throws -> AuthenticationRequest {
            let bytes = payload(body)
            DripVerifier(AuthenticationRequest.self, isOpenEnded: true).verify(bytes)
            return try decode(AuthenticationRequest.self, bytes)
        }
        #expect(try roundTrip { AuthenticationRequest.encodeOK(onto: &$0) } == .ok)
        #expect(try roundTrip { AuthenticationRequest.encodeCleartextPassword(onto: &$0) } == .cleartextPassword)
        let md5 = try roundTrip { AuthenticationRequest.encodeMD5Password(salt: 0x0102_0304, onto: &$0) }
        #expect(md5 == .md5Password(salt: 0x0102_0304))
        let mechanisms = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]
        #expect(
            try roundTrip { AuthenticationRequest.encodeSASL(mechanisms: mechanisms, onto: &$0) }
                == .sasl(mechanisms: mechanisms))
        #expect(
            try roundTrip { AuthenticationRequest.encodeSASLContinue([7, 8], onto: &$0) } == .saslContinue(data: 4..<6))
        #expect(try roundTrip { AuthenticationRequest.encodeSASLFinal([7], onto: &$0) } == .saslFinal(data: 4..<5))
        #expect(try roundTrip { AuthenticationRequest.encode(code: 7, onto: &$0) } == .gss)
        let gss = try roundTrip { AuthenticationRequest.encode(code: 8, data: [1], onto: &$0) }
        #expect(gss == .gssContinue(data: 4..<5))
        #expect(try roundTrip { AuthenticationRequest.encode(code: 9, onto: &$0) } == .sspi)
        for code in [2, 6, 99, -1] as [Int32] {
            #expect(try roundTrip { AuthenticationRequest.encode(code: code, onto: &$0) } == .unsupported(code: code))
        }
        #expect(throws: PostgresWireError.malformed(type: 82, .trailing(count: 1))) {
            try decode(AuthenticationRequest.self, [0, 0, 0, 0, 9])
        }
    }

    @Test func mechanismsAreLimited() {
        let many = payload {
            AuthenticationRequest.encodeSASL(mechanisms: Array(repeating: "x", count: 33), onto: &$0)
        }
        #expect(throws: PostgresWireError.self) { try decode(AuthenticationRequest.self, many) }
    }

    @Test func parameterStatus() throws {
        let bytes = payload { ParameterStatus.encode(name: "TimeZone", value: "UTC\0x", onto: &$0) }
        let message = try decode(ParameterStatus.self, bytes)
        #expect(text(message.name, in: bytes) == "TimeZone")
        #expect(text(message.value, in: bytes) == "UTC")
        DripVerifier(ParameterStatus.self).verify(bytes)
    }

    @Test func backendKeyData() throws {
        for size in [4, 32, 256] {
            let key = BackendKeyData(processID: 77, key: (0..<size).map { UInt8($0 & 255) })
            #expect(try decode(BackendKeyData.self, payload { key.encode(onto: &$0) }) == key)
            #expect(key.cancelRequest == CancelRequest(processID: 77, key: key.key))
        }
        for size in [0, 3, 257] {
            let key = BackendKeyData(processID: 77, key: Array(repeating: 1, count: size))
            #expect(throws: PostgresWireError.self) {
                try decode(BackendKeyData.self, payload { key.encode(onto: &$0) })
            }
        }
        let four = payload { BackendKeyData(processID: 1, key: [1, 2, 3, 4]).encode(onto: &$0) }
        DripVerifier(BackendKeyData.self, isOpenEnded: true).verify(four)
    }

    @Test func readyForQuery() throws {
        for status in [TransactionStatus.idle, .inTransaction, .failed] {
            let bytes = payload { ReadyForQuery.encode(status, onto: &$0) }
            #expect(try decode(ReadyForQuery.self, bytes).status == status)
            DripVerifier(ReadyForQuery.self).verify(bytes)
        }
        #expect(throws: PostgresWireError.malformed(type: 90, .invalid(at: 0))) {
            try decode(ReadyForQuery.self, [UInt8(ascii: "X")])
        }
    }

    @Test func rowDescription() throws {
        let bytes = payload {
            RowDescription.encode([.text("database"), .int8("total"), .bool("")], onto: &$0)
        }
        let message = try decode(RowDescription.self, bytes)
        #expect(message.columns.map { text($0.name, in: bytes) } == ["database", "total", ""])
        #expect(message.columns.map(\.type) == [25, 20, 16])
        #expect(message.columns.map(\.typeSize) == [-1, 8, 1])
        DripVerifier(RowDescription.self).verify(bytes)
        #expect(throws: PostgresWireError.self) { try decode(RowDescription.self, [0xFF, 0xFF, 0]) }
    }

    @Test func dataRow() throws {
        let bytes = payload { DataRow.encode(["a", nil, "", "b\0c"], onto: &$0) }
        let message = try decode(DataRow.self, bytes)
        #expect(message.columnCount == 4)
        #expect(message.fields == 2..<bytes.count)
        var fields: [String?] = []
        try withRaw(bytes) { raw throws(PostgresWireError) in
            try DataRow.forEachField(in: raw) { fields.append(text($0, in: bytes)) }
        }
        #expect(fields == ["a", nil, "", "b\0c"])
        let verifier = DripVerifier { raw throws(PostgresWireError) in try DataRow.forEachField(in: raw) { _ in } }
        verifier.verify(bytes)
    }

    @Test func commandComplete() throws {
        let bytes = payload { CommandComplete.encode("SELECT", rows: 12, onto: &$0) }
        let message = try decode(CommandComplete.self, bytes)
        #expect(text(message.tag, in: bytes) == "SELECT 12")
        DripVerifier(CommandComplete.self).verify(bytes)
        let tags: [(String, UInt64?)] = [
            ("SELECT 12", 12), ("INSERT 0 5", 5), ("COPY 0", 0), ("BEGIN", nil), ("CREATE TABLE", nil), ("", nil),
            ("7", nil), ("A B7", nil), ("UPDATE 18446744073709551615", .max), ("UPDATE 18446744073709551616", nil),
        ]
        for (tag, rows) in tags {
            #expect(Array(tag.utf8).withUnsafeBytes { CommandComplete.rows(tag: $0) } == rows, "\(tag)")
        }
    }

    @Test func notification() throws {
        let bytes = payload { NotificationResponse.encode(processID: 9, channel: "c", payload: "p", onto: &$0) }
        let message = try decode(NotificationResponse.self, bytes)
        #expect(message.processID == 9)
        #expect(text(message.channel, in: bytes) == "c")
        #expect(text(message.payload, in: bytes) == "p")
        DripVerifier(NotificationResponse.self).verify(bytes)
    }

    @Test func negotiateProtocolVersion() throws {
        let message = NegotiateProtocolVersion(version: .v30, unrecognisedOptions: ["_pq_.a", "_pq_.b"])
        let bytes = payload { message.encode(onto: &$0) }
        #expect(try decode(NegotiateProtocolVersion.self, bytes) == message)
        DripVerifier(NegotiateProtocolVersion.self).verify(bytes)
        #expect(throws: PostgresWireError.self) {
            try decode(NegotiateProtocolVersion.self, [0, 3, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF])
        }
        #expect(throws: PostgresWireError.self) {
            try decode(NegotiateProtocolVersion.self, [0, 3, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])
        }
    }

    @Test func descriptionsAndCopies() throws {
        let types = payload { ParameterDescription.encode([23, 25, 0], onto: &$0) }
        #expect(try decode(ParameterDescription.self, types).types == 2..<14)
        DripVerifier(ParameterDescription.self).verify(types)
        for direction in [CopyResponse.Direction.copyIn, .out, .both] {
            let copy = payload { CopyResponse.encode(direction, isBinary: true, columnCount: 3, onto: &$0) }
            let message = try withRaw(copy) { raw in try CopyResponse(direction, payload: raw) }
            #expect(message.isBinary)
            #expect(message.formats == 3..<9)
            let verifier = DripVerifier { raw throws(PostgresWireError) in
                _ = try CopyResponse(direction, payload: raw)
            }
            verifier.verify(copy)
        }
        let result = payload { FunctionCallResponse.encode("xy", onto: &$0) }
        #expect(try decode(FunctionCallResponse.self, result).value == 4..<6)
        DripVerifier(FunctionCallResponse.self).verify(result)
        let null = payload { FunctionCallResponse.encode(nil, onto: &$0) }
        #expect(try decode(FunctionCallResponse.self, null).value == nil)
    }

    @Test func emptyMessages() {
        let all: [(EmptyBackendMessage, Character)] = [
            (.parseComplete, "1"), (.bindComplete, "2"), (.closeComplete, "3"), (.noData, "n"),
            (.emptyQueryResponse, "I"), (.portalSuspended, "s"),
        ]
        for (message, letter) in all {
            #expect(encoded { message.encode(onto: &$0) } == [letter.asciiValue!, 0, 0, 0, 4])
        }
    }
}
