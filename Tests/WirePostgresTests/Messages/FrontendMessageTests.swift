import Bytes
import Testing

@testable import WirePostgres

@Suite
struct FrontendMessageTests {
    @Test func query() throws {
        let bytes = try payload { try QueryMessage.encode("select 'é'", onto: &$0) }
        #expect(text(try decode(QueryMessage.self, bytes).text, in: bytes) == "select 'é'")
        DripVerifier(QueryMessage.self).verify(bytes)
        #expect(throws: PostgresWireError.zeroByteInString) {
            try payload { try QueryMessage.encode("select 1\0; drop", onto: &$0) }
        }
        #expect(encoded { QueryMessage.encode("x" as StaticString, onto: &$0) } == [81, 0, 0, 0, 6, 120, 0])
    }

    @Test func parse() throws {
        let bytes = try payload {
            try ParseMessage.encode(statement: "s1", query: "select $1", parameterTypes: [23, 25], onto: &$0)
        }
        let message = try decode(ParseMessage.self, bytes)
        #expect(text(message.statement, in: bytes) == "s1")
        #expect(text(message.query, in: bytes) == "select $1")
        #expect(message.parameterTypeCount == 2)
        #expect(Array(bytes[message.parameterTypes]) == [0, 0, 0, 23, 0, 0, 0, 25])
        DripVerifier(ParseMessage.self).verify(bytes)

        let renamed = bytes.withUnsafeBytes { raw in
            payload { out in
                Array("other".utf8).withUnsafeBytes {
                    ParseMessage.encode(statement: $0, body: raw.slice(message.body), onto: &out)
                }
            }
        }
        let second = try decode(ParseMessage.self, renamed)
        #expect(text(second.statement, in: renamed) == "other")
        #expect(text(second.query, in: renamed) == "select $1")
        #expect(second.parameterTypeCount == 2)
    }

    @Test func bind() throws {
        let bytes = try payload {
            try BindMessage.encode(portal: "p", statement: "s", values: ["1", nil, ""], onto: &$0)
        }
        let message = try decode(BindMessage.self, bytes)
        #expect(text(message.portal, in: bytes) == "p")
        #expect(text(message.statement, in: bytes) == "s")
        let body = Array(bytes[message.body])
        let parameters = try decode(BindParameters.self, body)
        #expect(parameters.valueCount == 3)
        #expect(Array(body[parameters.values]) == [0, 0, 0, 1, 0x31, 255, 255, 255, 255, 0, 0, 0, 0])
        DripVerifier(BindMessage.self, isOpenEnded: true).verify(bytes)
        DripVerifier(BindParameters.self).verify(body)

        let name = Array("renamed".utf8)
        let renamed = bytes.withUnsafeBytes { raw in
            name.withUnsafeBytes { name in
                encoded {
                    BindMessage.encode(
                        portal: raw.slice(message.portal), statement: name, body: raw.slice(message.body), onto: &$0)
                }
            }
        }
        let streamed = bytes.withUnsafeBytes { raw in
            name.withUnsafeBytes { name in
                encoded {
                    BindMessage.encodeHead(
                        portal: raw.slice(message.portal), statement: name, bodyCount: body.count, onto: &$0)
                    $0.append(body)
                }
            }
        }
        #expect(renamed == streamed)
        let second = try decode(BindMessage.self, Array(renamed.dropFirst(5)))
        #expect(Array(renamed.dropFirst(5))[second.body] == body[...])
    }

    @Test func bindRefusesNegativeLengths() {
        for length in [-2, Int32.min] as [Int32] {
            let body = encoded {
                $0.append(bigEndian: 0 as UInt16)
                $0.append(bigEndian: 1 as UInt16)
                $0.append(bigEndian: length)
                $0.append(bigEndian: 0 as UInt16)
            }
            #expect(throws: PostgresWireError.malformed(type: 66, .invalid(at: 4))) {
                try decode(BindParameters.self, body)
            }
        }
    }

    @Test func describeAndClose() throws {
        for target in [DescribeTarget.statement, .portal] {
            let describe = payload { DescribeMessage.encode(target, name: "n", onto: &$0) }
            let described = try decode(DescribeMessage.self, describe)
            #expect(described.target == target)
            #expect(text(described.name, in: describe) == "n")
            DripVerifier(DescribeMessage.self).verify(describe)
            let close = payload { CloseMessage.encode(target, name: "n", onto: &$0) }
            #expect(try decode(CloseMessage.self, close).target == target)
            DripVerifier(CloseMessage.self).verify(close)
        }
        #expect(throws: PostgresWireError.malformed(type: 68, .invalid(at: 0))) {
            try decode(DescribeMessage.self, [0x51, 0])
        }
        #expect(encoded { CloseMessage.encode(.statement, name: "a\0b", onto: &$0) } == [67, 0, 0, 0, 7, 83, 97, 0])
    }

    @Test func execute() throws {
        let bytes = payload { ExecuteMessage.encode(portal: "p", maximumRows: 100, onto: &$0) }
        let message = try decode(ExecuteMessage.self, bytes)
        #expect(message.maximumRows == 100)
        #expect(text(message.portal, in: bytes) == "p")
        DripVerifier(ExecuteMessage.self).verify(bytes)
    }

    @Test func functionCall() throws {
        let bytes = payload { FunctionCallMessage.encode(function: 2284, arguments: ["x", nil], onto: &$0) }
        let message = try decode(FunctionCallMessage.self, bytes)
        #expect(message.function == 2284)
        #expect(message.argumentCount == 2)
        DripVerifier(FunctionCallMessage.self).verify(bytes)
    }

    @Test func copyFailAndPasswords() throws {
        let fail = payload { CopyFailMessage.encode(reason: "no", onto: &$0) }
        #expect(text(try decode(CopyFailMessage.self, fail).reason, in: fail) == "no")
        DripVerifier(CopyFailMessage.self).verify(fail)
        let password = try payload { try PasswordMessage.encode("se cret", onto: &$0) }
        #expect(text(try decode(PasswordMessage.self, password).password, in: password) == "se cret")
        DripVerifier(PasswordMessage.self).verify(password)
        #expect(throws: PostgresWireError.zeroByteInString) {
            try payload { try PasswordMessage.encode("a\0", onto: &$0) }
        }
    }

    @Test func sasl() throws {
        let first = payload {
            SASLInitialResponse.encode(mechanism: "SCRAM-SHA-256", response: Array("n,,n=,r=x".utf8), onto: &$0)
        }
        let message = try decode(SASLInitialResponse.self, first)
        #expect(text(message.mechanism, in: first) == "SCRAM-SHA-256")
        #expect(text(message.response, in: first) == "n,,n=,r=x")
        DripVerifier(SASLInitialResponse.self).verify(first)
        let bare = payload { SASLInitialResponse.encode(mechanism: "X", response: nil, onto: &$0) }
        #expect(try decode(SASLInitialResponse.self, bare).response == nil)
        let next = payload { SASLResponse.encode([1, 2, 0], onto: &$0) }
        #expect(try decode(SASLResponse.self, next).response == 0..<3)
    }

    @Test func emptyMessages() {
        #expect(encoded { FlushMessage.encode(onto: &$0) } == [72, 0, 0, 0, 4])
        #expect(encoded { SyncMessage.encode(onto: &$0) } == [83, 0, 0, 0, 4])
        #expect(encoded { TerminateMessage.encode(onto: &$0) } == [88, 0, 0, 0, 4])
        #expect(encoded { CopyDone.encode(onto: &$0) } == [99, 0, 0, 0, 4])
        #expect(encoded { CopyData.encode([1], onto: &$0) } == [100, 0, 0, 0, 5, 1])
    }
}
