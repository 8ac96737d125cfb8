import Testing

@testable import Credentials

@Suite struct SCRAMClientTests {
    private func serverFirst(_ message: String) throws -> SCRAMError? {
        var client = try SCRAMClient(
            offered: ["SCRAM-SHA-256"], channelBinding: nil, user: [], nonce: Array("abc".utf8))
        _ = try client.clientFirst()
        do throws(SCRAMError) {
            _ = try client.serverFirst(Array(message.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("r=abcd,s=AAAA,i=1", nil), ("r=abcd,s=AAAA,i=1000000", nil), ("r=abcd,s=AAAA,i=1,x=y", nil),
        ("r=abc,s=AAAA,i=1", SCRAMError.nonceMismatch), ("r=abdd,s=AAAA,i=1", .nonceMismatch),
        ("r=abcd,s=AAA,i=1", .malformed(field: "s")), ("r=abcd,s=,i=1", .malformed(field: "s")),
        ("r=abcd,s=AAAA,i=0", .iterationCount(0)), ("r=abcd,s=AAAA,i=1000001", .iterationCount(1_000_001)),
        ("r=abcd,s=AAAA,i=99999999999999999999", .malformed(field: "i")),
        ("r=abcd,s=AAAA,i=-1", .malformed(field: "i")), ("r=abcd,s=AAAA,i=", .malformed(field: "i")),
        ("m=x,r=abcd,s=AAAA,i=1", .extensionRequired), ("", .malformed(field: "r")),
    ])
    func challenge(message: String, error: SCRAMError?) throws { #expect(try serverFirst(message) == error) }

    @Test func choice() throws {
        let both = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]
        var bound = try SCRAMClient(offered: both, channelBinding: [1], user: [], nonce: [0x41])
        #expect(bound.mechanism == .sha256Plus)
        #expect(try bound.clientFirst() == Array("p=tls-server-end-point,,n=,r=A".utf8))
        var unbound = try SCRAMClient(offered: both, channelBinding: nil, user: Array("a,=".utf8), nonce: [0x41])
        #expect(try unbound.clientFirst() == Array("n,,n=a=2C=3D,r=A".utf8))
        var able = try SCRAMClient(offered: ["SCRAM-SHA-256"], channelBinding: [1], user: [], nonce: [0x41])
        #expect(try able.clientFirst() == Array("y,,n=,r=A".utf8))
        var found: SCRAMError?
        do throws(SCRAMError) {
            _ = try SCRAMClient(offered: ["SCRAM-SHA-256-PLUS", "OAUTHBEARER"], channelBinding: nil)
        } catch { found = error }
        #expect(found == .unknownMechanism)
    }

    @Test(arguments: [
        ("e=invalid-proof", SCRAMError.serverRefused("invalid-proof")), ("v=AAAA", .serverSignature),
        ("v=A", .malformed(field: "v")), ("", .malformed(field: "v")),
    ])
    func serverFinal(message: String, error: SCRAMError) throws {
        var client = try SCRAMClient(
            offered: ["SCRAM-SHA-256"], channelBinding: nil, user: [], nonce: Array("abc".utf8))
        _ = try client.clientFirst()
        _ = try client.serverFirst(Array("r=abcd,s=AAAA,i=1".utf8))
        _ = try client.clientFinal(saltedPassword: Array(repeating: 1, count: 32))
        var found: SCRAMError?
        do throws(SCRAMError) { try client.serverFinal(Array(message.utf8)) } catch { found = error }
        #expect(found == error)
    }
}
