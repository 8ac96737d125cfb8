import Testing

@testable import Configuration

@Suite struct EnvironmentTests {
    @Test func everythingFromTheEnvironment() throws {
        let loaded = try parse(
            "",
            environment: [
                "POSTGRESQL_PORT": "6543", "METRICS_PORT": "9191", "MAX_CONNECTIONS": "50", "CONNECTION_TIMEOUT": "7",
                "QUERY_TIMEOUT": "90s", "TLS_ENABLED": "true", "TLS_CERT": "/c", "TLS_KEY": "/k",
                "POSTGRESQL_BACKENDS": """
                [{"host": "db1", "port": 5433, "type": "write", "tls": true, "user": "u", "password": "p${x}"},
                 {"host": "db2", "type": "read"}]
                """,
            ])
        let configuration = loaded.configuration
        let listener = try #require(configuration.listeners.first)
        #expect(listener.listen == .tcp(host: "::", port: 6543))
        #expect(listener.auth == .passthrough)
        #expect(listener.tls.mode == .allow)
        #expect(listener.tls.certificate == "/c")
        #expect(configuration.metrics.listen == .tcp(host: "::", port: 9191))
        #expect(configuration.limits.maxConnections == 50)
        #expect(configuration.timeouts.connect == .seconds(7))
        #expect(configuration.timeouts.query == .seconds(90))
        #expect(configuration.backends.map(\.name) == ["postgresql", "postgresql-2"])
        #expect(configuration.backends.map(\.role) == [.primary, .replica])
        #expect(configuration.backends[0].address == .tcp(host: "db1", port: 5433))
        #expect(configuration.backends[0].tls.mode == .require)
        #expect(configuration.backends[0].password?.reveal() == "p${x}")
        #expect(configuration.backends[1].tls.mode == .disable)
        #expect(loaded.warnings.isEmpty)
    }

    @Test func theFileWins() throws {
        let text = minimalText + "\ntimeouts: { query: 0, connect: 1s }\nmetrics: { listen: \"127.0.0.1:1\" }"
        let environment = [
            "QUERY_TIMEOUT": "9", "CONNECTION_TIMEOUT": "9", "METRICS_PORT": "2", "POSTGRESQL_PORT": "3",
            "POSTGRESQL_BACKENDS": "[{\"host\": \"other\"}]",
        ]
        let configuration = try parse(text, environment: environment).configuration
        #expect(configuration == (try parse(text).configuration))
    }

    @Test func databaseOfABackend() throws {
        let environment = ["POSTGRESQL_BACKENDS": #"[{"host": "a", "user": "u", "database": "shop"}]"#]
        let configuration = try parse("", environment: environment).configuration
        #expect(configuration.databases.map(\.name) == ["shop"])
        #expect(configuration.databases.map(\.backend) == ["postgresql"])
        #expect(configuration.listeners.map(\.listen) == [.tcp(host: "::", port: 5432)])
    }

    @Test func disabledMakesNoListener() {
        let environment = ["POSTGRESQL_ENABLED": "false", "POSTGRESQL_BACKENDS": #"[{"host": "a"}]"#]
        #expect(problems("", environment: environment).contains { $0.contains("expected at least one listener") })
    }

    static let wrong: [([String: String], String)] = [
        (
            ["METRICS_PORT": "http"],
            "environment: error: METRICS_PORT: found \"http\", expected a whole number (1 to 65535)"
        ),
        (["MAX_CONNECTIONS": "-5"], "environment: error: MAX_CONNECTIONS: found \"-5\""),
        (["POSTGRESQL_ENABLED": "si"], "environment: error: POSTGRESQL_ENABLED: found \"si\", expected true or false"),
        (["QUERY_TIMEOUT": "x"], "environment: error: QUERY_TIMEOUT: found \"x\""),
    ]

    @Test(arguments: wrong)
    func wrongValueNamesTheVariable(_ environment: [String: String], _ expected: String) {
        let found = problems(minimalText, environment: environment)
        #expect(found.count == 1 && found[0].hasPrefix(expected), "\(found)")
    }

    @Test func wrongBackends() {
        func found(_ json: String) -> [String] { problems("", environment: ["POSTGRESQL_BACKENDS": json]) }
        #expect(found("{").contains { $0.contains("POSTGRESQL_BACKENDS: isn't a JSON array") })
        #expect(found("[{\"port\": 1}]").contains { $0.contains("POSTGRESQL_BACKENDS[0]: `host` is missing") })
        #expect(found("[{\"hots\": \"a\"}]").contains { $0.contains("did you mean \"host\"") })
        #expect(
            found(#"[{"host": "a", "user": "u", "weight": 3}]"#) == [
                "environment: warning: POSTGRESQL_BACKENDS: weights are not available in this version and ignored"
            ])
        #expect(
            problems(minimalText, environment: ["MYSQL_BACKENDS": "[]"]) == [
                "environment: warning: MYSQL_BACKENDS: is not available in this version and ignored"
            ])
    }
}
