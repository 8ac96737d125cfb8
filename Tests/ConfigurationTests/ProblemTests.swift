import Testing

@testable import Configuration

/// Each rule: a text, and the problems exactly as they are printed.
@Suite struct ProblemTests {
    static let single: [(String, String)] = [
        ("lisseners: []", "c.yaml:1:1: error: found unknown setting \"lisseners\"; did you mean \"listeners\"?"),
        (
            "timeouts: { qeury: 5 }",
            "c.yaml:1:13: error: timeouts: found unknown setting \"qeury\"; did you mean \"query\"?"
        ),
        (
            "logging: { colour: red }",
            "c.yaml:1:12: error: logging: found unknown setting \"colour\", expected one of level, format"
        ),
        (
            "timeouts:\n  query: soon",
            "c.yaml:2:10: error: timeouts.query: found \"soon\", expected a duration like 15s, 500ms, 5m or 1h"
                + " (10ms to 30d; 0: off)"
        ),
        (
            "logging: { level: inof }",
            "c.yaml:1:19: error: logging.level: found \"inof\", expected one of trace, debug, info, notice, warning, error,"
                + " critical; did you mean \"info\"?"
        ),
        (
            "limits: { startup_bytes: 5 }",
            "c.yaml:1:26: error: limits.startup_bytes: found \"5\", expected a size like 64KiB or 1MiB (256 to 1MiB)"
        ),
        (
            "limits: { max_connections: -1 }",
            "c.yaml:1:28: error: limits.max_connections: found \"-1\", expected a whole number (0 to 1000000; 0: as many"
                + " as the process has descriptors)"
        ),
        ("limits: [1]", "c.yaml:1:9: error: limits: found a list, expected a mapping of settings"),
        (
            "audit: { file: a, enabled: maybe }",
            "c.yaml:1:28: error: audit.enabled: found \"maybe\", expected true or false"
        ),
        ("audit: { file: a, enabled: }", "c.yaml:1:28: error: audit.enabled: found nothing, expected true or false"),
        (
            "metrics: { listen: \"9090\" }",
            "c.yaml:1:20: error: metrics.listen: found \"9090\", expected \"127.0.0.1:6432\", \"[::]:6432\", \"*:6432\""
                + " or \"unix:/path\""
        ),
        (
            "runtime: { threads: 0 }",
            "c.yaml:1:21: error: runtime.threads: found \"0\", expected auto or a whole number from 1 to 1024"
        ),
        (
            "authentication: { secret: \"${NOPE}\" }",
            "c.yaml:1:27: error: authentication.secret: environment variable NOPE is not set"
        ),
        (
            "authentication: { secret: \"file:/nonexistent/x\" }",
            "c.yaml:1:27: error: authentication.secret: file \"/nonexistent/x\" can't be read: No such file or directory"
        ),
        (
            "authentication: { secret: short }",
            "c.yaml:1:27: error: authentication.secret: found fewer than 16 bytes, expected a random text of at least 16"
        ),
        (
            "authentication: { delay: 60s }",
            "c.yaml:1:17: error: authentication.delay_limit: found less than `delay`, expected at least 1m"
        ),
        (
            "control: { socket: \"/\(String(repeating: "x", count: 120))\" }",
            "c.yaml:1:20: error: control.socket: found a path of 121 bytes, expected at most 107"
        ),
    ]

    @Test(arguments: single)
    func settingIsRefused(_ text: String, _ expected: String) {
        #expect(problems(text + "\n" + minimalText) == [expected])
    }

    static let listeners: [(String, String)] = [
        (
            "protocol: mysql",
            "listeners[0].protocol: found \"mysql\", which is not yet available in this version; expected postgresql"
        ),
        ("protocol: postgres", "listeners[0].protocol: found \"postgres\", expected postgresql"),
        (
            "tls: { mode: require }",
            "listeners[0].tls.certificate: is missing; `mode: require` needs it"
        ),
        (
            "methods: { password: true }",
            "listeners[0].methods.password: needs TLS: `tls.mode` is disable, and clear passwords travel over TLS only"
        ),
        (
            "proxy_protocol: { sources: [10.0.0.0/33] }",
            "listeners[0].proxy_protocol.sources[0]: found \"10.0.0.0/33\", expected an address or network like 10.0.0.0/8"
                + " or 2001:db8::/32"
        ),
        (
            "backend: mian", "listeners[0].backend: found unknown backend \"mian\"; did you mean \"main\"?"
        ),
        ("auth: trust", "listeners[0].auth: found \"trust\", expected one of managed, passthrough"),
        (
            "tls: { crl: x.pem }", "listeners[0].tls.crl: needs `client_ca`"
        ),
        (
            "socket_mode: 999",
            "listeners[0].socket_mode: found \"999\", expected permission bits in octal like 0660"
        ),
    ]

    @Test(arguments: listeners)
    func listenerIsRefused(_ line: String, _ expected: String) {
        let key = line.prefix { $0 != ":" }
        var text = minimalText
        if key == "protocol" {
            text = text.replacing("    protocol: postgresql\n    listen", with: "    \(line)\n    listen")
        } else {
            text = text.replacing("6432\"\n", with: "6432\"\n    \(line)\n")
        }
        let found = problems(text)
        #expect(found.contains { $0.hasSuffix("error: " + expected) }, "\(found)")
    }

    static let backends: [(String, String)] = [
        ("tls: { certificate: a.pem }", "backends[0].tls.key: is missing; `certificate` and `key` go together"),
        ("pool: { min: 30 }", "backends[0].pool.min: found 30, expected at most `size`, which is 20"),
        ("pool: { warmup: 1.5 }", "backends[0].pool.warmup: found \"1.5\", expected a share like 0.3 or 30%"),
        (
            "auth_query: { user: x, query: SELECT 1 }",
            "backends[0].auth_query.query: found no `$1`, expected it where the user's name belongs"
        ),
        ("auth_query: { password: x }", "backends[0].auth_query.user: is missing; `password` is given"),
        (
            "weight: 3",
            "backends[0]: found unknown setting \"weight\", expected one of name, protocol, address, role, user,"
                + " password, max_connections, tls, pool, auth_query"
        ),
    ]

    @Test(arguments: backends)
    func backendIsRefused(_ line: String, _ expected: String) {
        let found = problems(minimalText.replacing("    user: app\n", with: "    user: app\n    \(line)\n"))
        #expect(found.count == 1 && found[0].hasSuffix("error: " + expected), "\(found)")
    }

    static let users: [(String, String)] = [
        (
            "require_tls: true",
            "users[0].require_tls: found true, but no listener offers TLS: the user could never log in"
        ),
        ("backend: { user: x }", "users[0].backend.user: has no meaning with `identity: shared`"),
        (
            "backend: { identity: set_role, password: x }",
            "users[0].backend.password: has no meaning with `identity: set_role`"
        ),
        (
            "expires: 2027-02-30",
            "users[0].expires: found \"2027-02-30\", expected a time like 2027-01-31 or 2027-01-31T12:00:00Z"
        ),
        ("databases: shop", "users[0].databases: found a single value, expected a list (`[a, b]`)"),
        ("allowed_ips: [ ~ ]", "users[0].allowed_ips[0]: found nothing, expected a network"),
    ]

    @Test(arguments: users)
    func userIsRefused(_ line: String, _ expected: String) {
        let found = problems(minimalText + "\n    \(line)\n")
        #expect(found.count == 1 && found[0].hasSuffix("error: " + expected), "\(found)")
    }

    static let passwords: [(String, String?)] = [
        ("", "users[0].password: is missing; a managed user needs a `password` or a `certificate`"),
        ("\"\"", "users[0].password: found an empty secret, expected text"),
        (
            "SCRAM-SHA-256$4096:abc",
            "users[0].password: found a damaged SCRAM verifier, expected SCRAM-SHA-256$<iterations>:<salt>$<key>:<key>"
        ),
        (
            "md5" + String(repeating: "a", count: 32),
            "users[0].password: found an md5 verifier, but no managed listener has `methods.md5` or `methods.password`:"
                + " expected a SCRAM verifier (`articdbm hash-password`)"
        ),
        (
            "[ md5\(String(repeating: "a", count: 32)), clear ]",
            "users[0].password: found an md5 verifier beside others: md5 is never offered to a user who has SCRAM"
        ),
        ("md5-is-not-a-hash", nil),
    ]

    @Test(arguments: passwords)
    func passwordForms(_ value: String, _ expected: String?) {
        let found = problems(minimalText.replacing("password: secret", with: "password: \(value)"))
        if let expected {
            #expect(found.count == 1 && found[0].hasSuffix("error: " + expected), "\(found)")
        } else {
            #expect(found.isEmpty)
        }
    }

    @Test func everyErrorAtOnce() {
        let text = """
            timeouts: { query: soon, login: never }
            listeners:
              - { name: pg, protocol: postgresql, listen: "nowhere" }
              - { name: pg, protocol: mysql, listen: "127.0.0.1:1" }
            backends:
              - { name: main, protocol: postgresql }
            """
        let found = problems(text)
        #expect(
            found.map { $0.split(separator: " ")[0] } == [
                "c.yaml:1:20:", "c.yaml:1:33:", "c.yaml:3:47:", "c.yaml:4:13:", "c.yaml:4:27:", "c.yaml:6:5:",
            ], "\(found)")
        #expect(found.contains { $0.contains("found \"pg\" again, expected another name than that of [0]") })
        #expect(found.contains { $0.contains("backends[0]: `address` is missing") })
    }

    @Test func brokenYAML() {
        #expect(problems("listeners: [\n")[0].hasPrefix("c.yaml:2:1: error: not valid YAML"))
        #expect(problems("just text") == ["c.yaml: error: found something else than a mapping of settings"])
        let duplicate = problems("audit: { file: a, file: b }")
        #expect(duplicate == ["c.yaml:1:10: error: found `file` more than once in one mapping, expected each key once"])
        #expect(problems("a: 1\n---\nb: 2")[0].contains("not valid YAML"))
    }

    @Test func emptyFileHasNoListener() {
        #expect(problems("") == ["c.yaml: error: listeners: found none, expected at least one listener"])
    }

    @Test func aliasBombIsStopped() {
        var text = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
        for level in 1...9 {
            let items = Array(repeating: "*x\(level - 1)", count: 10).joined(separator: ", ")
            text += "x\(level): &x\(level) [\(items)]\n"
        }
        #expect(problems(text + "users: *x9").contains { $0.contains("found unknown setting \"x9\"") })
        let wide = Array(repeating: "a", count: 1000).joined(separator: ", ")
        let users = (0..<1000).map { "- { name: u\($0), password: p, databases: *d }" }.joined(separator: "\n")
        let bomb = "users:\n- { name: first, password: p, databases: &d [\(wide)] }\n" + users
        #expect(problems(bomb).contains { $0.contains("found more than 500000 values, aliases expanded") })
    }

    @Test(arguments: [
        "? *x : 1", "*x : 1", "a: { *x : 1 }", "[*x]: 1", "a: { [*x]: 1 }", "- ? *x", "a: {? *x : 1}", "a: {[*x]:1}",
    ])
    func aliasAsKeyIsRefused(_ text: String) {
        #expect(KeyGuard.mayAliasKeys(text))
    }

    @Test(arguments: [
        "a: *x", "a: [*x, *y]", "a: \"[::]:6432\"\nb: *x", "? a : 1", "[a]: 1", "databases: ['*']\nb: *x",
    ])
    func otherAliasesAreNot(_ text: String) {
        #expect(!KeyGuard.mayAliasKeys(text))
    }

    @Test func deepNestingIsRefused() {
        #expect(problems(String(repeating: "[", count: 100_000))[0].contains("not valid YAML"))
    }
}
