import Testing

@testable import Configuration

@Suite struct CheckTests {
    private func passthrough(_ listener: String, _ backend: String) -> String {
        """
        listeners: [{ name: pg, protocol: postgresql, listen: "127.0.0.1:6432", auth: passthrough, \(listener) }]
        backends: [{ name: main, protocol: postgresql, address: "127.0.0.1:5432", \(backend) }]
        """
    }

    @Test func relayWithTLSOnBothHopsIsRefused() {
        let tls = "tls: { mode: require, certificate: c, key: k }"
        let found = problems(passthrough("passthrough: relay, \(tls)", "tls: { mode: require }"))
        #expect(found.count == 1)
        #expect(found[0].contains("listeners[0].passthrough: found relay with TLS towards clients (require)"))
        #expect(problems(passthrough("passthrough: relay", "tls: { mode: require }")).isEmpty)
        #expect(problems(passthrough("passthrough: relay, \(tls)", "tls: { mode: disable }")).isEmpty)
        #expect(problems(passthrough("passthrough: verifiers, \(tls)", "user: u, tls: { mode: require }")).isEmpty)
    }

    @Test func verifiersNeedAnAccountToFetchThem() {
        let found = problems(passthrough("passthrough: verifiers", "role: primary"))
        #expect(found.count == 1)
        #expect(
            found[0].contains("listeners[0].auth: passthrough needs `auth_query.user` or `user` of backend \"main\""))
        #expect(problems(passthrough("passthrough: verifiers", "auth_query: { user: a, password: b }")).isEmpty)
    }

    @Test func listenerNeedsOneBackend() {
        let second = "\n  - { name: other, protocol: postgresql, address: \"h:1\", user: u }\nusers:"
        let two = minimalText.replacing("\nusers:", with: second)
        #expect(
            problems(two).map { $0.hasSuffix("there are several (main, other); name one, or list `databases`") } == [
                true
            ])
        #expect(problems(two.replacing("6432\"", with: "6432\"\n    backend: other")).isEmpty)
        #expect(problems(two + "\ndatabases: [{ name: a, backend: main }]").isEmpty)
        let replica = minimalText.replacing("user: app", with: "user: app\n    role: replica")
        #expect(problems(replica)[0].contains("found no primary backend of protocol postgresql"))
    }

    @Test func sharedIdentityNeedsTheBackendsAccount() {
        let text = minimalText.replacing("    user: app\n", with: "")
        #expect(
            problems(text) == [
                "c.yaml:6:5: error: backends[0].user: is missing; user \"alice\" has identity shared and logs in with it"
            ])
        #expect(problems(text + "\n    backend: { identity: own }").isEmpty)
    }

    @Test func databasesRefer() {
        let found = problems(
            minimalText + "\ndatabases:\n  - { name: a, backend: man }\n  - { name: a, backend: main }")
        #expect(found.count == 2)
        #expect(found[0].hasSuffix("databases[0].backend: found unknown backend \"man\"; did you mean \"main\"?"))
        #expect(found[1].hasSuffix("databases[1].name: found \"a\" again, expected another name than that of [0]"))
    }

    @Test func oneSocketPerAddress() {
        let found = problems(minimalText + "\nmetrics: { listen: \"127.0.0.1:6432\" }")
        #expect(found.count == 1)
        #expect(
            found[0].hasSuffix("found 127.0.0.1:6432 again, expected another address than that of listeners[0].listen"))
    }

    @Test func unixSocketsHaveNoTLS() {
        let text = minimalText.replacing("\"127.0.0.1:6432\"", with: "\"unix:/tmp/x\"\n    tls: { mode: allow }")
        #expect(problems(text).contains { $0.contains("listeners[0].tls.mode: found allow, expected disable") })
        let backend = minimalText.replacing("\"127.0.0.1:5432\"", with: "\"unix:/tmp/x\"\n    tls: { mode: require }")
        #expect(problems(backend).contains { $0.contains("backends[0].tls.mode: found require, expected disable") })
    }

    @Test func certificatesNameOneUser() {
        let text = minimalText + "\n    certificate: a\n  - { name: bob, certificate: a }"
        #expect(problems(text).contains { $0.contains("users[1].certificate: found \"a\" again") })
    }

    @Test func warnings() {
        let pattern = problems(minimalText + "\n    databases: [shpo]\ndatabases: [{ name: shop, backend: main }]")
        #expect(pattern.count == 1)
        #expect(
            pattern[0].hasSuffix(
                "warning: users[0].databases[0]: found \"shpo\", which is not in `databases`;"
                    + " did you mean \"shop\"?"))
        #expect(problems(minimalText + "\naudit: { literals: keep }")[0].contains("warning: audit.file: is missing"))
    }

    @Test func filesAreLookedAt() throws {
        let directory = try TemporaryDirectory()
        func found(_ tls: String) -> [String] {
            let text = minimalText.replacing("6432\"\n", with: "6432\"\n    tls: { mode: allow, \(tls) }\n")
            return problems(text, directory: directory.path, checkFiles: true)
        }
        #expect(
            found("certificate: c.pem, key: k.pem").map { $0.hasSuffix("No such file or directory") } == [true, true])
        try directory.write("c.pem", "-----BEGIN CERTIFICATE-----\n")
        try directory.write("k.pem", "-----BEGIN EC PRIVATE KEY-----\n")
        #expect(found("certificate: c.pem, key: k.pem").isEmpty)
        #expect(found("certificate: k.pem, key: c.pem").count == 2)
        try directory.write("k.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        #expect(found("certificate: c.pem, key: k.pem").map { $0.contains("is encrypted") } == [true])
        try directory.write("k.pem", "-----BEGIN PRIVATE KEY-----\n", mode: 0o644)
        #expect(found("certificate: c.pem, key: k.pem").map { $0.contains("warning") && $0.contains("0644") } == [true])
        let audit = problems(minimalText + "\naudit: { file: /nonexistent/a }", checkFiles: true)
        #expect(audit.count == 1 && audit[0].contains("directory \"/nonexistent\" can't be written"))
    }

    @Test func openFileWithSecretsIsWarnedOf() throws {
        let directory = try TemporaryDirectory()
        try directory.write("c.yaml", minimalText, mode: 0o644)
        let path = directory.path + "/c.yaml"
        let warnings = try Configuration.load(path: path, environment: [:]).warnings
        #expect(warnings.map(\.message) == ["holds secrets and is open to every user of the machine (mode 0644)"])
        try directory.write("c.yaml", minimalText.replacing("secret", with: "${P}"), mode: 0o644)
        #expect(try Configuration.load(path: path, environment: ["P": "x"]).warnings.isEmpty)
    }
}
