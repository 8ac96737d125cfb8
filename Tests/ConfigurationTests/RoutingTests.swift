import Testing

@testable import Configuration

@Suite struct RoutingTests {
    private func routes(_ extra: String, _ names: [String]) throws -> [String?] {
        let configuration = try parse(minimalText + "\n" + extra).configuration
        return names.map { name in
            configuration.route(name, on: configuration.listeners[0]).map { "\($0.backend)/\($0.database ?? "nil")" }
        }
    }

    @Test func withoutDatabasesEveryNameGoesToTheOnlyBackend() throws {
        #expect(try routes("", ["a", "b"]) == ["main/a", "main/b"])
    }

    @Test func listedNames() throws {
        let extra = "databases: [{ name: shop, backend: main, database: shop_prod }, { name: own, backend: main }]"
        #expect(try routes(extra, ["shop", "own", "other"]) == ["main/shop_prod", "main/own", nil])
    }

    @Test func wildcard() throws {
        let extra = "databases: [{ name: '*', backend: main }, { name: shop, backend: main, database: s }]"
        #expect(try routes(extra, ["shop", "other"]) == ["main/s", "main/other"])
    }

    @Test func listenersOwnBackendTakesTheRest() throws {
        let text = minimalText.replacing("6432\"", with: "6432\"\n    backend: main")
        let configuration = try parse(text + "\ndatabases: [{ name: shop, backend: main, database: s }]").configuration
        #expect(configuration.route("x", on: configuration.listeners[0])?.database == "x")
        #expect(configuration.route("shop", on: configuration.listeners[0])?.database == "s")
    }
}
