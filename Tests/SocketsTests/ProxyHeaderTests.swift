import Core
import Testing

@testable import Sockets

@Suite struct ProxyHeaderTests {
    private func parse(_ text: String) throws -> ProxyHeader? { try ProxyHeader.parse(Array(text.utf8)) }

    private func v2(command: UInt8, family: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x20 | command, family]
            + [UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }

    @Test func versionOneNamesTheClient() throws {
        let line = "PROXY TCP4 203.0.113.9 10.0.0.1 51234 5432\r\n"
        let header = try #require(try parse(line + "rest"))
        #expect(header.source == .ip(IPAddress(v4: 0xcb00_7109), port: 51234))
        #expect(header.length == line.utf8.count)
    }

    @Test func versionOneOfIPv6AndUnknown() throws {
        let six = try #require(try parse("PROXY TCP6 2001:db8::1 ::1 1 2\r\n"))
        #expect(six.source?.ipAddress?.description == "2001:db8::1")
        let unknown = try #require(try parse("PROXY UNKNOWN whatever follows\r\n"))
        #expect(unknown.source == nil)
    }

    @Test func versionTwo() throws {
        let body: [UInt8] = [203, 0, 113, 9, 10, 0, 0, 1, 0xc8, 0x22, 0x15, 0x38, 1, 2, 3]
        let header = try #require(try ProxyHeader.parse(v2(command: 1, family: 0x11, body) + [9, 9]))
        #expect(header.source == .ip(IPAddress(v4: 0xcb00_7109), port: 0xc822))
        #expect(header.length == 16 + body.count)
        let local = try #require(try ProxyHeader.parse(v2(command: 0, family: 0, [])))
        #expect(local.source == nil)
    }

    @Test func everyPrefixOfAHeaderAsksForMore() throws {
        let whole = v2(command: 1, family: 0x11, [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2])
        for count in 0..<whole.count { #expect(try ProxyHeader.parse(Array(whole[..<count])) == nil) }
        let line = Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n".utf8)
        for count in 0..<line.count { #expect(try ProxyHeader.parse(Array(line[..<count])) == nil) }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1 99999\r\n", "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", "PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n",
        "PROXY " + String(repeating: "x", count: 120),
    ])
    func whatBreaksTheGrammarIsRefused(_ text: String) {
        #expect(throws: ProxyHeader.ParseError.malformed) { try parse(text) }
    }

    @Test func aVersionTwoHeaderBeyondTheLimitIsRefused() {
        var header = v2(command: 1, family: 0x11, [])
        header[14] = 0xff
        #expect(throws: ProxyHeader.ParseError.malformed) { try ProxyHeader.parse(header) }
    }
}
