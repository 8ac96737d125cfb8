import Testing

@testable import Telemetry

@Suite struct MetricsRegistryTests {
    let registry = MetricsRegistry(loops: 1)

    private func text(_ format: ExpositionFormat = .prometheus) -> String {
        String(decoding: registry.exposition(format), as: UTF8.self)
    }

    @Test func sameLabelsShareASeries() {
        let first = registry.counter(MetricCatalogue.configReloads, "applied")
        #expect(registry.counter(MetricCatalogue.configReloads, "applied") == first)
        #expect(registry.counter(MetricCatalogue.configReloads, "refused") != first)
    }

    @Test func removedSeriesDisappearAndComeBackWithTheirValue() {
        let kept = registry.counter(MetricCatalogue.transactions, "postgresql", "main", "shop")
        let gone = registry.counter(MetricCatalogue.transactions, "postgresql", "main", "old")
        let reload = registry.counter(MetricCatalogue.configReloads, "applied")
        for counter in [kept, gone, reload] { registry.banks[0].add(counter, 7) }
        registry.retain(label: "database", values: ["shop"])
        #expect(!text().contains(#"database="old""#))
        #expect(text().contains(#"database="shop"} 7"#))
        #expect(text().contains(#"articdbm_config_reloads_total{result="applied"} 7"#))
        #expect(registry.counter(MetricCatalogue.transactions, "postgresql", "main", "old") == gone)
        #expect(text().contains(#"database="old"} 7"#))
    }

    @Test func fullRegistryDiscardsAndSaysSo() {
        var last = Histogram.discarded
        for index in 0..<(CounterBank.capacity / DurationBuckets.slots + 1) {
            last = registry.histogram(MetricCatalogue.connectDuration, "postgresql", "b\(index)")
        }
        #expect(last == .discarded)
        registry.banks[0].observe(last, nanoseconds: 1)
        let counter = MetricCatalogue.metricsRejected.name
        #expect(!text().contains("\(counter) 0\n"))
    }

    @Test func readersAreAskedAtEachScrapeAndReplaced() {
        registry.observe(MetricCatalogue.auditBlocked) { .integer(1) }
        #expect(text().contains("articdbm_audit_blocked 1\n"))
        registry.observe(MetricCatalogue.auditBlocked) { .integer(0) }
        #expect(text().contains("articdbm_audit_blocked 0\n"))
    }

    @Test func processMetricsAreTrue() {
        ProcessMetrics.register(in: registry)
        #expect(ProcessMetrics.memory().resident > 1 << 20)
        #expect(ProcessMetrics.threads() >= 1)
        #expect(ProcessMetrics.openFiles() >= 3)
        #expect(ProcessMetrics.startTime() > 1_600_000_000)
        #expect(text().contains("process_cpu_seconds_total "))
    }
}
