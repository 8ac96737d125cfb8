import Glibc
import Synchronization
import Testing

@testable import Telemetry

@Suite struct CounterBankTests {
    @Test func bucketsMatchTheirBounds() {
        for (index, bound) in DurationBuckets.bounds.enumerated() {
            #expect(DurationBuckets.index(bound) == index)
            #expect(DurationBuckets.index(bound + 1) == index + 1)
        }
        #expect(DurationBuckets.index(0) == 0)
        #expect(DurationBuckets.index(.max) == DurationBuckets.count - 1)
        #expect(DurationBuckets.bounds.count == DurationBuckets.count - 1)
        for (label, bound) in zip(DurationBuckets.labels, DurationBuckets.bounds) {
            #expect(Double(label) == Double(bound) / 1e9)
        }
    }

    @Test func banksAreMerged() {
        let registry = MetricsRegistry(loops: 2)
        let counter = registry.counter(MetricCatalogue.transactions, "postgresql", "main", "shop")
        let gauge = registry.gauge(MetricCatalogue.activeConnections, "postgresql", "pg")
        registry.banks[0].add(counter, 5)
        registry.banks[1].add(counter)
        registry.shared.add(counter, 10)
        registry.banks[0].adjust(gauge, by: 3)
        registry.banks[1].adjust(gauge, by: -1)
        #expect(registry.value(counter) == 16)
        #expect(registry.value(gauge) == 2)
    }

    @Test func readersSeeWholeNumbersWhileALoopCounts() async {
        let registry = MetricsRegistry(loops: 1)
        let counter = registry.counter(MetricCatalogue.transactions, "postgresql", "main", "shop")
        let total: UInt64 = 200_000
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for _ in 0..<total { registry.banks[0].add(counter) } }
            group.addTask {
                var last: UInt64 = 0
                while last < total {
                    let value = registry.value(counter)
                    #expect(value >= last)
                    last = value
                    await Task.yield()
                }
            }
        }
        #expect(registry.value(counter) == total)
    }

    @Test func sharedBankTakesManyWriters() async {
        let registry = MetricsRegistry(loops: 0)
        let counter = registry.counter(MetricCatalogue.configReloads, "applied")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { for _ in 0..<10_000 { registry.shared.add(counter) } } }
        }
        #expect(registry.value(counter) == 40_000)
    }
}
