import Testing

@testable import Configuration

@Suite struct AnchorTests {
    private func anchor(_ text: String) throws -> Configuration.Audit.Anchor? {
        try parse(minimalText + "\naudit: { file: /tmp/a.jsonl, anchor: '\(text)' }\n").configuration.audit.anchor
    }

    @Test(
        arguments: [
            ("https://anchor.example", true, "anchor.example", 443, "/"),
            ("http://anchor.example/a/b", false, "anchor.example", 80, "/a/b"),
            ("https://10.0.0.1:8443?node=1", true, "10.0.0.1", 8443, "/?node=1"),
            ("https://[::1]:8443/x", true, "::1", 8443, "/x"),
            ("https://[::1]/x", true, "::1", 443, "/x"),
        ] as [(String, Bool, String, UInt16, String)])
    func addresses(text: String, isSecure: Bool, host: String, port: UInt16, path: String) throws {
        let found = try #require(try anchor(text))
        #expect(found == .url(isSecure: isSecure, host: host, port: port, path: path))
        #expect(try anchor(found.description) == found)
    }

    @Test func paths() throws {
        #expect(try anchor("/mnt/elsewhere/checkpoints") == .file("/mnt/elsewhere/checkpoints"))
        #expect(try parse(minimalText).configuration.audit.anchor == nil)
    }

    @Test(arguments: [
        "ftp://anchor.example/", "https://", "https:///x", "https://user:pw@anchor.example/", "https://a b/",
        "https://anchor.example:0/", "https://anchor.example:99999/", "https://anchor.example/#part", "https://::1/x",
    ])
    func refused(text: String) {
        let found = problems(minimalText + "\naudit: { file: /tmp/a.jsonl, anchor: '\(text)' }\n")
        #expect(found.count == 1 && found.first?.contains("audit.anchor") == true)
    }

    @Test func theLogIsNoAnchorOfItsOwn() {
        let found = problems(minimalText + "\naudit: { file: /tmp/a.jsonl, anchor: /tmp/a.jsonl }\n")
        #expect(found.contains { $0.contains("audit.anchor") })
    }
}
