import Testing

@testable import Telemetry

@Suite struct ExpositionTests {
    let registry = MetricsRegistry(loops: 2)

    @Test func prometheusText() {
        let counter = registry.counter(MetricCatalogue.authFailures, "postgresql", "a\"b\\c\nd", "password")
        registry.banks[1].add(counter, 3)
        let text = String(decoding: registry.exposition(.prometheus), as: UTF8.self)
        #expect(
            text == """
                # HELP articdbm_auth_failures_total Failed logins of clients, by reason.
                # TYPE articdbm_auth_failures_total counter
                articdbm_auth_failures_total{database_type="postgresql",listener="a\\"b\\\\c\\nd",reason="password"} 3
                # HELP articdbm_metrics_series Series exported.
                # TYPE articdbm_metrics_series gauge
                articdbm_metrics_series 1
                # HELP articdbm_metrics_rejected_series_total Series not registered because every slot was taken.
                # TYPE articdbm_metrics_rejected_series_total counter
                articdbm_metrics_rejected_series_total 0

                """)
    }

    @Test func openMetricsNamesCounterFamiliesWithoutSuffix() {
        _ = registry.counter(MetricCatalogue.authFailures, "postgresql", "pg", "password")
        _ = registry.counter(MetricCatalogue.totalQueries, "postgresql", "main", "shop", "read")
        let text = String(decoding: registry.exposition(.openMetrics), as: UTF8.self)
        #expect(text.contains("# TYPE articdbm_auth_failures counter\narticdbm_auth_failures_total{"))
        #expect(text.contains("# TYPE articdbm_total_queries unknown\narticdbm_total_queries{"))
        #expect(text.hasSuffix("\n# EOF\n"))
    }

    @Test func histogramIsCumulative() {
        let histogram = registry.histogram(MetricCatalogue.auditSyncDuration)
        for duration: UInt64 in [50_000, 60_000, 40_000_000_000] {
            registry.banks[0].observe(histogram, nanoseconds: duration)
        }
        let text = String(decoding: registry.exposition(.prometheus), as: UTF8.self)
        let name = "articdbm_audit_sync_duration_seconds"
        #expect(text.contains("\(name)_bucket{le=\"5e-05\"} 1\n"))
        #expect(text.contains("\(name)_bucket{le=\"0.0001\"} 2\n"))
        #expect(text.contains("\(name)_bucket{le=\"30.0\"} 2\n"))
        #expect(text.contains("\(name)_bucket{le=\"+Inf\"} 3\n"))
        #expect(text.contains("\(name)_sum 40.000110000\n\(name)_count 3\n"))
    }

    @Test(
        arguments: [
            (nil, ExpositionFormat.prometheus),
            ("*/*", .prometheus),
            ("text/plain;version=0.0.4", .prometheus),
            ("application/openmetrics-text", .openMetrics),
            (
                "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
                    + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1", .openMetrics
            ),
            ("application/openmetrics-text; version=0.0.1", .prometheus),
            ("application/openmetrics-text;q=0.1, text/plain;q=0.9", .prometheus),
            ("application/openmetrics-text;q=0", .prometheus),
            (",;,q=,", .prometheus),
        ] as [(String?, ExpositionFormat)])
    func negotiation(accept: String?, format: ExpositionFormat) {
        #expect(ExpositionFormat.negotiate(accept: accept) == format)
    }
}
