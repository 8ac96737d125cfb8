import Testing

@testable import Credentials

@Suite struct SCRAMServerTests {
    private static let verifier = SCRAMVerifier.derive(
        password: ClearPassword("right"), salt: Array(0..<16), iterations: 10)

    private func first(_ message: String, mechanism: String = "SCRAM-SHA-256", plus: Bool = false) -> SCRAMError? {
        do throws(SCRAMError) {
            var server = try SCRAMServer(verifiers: [Self.verifier], channelBinding: plus ? [1, 2, 3] : nil)
            _ = try server.clientFirst(mechanism: mechanism, Array(message.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "n,,n=,r=abc", "n,,n=user,r=abc", "y,,n=,r=abc", "n,,n=*,r=abc,x=more", "n,,n=a=2Cb,r=abc", "n,,n=ü,r=abc",
    ])
    func goodFirst(message: String) { #expect(first(message) == nil) }

    @Test(arguments: [
        ("", SCRAMError.malformed(field: "-")), ("n", .malformed(field: "a")), ("n,", .malformed(field: "a")),
        ("n,,", .malformed(field: "n")), ("n,,n=u", .malformed(field: "r")), ("n,,n=u,r=", .malformed(field: "r")),
        ("n,,n=u,r=a b", .malformed(field: "r")), ("n,,n=u,r=ab\u{7f}", .malformed(field: "r")),
        ("n,,r=abc,n=u", .malformed(field: "n")), ("x,,n=u,r=abc", .malformed(field: "-")),
        ("nn,,n=u,r=abc", .malformed(field: "-")), ("n,a=root,n=u,r=abc", .authorizationIdentity),
        ("n,b=root,n=u,r=abc", .malformed(field: "a")), ("n,,m=x,n=u,r=abc", .extensionRequired),
        ("n,,n=u,r=abc,1=x", .malformed(field: "-")), ("n,,n=u,r=abc,xx", .malformed(field: "-")),
        ("p=tls-server-end-point,,n=,r=abc", .channelBindingUnexpected),
    ])
    func badFirst(message: String, error: SCRAMError) { #expect(first(message) == error) }

    @Test func mechanisms() {
        let bound = "p=tls-server-end-point,,n=,r=abc"
        #expect(first(bound, mechanism: "SCRAM-SHA-256-PLUS", plus: true) == nil)
        #expect(first(bound, mechanism: "SCRAM-SHA-256-PLUS") == .unknownMechanism)
        #expect(first(bound, mechanism: "SCRAM-SHA-256", plus: true) == .channelBindingUnexpected)
        #expect(first("n,,n=,r=abc", mechanism: "SCRAM-SHA-256-PLUS", plus: true) == .channelBindingMissing)
        #expect(first("y,,n=,r=abc", mechanism: "SCRAM-SHA-256-PLUS", plus: true) == .channelBindingMissing)
        #expect(first("y,,n=,r=abc", plus: true) == .downgrade)
        #expect(first("n,,n=,r=abc", plus: true) == nil)
        #expect(first("p=tls-unique,,n=,r=abc", mechanism: "SCRAM-SHA-256-PLUS", plus: true) == .channelBindingType)
        #expect(first("n,,n=,r=abc", mechanism: "SCRAM-SHA-1") == .unknownMechanism)
    }

    @Test func tooLong() {
        #expect(first("n,,n=,r=" + String(repeating: "a", count: 2_040)) == nil)
        #expect(first("n,,n=,r=" + String(repeating: "a", count: 2_041)) == .messageTooLong)
    }

    @Test(arguments: [
        ("c=biws", SCRAMError.nonceMismatch), ("c=eSws,r=abcxyz,p=AAAA", .channelBindingMismatch),
        ("c=biws,r=abcxyy,p=AAAA", .nonceMismatch), ("c=b,r=abcxyz,p=AAAA", .malformed(field: "c")),
        ("c=biws,r=abcxyz", .malformed(field: "p")), ("c=biws,r=abcxyz,p=AAAA", .malformed(field: "p")),
        ("c=biws,r=abcxyz,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", .wrongProof),
        ("c=biws,r=abcxyz,x=1,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", .wrongProof),
        ("c=biws,r=abcxyz,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,x=1", .malformed(field: "p")),
        ("c=biws,r=abcxyz,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,", .malformed(field: "p")),
    ])
    func badFinal(message: String, error: SCRAMError) throws {
        var server = try SCRAMServer(verifiers: [Self.verifier], channelBinding: nil, nonce: Array("xyz".utf8))
        _ = try server.clientFirst(mechanism: "SCRAM-SHA-256", Array("n,,n=,r=abc".utf8))
        var found: SCRAMError?
        do throws(SCRAMError) { _ = try server.clientFinal(Array(message.utf8)) } catch { found = error }
        // A nonce field that is missing altogether is malformed.
        #expect(found == (message == "c=biws" ? .malformed(field: "r") : error))
    }

    @Test func outOfOrder() throws {
        var server = try SCRAMServer(verifiers: [Self.verifier], channelBinding: nil)
        var found: SCRAMError?
        do throws(SCRAMError) { _ = try server.clientFinal(Array("c=biws".utf8)) } catch { found = error }
        #expect(found == .unexpectedMessage)
        do throws(SCRAMError) {
            _ = try server.clientFirst(mechanism: "SCRAM-SHA-256", Array("n,,n=,r=abc".utf8))
            found = nil
        } catch { found = error }
        #expect(found == .unexpectedMessage)
    }

    @Test func randomInputNeverSucceeds() throws {
        for round in 0..<2_000 {
            var server = try SCRAMServer(verifiers: [Self.verifier], channelBinding: nil)
            if round % 2 == 0 { _ = try server.clientFirst(mechanism: "SCRAM-SHA-256", Array("n,,n=,r=abc".utf8)) }
            let noise = SecureRandom.bytes(round % 97)
            var refused = false
            do throws(SCRAMError) {
                if round % 2 == 0 {
                    _ = try server.clientFinal(noise)
                } else {
                    _ = try server.clientFirst(mechanism: "SCRAM-SHA-256", noise)
                }
            } catch { refused = true }
            #expect(refused)
        }
    }
}
