import Core
import Testing

@testable import Configuration

@Suite struct LoadingTests {
    @Test func documentedShape() throws {
        let loaded = try parse(exampleText, environment: ["APP_PASSWORD": "pw"], directory: "/etc/articdbm")
        let configuration = loaded.configuration
        #expect(loaded.warnings.isEmpty)
        #expect(configuration.runtime.threads == nil)
        #expect(configuration.control.socket == "/etc/articdbm/articdbm.sock")
        #expect(configuration.metrics.listen == .tcp(host: "127.0.0.1", port: 9090))
        #expect(configuration.audit.file == "/etc/articdbm/audit.jsonl")
        #expect(configuration.audit.isActive)
        #expect(configuration.timeouts.login == .seconds(15))
        #expect(configuration.timeouts.query == .zero)
        let listener = try #require(configuration.listeners.first)
        #expect(listener.listen == .tcp(host: "127.0.0.1", port: 6432))
        #expect(listener.tls.mode == .allow)
        #expect(listener.tls.key == "/etc/articdbm/k.pem")
        let backend = try #require(configuration.backends.first)
        #expect(backend.password?.reveal() == "pw")
        #expect(backend.tls.mode == .prefer)
        let user = try #require(configuration.users.first)
        #expect(user.credentials == [.password(Secret("secret"))])
        #expect(user.allowedIPs == [CIDR("127.0.0.0/8")])
    }

    @Test func databasePoolInheritsFromItsBackend() throws {
        let text =
            minimalText + """

                databases:
                  - { name: a, backend: main, pool: { size: 40 } }
                  - { name: b, backend: main }
                """
        var configuration = try parse(text).configuration
        #expect(configuration.databases.map(\.pool.size) == [40, 20])
        let other = minimalText.replacing(
            "    user: app", with: "    user: app\n    pool: { size: 7, mode: session, idle: 5s }")
        configuration = try parse(other + "\ndatabases: [{ name: a, backend: main, pool: { mode: statement } }]")
            .configuration
        #expect(configuration.databases[0].pool.size == 7)
        #expect(configuration.databases[0].pool.mode == .statement)
        #expect(configuration.databases[0].pool.idle == .seconds(5))
    }

    @Test func anchorsShareSettings() throws {
        let text =
            minimalText + """

                databases:
                  - { name: a, backend: main, pool: &small { size: 3 } }
                  - { name: b, backend: main, pool: *small }
                """
        #expect(try parse(text).configuration.databases.map(\.pool.size) == [3, 3])
    }

    @Test func userForms() throws {
        let text = """
            listeners: [{ name: pg, protocol: postgresql, listen: "unix:/run/pg.sock", socket_mode: 0660 }]
            backends: [{ name: main, protocol: postgresql, address: "unix:/run/.s.PGSQL.5432", user: app }]
            users:
              - name: alice
                password:
                  - one
                  - \(scram)
                backend: { identity: set_role }
                expires: 2027-01-31T12:00:00+02:00
                pool_mode: session
                rate_limit: 2.5
              - { name: bob, certificate: "CN=bob,O=Acme", backend: { identity: own, user: b, password: 123 } }
            """
        let configuration = try parse(text).configuration
        #expect(configuration.listeners[0].socketMode == 0o660)
        #expect(configuration.backends[0].address == .unix(path: "/run/.s.PGSQL.5432"))
        #expect(configuration.users[0].credentials == [.password(Secret("one")), .scramVerifier(Secret(scram))])
        #expect(configuration.users[0].backend.identity == .setRole)
        #expect(configuration.users[0].expires == 1_801_389_600)
        #expect(configuration.users[0].poolMode == .session)
        #expect(configuration.users[0].rateLimit == 2.5)
        #expect(configuration.users[1].backend.password?.reveal() == "123")
    }

    @Test func nullSwitchesOptionalThingsOff() throws {
        let text = minimalText + "\ncontrol: { socket: null }\ntimeouts:\naudit: { rotate: }\n"
        #expect(try parse(text).configuration.control.socket == nil)
    }

    @Test func defaultControlSocketIsBesideTheFile() throws {
        #expect(try parse(minimalText, directory: "/etc/x").configuration.control.socket == "/etc/x/articdbm.sock")
    }

    @Test func secretsAreNotPrinted() throws {
        let configuration = try parse(exampleText, environment: ["APP_PASSWORD": "hush-hush"]).configuration
        var text = "\(configuration)"
        dump(configuration, to: &text)
        #expect(!text.contains("hush-hush"))
        #expect(!text.contains("secret\""))
    }
}

let scram =
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
    + ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
