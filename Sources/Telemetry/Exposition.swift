import Synchronization

/// The two text formats of `/metrics`.
public enum ExpositionFormat: Sendable {
    /// Prometheus text 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.
    case openMetrics

    public var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The better of the two for an `Accept` header (RFC 9110 §12.5.1); the text format when it says nothing of either.
    public static func negotiate(accept: String?) -> ExpositionFormat {
        guard let accept else { return .prometheus }
        var open = 0.0
        var text = 0.0
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { trimmed($0) }
            guard let type = parts.first else { continue }
            var quality = 1.0
            var version: String?
            for parameter in parts.dropFirst() {
                if parameter.hasPrefix("q=") { quality = Double(parameter.dropFirst(2)) ?? 0 }
                if parameter.hasPrefix("version=") { version = String(parameter.dropFirst(8)) }
            }
            switch type {
            case "application/openmetrics-text" where version == nil || version == "1.0.0":
                open = max(open, quality)
            case "text/plain", "text/*", "*/*": text = max(text, quality)
            default: break
            }
        }
        return open > 0 && open >= text ? .openMetrics : .prometheus
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            .lowercased()
    }
}

/// Writes the registry's numbers as text.
struct Exposition {
    let format: ExpositionFormat
    private(set) var bytes: [UInt8] = []

    init(_ format: ExpositionFormat, reserving count: Int) {
        self.format = format
        bytes.reserveCapacity(count)
    }

    /// `name="value",…` with backslash, quote and newline escaped, as both formats have it.
    static func labels(_ names: [String], _ values: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in zip(names, values) {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes += Array("\(name)=\"".utf8)
            bytes += escaped(value, quotes: true)
            bytes.append(UInt8(ascii: "\""))
        }
        return bytes
    }

    private static func escaped(_ text: String, quotes: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            case UInt8(ascii: "\n"): bytes += Array(#"\n"#.utf8)
            case UInt8(ascii: "\"") where quotes: bytes += Array(#"\""#.utf8)
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    /// HELP and TYPE. OpenMetrics names a counter's family without `_total`, and has no counter whose sample lacks that
    /// suffix: one with an inherited name is shown there as unknown, so that its name stays the same in both formats.
    mutating func header(_ family: MetricFamily) {
        var name = family.name
        var type = family.kind.rawValue
        if format == .openMetrics, family.kind == .counter {
            if name.hasSuffix("_total") { name.removeLast(6) } else { type = "unknown" }
        }
        text("# HELP \(name) ")
        bytes += Self.escaped(family.help, quotes: format == .openMetrics)
        text("\n# TYPE \(name) \(type)\n")
    }

    mutating func sample(_ name: String, suffix: String = "", labels: [UInt8], le: String? = nil, _ value: MetricValue)
    {
        text(name)
        text(suffix)
        if !labels.isEmpty || le != nil {
            text("{")
            bytes += labels
            if let le { text("\(labels.isEmpty ? "" : ",")le=\"\(le)\"") }
            text("}")
        }
        text(" ")
        number(value)
        text("\n")
    }

    private mutating func number(_ value: MetricValue) {
        switch value {
        case .integer(let value): text(String(value))
        case .nanoseconds(let value):
            let fraction = String(value % 1_000_000_000)
            text("\(value / 1_000_000_000).")
            text(String(repeating: "0", count: 9 - fraction.utf8.count))
            text(fraction)
        case .real(let value) where value.isNaN: text("NaN")
        case .real(let value) where value.isInfinite: text(value < 0 ? "-Inf" : "+Inf")
        case .real(let value): text("\(value)")
        }
    }

    mutating func finish() {
        if format == .openMetrics { text("# EOF\n") }
    }

    private mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

extension MetricsRegistry {
    /// Everything shown now, in the catalogue's order. Any thread; loops are only read.
    public func exposition(_ format: ExpositionFormat) -> [UInt8] {
        // Readers run outside the lock: one of them may register, or ask the registry itself.
        let (families, rejected, slots) = state.withLock { ($0.families, $0.rejected, $0.nextSlot) }
        var output = Exposition(format, reserving: slots * 96)
        var shown = 0
        for family in MetricCatalogue.all {
            guard let entry = families[family.name] else { continue }
            let series = entry.series.filter(\.isShown)
            guard !series.isEmpty else { continue }
            shown += series.count
            output.header(family)
            for one in series { write(family, one, to: &output) }
        }
        output.header(MetricCatalogue.metricsSeries)
        output.sample(MetricCatalogue.metricsSeries.name, labels: [], .integer(Int64(shown)))
        output.header(MetricCatalogue.metricsRejected)
        output.sample(MetricCatalogue.metricsRejected.name, labels: [], .integer(Int64(rejected)))
        output.finish()
        return output.bytes
    }

    private func write(_ family: MetricFamily, _ series: Series, to output: inout Exposition) {
        switch series.source {
        case .reader(let read): output.sample(family.name, labels: series.labels, read())
        case .slots(let slot) where family.kind == .histogram:
            writeHistogram(family, series, Int(slot), to: &output)
        case .slots(let slot):
            output.sample(family.name, labels: series.labels, .integer(Int64(bitPattern: total(Int(slot)))))
        }
    }

    private func writeHistogram(_ family: MetricFamily, _ series: Series, _ slot: Int, to output: inout Exposition) {
        // The count is the sum of the buckets, so the two can't disagree while loops go on counting.
        var count: UInt64 = 0
        for (index, label) in DurationBuckets.labels.enumerated() {
            count &+= total(slot + index)
            output.sample(
                family.name, suffix: "_bucket", labels: series.labels, le: label, .integer(Int64(bitPattern: count)))
        }
        let sum = total(slot + DurationBuckets.count)
        output.sample(family.name, suffix: "_sum", labels: series.labels, .nanoseconds(sum))
        output.sample(family.name, suffix: "_count", labels: series.labels, .integer(Int64(bitPattern: count)))
    }
}
