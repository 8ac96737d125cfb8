import Configuration
import Pooling
import Proxy
import Sockets
import Telemetry
import Testing

@testable import Server

struct SnapshotBuilderTests {
    private func builder() -> SnapshotBuilder { SnapshotBuilder(metrics: MetricsRegistry(loops: 1)) }

    private func refusal(of configuration: Configuration, _ builder: inout SnapshotBuilder) -> StartError? {
        do throws(StartError) {
            _ = try builder.build(configuration)
            return nil
        } catch {
            return error
        }
    }

    @Test func withoutDatabasesEveryNameGoesToTheOnlyBackend() throws {
        var builder = builder()
        let snapshot = try builder.build(.sample()).snapshot
        let route = try #require(snapshot.route(listener: "pg", database: "anything"))
        #expect(route.name == "*")
        #expect(route.database == nil)
        #expect(route.backend.name == "main")
        #expect(snapshot.route(listener: "other", database: "anything") == nil)
    }

    @Test func databasesAreRoutedByNameAndOthersAreUnknown() throws {
        var builder = builder()
        let configuration = Configuration.sample {
            $0.databases = [Configuration.database("shop", at: "shop_prod", size: 7), Configuration.database("plain")]
        }
        let snapshot = try builder.build(configuration).snapshot
        #expect(snapshot.route(listener: "pg", database: "shop")?.database == "shop_prod")
        #expect(snapshot.route(listener: "pg", database: "shop")?.pool.size == 7)
        #expect(snapshot.route(listener: "pg", database: "plain")?.database == "plain")
        #expect(snapshot.route(listener: "pg", database: "else") == nil)
    }

    @Test func backendEpochMovesOnlyWithWhatConnectionsDependOn() throws {
        var builder = builder()
        func epoch(_ change: (inout Configuration) -> Void = { _ in }) throws -> UInt64 {
            try #require(try builder.build(.sample(change)).snapshot.route(listener: "pg", database: "x")).backend.epoch
        }
        let first = try epoch()
        let again = try epoch()
        #expect(again == first)
        let resized = try epoch { $0.backends[0].pool.size = 3 }
        #expect(resized == first)
        let timed = try epoch { $0.timeouts.query = .seconds(3) }
        #expect(timed == first)
        let renewed = try epoch { $0.backends[0].password = Secret("new") }
        #expect(renewed == first + 1)
        let moved = try epoch { $0.backends[0].address = .tcp(host: "10.0.0.1", port: 5432) }
        #expect(moved == first + 2)
    }

    @Test func aRefusedConfigurationLeavesTheBuilderAsItWas() throws {
        var builder = builder()
        let first = try builder.build(.sample()).snapshot
        let bad = Configuration.sample {
            $0.backends[0].password = Secret("new")
            $0.listeners[0].tls.mode = .require
            $0.listeners[0].tls.certificate = "/nonexistent/c.pem"
            $0.listeners[0].tls.key = "/nonexistent/k.pem"
        }
        let error = refusal(of: bad, &builder)
        #expect(error?.description.contains("listener \"pg\"") == true)
        #expect(error?.description.contains("/nonexistent/c.pem") == true)
        let again = try builder.build(.sample()).snapshot
        #expect(again.epoch == first.epoch + 1)
        #expect(again.route(listener: "pg", database: "x")?.backend.epoch == 1)
    }

    @Test func aListenerThatIsNoAddressIsRefused() {
        var builder = builder()
        let bad = Configuration.sample { $0.listeners[0].listen = .tcp(host: "name.example", port: 1) }
        let error = refusal(of: bad, &builder)
        #expect(error?.description.contains("name.example") == true)
    }

    @Test func poolsAreFoundAgainByTheirKeys() throws {
        var builder = builder()
        let configuration = Configuration.sample {
            $0.databases = [Configuration.database("shop", at: "shop_prod"), Configuration.database("*")]
        }
        let routes = try builder.build(configuration).routes
        func key(_ backend: String, _ route: String, _ database: String, epoch: UInt64 = 1) -> PoolKey {
            PoolKey(backend: backend, epoch: epoch, route: route, database: database, identity: "app||")
        }
        #expect(routes.route(of: key("main", "shop", "shop_prod"))?.name == "shop")
        #expect(routes.route(of: key("main", "*", "client_chosen"))?.name == "*")
        #expect(routes.route(of: key("main", "shop", "shop_old")) == nil)
        #expect(routes.route(of: key("main", "shop", "shop_prod", epoch: 2)) == nil)
        #expect(routes.nearest(key("main", "shop", "shop_prod", epoch: 2))?.name == "shop")
        #expect(routes.route(of: key("gone", "shop", "shop_prod")) == nil)
    }
}
