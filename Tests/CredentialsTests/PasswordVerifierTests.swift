import Testing

@testable import Credentials

@Suite struct PasswordVerifierTests {
    /// By Python's hashlib, of the password `App-Pw-1` and the user `app`.
    private let scram =
        "SCRAM-SHA-256$4096:AAECAwQFBgcICQoLDA0ODw==$"
        + "QKsCJPkv/nt+g9thhhCI0Y38uG5o8PFsMEF0GsL77LQ=:b9CNnXYpsWBjvt2RHqPfdLlhoooyGzsrqUwkLmKbQu4="
    private let md5 = "md5d04beccc9f4b8c8a84804c45ea858318"

    @Test func scramText() throws {
        let verifier = try SCRAMVerifier(scram)
        #expect(verifier.iterations == 4096)
        #expect(verifier.salt == Array(0..<16))
        #expect(verifier.text == scram)
        #expect(SCRAMVerifier.derive(password: ClearPassword("App-Pw-1"), salt: Array(0..<16)) == verifier)
        #expect(verifier.matches(ClearPassword("App-Pw-1")))
        #expect(!verifier.matches(ClearPassword("App-Pw-2")))
    }

    @Test func damagedScramText() {
        for text in [
            "SCRAM-SHA-256$", "SCRAM-SHA-256$0:AAAA$x:y", scram + "=", scram + ":", String(scram.dropLast()),
            scram.replacing("4096", with: "0"), scram.replacing("4096", with: "-1"),
            scram.replacing("4096", with: "2147483648"), scram.replacing(":", with: "$"),
        ] {
            #expect(throws: SCRAMError.self, "\(text)") { try PasswordVerifier(text) }
        }
    }

    @Test func kinds() throws {
        #expect(try PasswordVerifier(scram) == .scram(SCRAMVerifier(scram)))
        #expect(try PasswordVerifier(md5) == .md5(#require(MD5Verifier(md5))))
        #expect(try PasswordVerifier("secret") == .clear(ClearPassword("secret")))
        #expect(try PasswordVerifier("md5secret") == .clear(ClearPassword("md5secret")))
    }

    @Test func matching() throws {
        for text in [scram, md5, "App-Pw-1"] {
            let verifier = try PasswordVerifier(text)
            #expect(verifier.matches(ClearPassword("App-Pw-1"), user: Array("app".utf8)))
            #expect(!verifier.matches(ClearPassword("App-Pw-2"), user: Array("app".utf8)))
        }
    }

    @Test func md5Response() throws {
        let verifier = try #require(MD5Verifier(md5))
        #expect(MD5Verifier(password: ClearPassword("App-Pw-1"), user: Array("app".utf8)) == verifier)
        let response = Array("md5bf61f03a65f10269ead0b2cd041d9bd8".utf8)
        #expect(verifier.response(salt: [1, 2, 3, 4]) == response)
        #expect(verifier.verify(response: response, salt: [1, 2, 3, 4]))
        #expect(!verifier.verify(response: response, salt: [1, 2, 3, 5]))
        #expect(!verifier.verify(response: [], salt: [1, 2, 3, 4]))
    }

    @Test func secretsDontShow() throws {
        let keys = SCRAMKeys(saltedPassword: [1])
        let all: [Any] = [
            ClearPassword("hunter2"), try SCRAMVerifier(scram), try #require(MD5Verifier(md5)), keys,
            try PasswordVerifier("hunter2"), [ClearPassword("hunter2")],
        ]
        for value in all {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] {
                #expect(text.contains("redacted") && !text.contains("104") && !text.contains("hunter2"), "\(text)")
            }
        }
    }
}
