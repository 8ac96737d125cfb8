/// The buckets of every duration histogram, from 50 µs to 30 s, and the open one above.
public enum DurationBuckets {
    /// Upper bounds in nanoseconds, inclusive as Prometheus has them; the open bucket is not listed.
    public static let bounds: [UInt64] = [
        50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000,
        1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000, 30_000_000_000,
    ]

    /// Buckets with the open one.
    public static let count = 19
    /// Slots of a bank that one histogram takes: buckets and sum.
    static let slots = count + 1

    /// The bounds as `le` values in seconds, written as OpenMetrics asks; the text format accepts the same.
    static let labels = [
        "5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
        "0.5", "1.0", "2.5", "5.0", "10.0", "30.0", "+Inf",
    ]

    /// The bucket a duration belongs to. Compares with constants, so there is no table to load; most queries end within
    /// the first five.
    @inlinable
    public static func index(_ nanoseconds: UInt64) -> Int {
        switch nanoseconds {
        case ...50_000: 0
        case ...100_000: 1
        case ...250_000: 2
        case ...500_000: 3
        case ...1_000_000: 4
        case ...2_500_000: 5
        case ...5_000_000: 6
        case ...10_000_000: 7
        case ...25_000_000: 8
        case ...50_000_000: 9
        case ...100_000_000: 10
        case ...250_000_000: 11
        case ...500_000_000: 12
        case ...1_000_000_000: 13
        case ...2_500_000_000: 14
        case ...5_000_000_000: 15
        case ...10_000_000_000: 16
        case ...30_000_000_000: 17
        default: 18
        }
    }
}
