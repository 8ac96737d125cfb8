import Testing

@testable import Configuration

@Suite struct ChangesTests {
    private func changes(_ change: (inout Configuration) -> Void) throws -> [String] {
        let old = try parse(exampleText, environment: ["APP_PASSWORD": "one"]).configuration
        var new = old
        change(&new)
        return old.changes(to: new).map(\.description)
    }

    @Test func eachEffect() throws {
        #expect(try changes { _ in }.isEmpty)
        #expect(try changes { $0.timeouts.query = .seconds(90) } == ["timeouts.query: 0 → 90s"])
        #expect(try changes { $0.runtime.threads = 4 } == ["runtime.threads: auto → 4 (needs a restart)"])
        #expect(
            try changes { $0.listeners[0].listen = .unix(path: "/x") } == [
                "listeners[pg].listen: 127.0.0.1:6432 → unix:/x (opens the socket anew)"
            ])
        #expect(try changes { $0.listeners[0].tls.key = "/n" } == ["listeners[pg].tls.key: k.pem → /n"])
        #expect(try changes { $0.backends[0].pool.size = 5 } == ["backends[main].pool.size: 20 → 5"])
        #expect(
            try changes { $0.databases[0].database = nil } == ["databases[shop].database: shop_prod → none (new pools)"]
        )
    }

    @Test func entriesAreAllSettings() throws {
        let configuration = try parse(exampleText, environment: ["APP_PASSWORD": "one"]).configuration
        let entries = Dictionary(uniqueKeysWithValues: configuration.entries.map { ($0.path, $0) })
        // One that is as it is by default, one that differs, one of an element, and a secret.
        #expect(entries["timeouts.cancel"]?.after == "10s")
        #expect(entries["runtime.threads"]?.after == "auto")
        #expect(entries["backends[main].pool.size"]?.before == "20")
        #expect(entries["listeners[pg].listen"]?.after == "127.0.0.1:6432")
        #expect(entries["backends[main].password"]?.after == "***")
        func leaves(_ entries: [SchemaEntry]) -> Int {
            // Lists of rules are one entry.
            entries.reduce(0) {
                $0 + (["grants", "deny", "groups"].contains($1.name) ? 1 : $1.children.map(leaves) ?? 1)
            }
        }
        let lists = [
            configuration.listeners.count, configuration.backends.count, configuration.databases.count,
            configuration.users.count,
        ]
        #expect(lists.allSatisfy { $0 == 1 })
        // There is no group, whose list would be one more.
        #expect(entries.count == leaves(Configuration.schemaEntries) - 1)
    }

    @Test func secretsStaySecret() throws {
        #expect(
            try changes { $0.backends[0].password = Secret("two") } == [
                "backends[main].password: *** → *** (new pools)"
            ])
        #expect(try changes { $0.users[0].credentials = [] } == ["users[alice].password: *** → none"])
    }

    @Test func elementsComeAndGo() throws {
        #expect(try changes { $0.users = [] } == ["users[alice]: present → none"])
        #expect(
            try changes { configuration in
                var backend = configuration.backends[0]
                backend.name = "second"
                configuration.backends.append(backend)
            } == ["backends[second]: none → present (new pools)"])
    }
}
