import Synchronization

/// All series of the process and the banks that hold their numbers.
///
/// Series are registered while configuration is applied, from any thread; loops then count into their own bank with the
/// handles they were given. A series that is removed disappears from the exposition but keeps its slots for the life of
/// the process: sessions of the old configuration may still be counting there, and a name that comes back goes on from
/// its old value, as a counter must.
public final class MetricsRegistry: Sendable {
    /// One per loop, in the order of the loops.
    public let banks: [CounterBank]
    /// For everything outside the loops.
    public let shared = SharedCounterBank()

    let state = Mutex(State())

    public init(loops: Int) { banks = (0..<loops).map { _ in CounterBank() } }

    // MARK: Registration

    /// The counter for these label values, the same one for the same values. Takes a lock; not for the query path.
    /// - Parameter values: one per label of the family, in its order.
    public func counter(_ family: MetricFamily, _ values: String...) -> Counter {
        Counter(slot: register(family, .counter, values, slots: 1))
    }

    public func gauge(_ family: MetricFamily, _ values: String...) -> Gauge {
        Gauge(slot: register(family, .gauge, values, slots: 1))
    }

    public func histogram(_ family: MetricFamily, _ values: String...) -> Histogram {
        Histogram(slot: register(family, .histogram, values, slots: DurationBuckets.slots))
    }

    /// A counter or gauge whose number is kept elsewhere and read at each scrape, on the scraping thread. Registered
    /// again, the new reader takes the place of the old one.
    public func observe(_ family: MetricFamily, _ values: String..., read: @escaping @Sendable () -> MetricValue) {
        precondition(values.count == family.labels.count && family.kind != .histogram)
        state.withLock { $0.insert(family, values, .reader(read)) }
    }

    /// Removes every series that has `label` with a value not in `values`: what a reload calls for `listener`, `backend`
    /// and `database` with the names that are left.
    public func retain(label: String, values: Set<String>) {
        state.withLock { $0.retain(label, values) }
    }

    private func register(
        _ family: MetricFamily, _ kind: MetricFamily.Kind, _ values: [String], slots: Int
    ) -> UInt32 {
        precondition(family.kind == kind, "wrong kind for \(family.name)")
        precondition(values.count == family.labels.count, "wrong number of labels for \(family.name)")
        return state.withLock { $0.slot(family, values, slots: slots) }
    }

    // MARK: Reading

    /// The sum over all banks.
    func total(_ slot: Int) -> UInt64 {
        banks.reduce(shared.read(slot)) { $0 &+ $1.read(slot) }
    }

    /// The counter's sum over all banks. Any thread.
    public func value(_ counter: Counter) -> UInt64 { total(Int(counter.slot)) }

    /// All durations that the histogram was given, in nanoseconds, over all banks. Any thread.
    public func sum(_ histogram: Histogram) -> UInt64 { total(Int(histogram.slot) + DurationBuckets.count) }

    /// The gauge's sum over all banks. Any thread.
    public func value(_ gauge: Gauge) -> Int64 { Int64(bitPattern: total(Int(gauge.slot))) }
}

extension MetricsRegistry {
    enum Source: Sendable {
        /// The first slot.
        case slots(UInt32)
        case reader(@Sendable () -> MetricValue)
    }

    struct Series: Sendable {
        let values: [String]
        /// `name="value",name="value"`, escaped.
        let labels: [UInt8]
        var source: Source
        var isShown = true
    }

    struct Family: Sendable {
        let family: MetricFamily
        var series: [Series] = []
        var index: [[String]: Int] = [:]

        mutating func insert(_ values: [String], _ source: Source) {
            if let position = index[values] {
                series[position].source = source
                series[position].isShown = true
            } else {
                index[values] = series.count
                let labels = Exposition.labels(family.labels, values)
                series.append(Series(values: values, labels: labels, source: source))
            }
        }
    }

    struct State: Sendable {
        /// The first slots are never exported: handles of a full registry count there, a whole histogram fits.
        var nextSlot = DurationBuckets.slots
        var rejected = 0
        var families: [String: Family] = [:]

        mutating func slot(_ family: MetricFamily, _ values: [String], slots: Int) -> UInt32 {
            if let position = families[family.name]?.index[values],
                case .slots(let first)? = families[family.name]?.series[position].source
            {
                families[family.name]?.series[position].isShown = true
                return first
            }
            guard nextSlot + slots <= CounterBank.capacity else {
                rejected += 1
                return 0
            }
            let first = UInt32(nextSlot)
            nextSlot += slots
            insert(family, values, .slots(first))
            return first
        }

        mutating func insert(_ family: MetricFamily, _ values: [String], _ source: Source) {
            // Changed in place: a copy per series would make registration quadratic.
            families[family.name, default: Family(family: family)].insert(values, source)
        }

        mutating func retain(_ label: String, _ values: Set<String>) {
            for name in Array(families.keys) {
                guard let column = families[name]?.family.labels.firstIndex(of: label) else { continue }
                for position in families[name]?.series.indices ?? 0..<0 {
                    guard let value = families[name]?.series[position].values[column], !values.contains(value) else {
                        continue
                    }
                    families[name]?.series[position].isShown = false
                }
            }
        }
    }
}
