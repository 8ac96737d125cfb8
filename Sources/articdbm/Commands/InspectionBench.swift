internal import Glibc
internal import Inspection

/// What the parts of inspection cost over a list of texts, each one measured by itself.
struct InspectionBench {
    let texts: [[UInt8]]
    let dialect: SQLDialect
    let profile: DetectionProfile

    /// Each text is measured this often and the best taken, so that other processes do not count.
    private static let rounds = 5
    /// Calls within one measurement: the clock itself takes some 20 ns.
    private static let repetitions = 8

    func report() -> String {
        let parts: [(String, (([UInt8]) -> UInt64))] = [
            ("lexing and summary", { UInt64(summarize($0, as: dialect).statements.count) }),
            ("shape", { shapeHash($0, as: dialect) }),
            ("detector", { UInt64(InjectionDetector.judge($0, as: dialect, profile: profile).score) }),
        ]
        let bytes = texts.reduce(0) { $0 + $1.count }
        var output = "\(texts.count) statements, \(bytes / texts.count) bytes on average\n"
        for (name, part) in parts { output += line(name, measure(part), bytes) }
        return output
    }

    private func line(_ name: String, _ times: [Double], _ bytes: Int) -> String {
        let sorted = times.sorted()
        let total = times.reduce(0, +)
        let speed = total > 0 ? Double(bytes) / total * 1_000 : 0
        return "\(name): median \(Int(sorted[sorted.count / 2])) ns, p99 \(Int(sorted[sorted.count * 99 / 100])) ns,"
            + " mean \(Int(total / Double(times.count))) ns, \(Int(speed)) MB/s\n"
    }

    /// Nanoseconds of one call for each text.
    private func measure(_ part: ([UInt8]) -> UInt64) -> [Double] {
        texts.map { text in
            var best = Double.infinity
            for _ in 0..<Self.rounds {
                let start = Self.now()
                for _ in 0..<Self.repetitions { _ = part(text) }
                best = min(best, Double(Self.now() - start) / Double(Self.repetitions))
            }
            return best
        }
    }

    /// What applications send, of some 120 bytes and of 1 KiB, where no file is given.
    static func samples() -> [[[UInt8]]] {
        let short = (0..<50).map {
            "SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id"
                + " WHERE o.status = 'paid' AND o.id = \(1000 + $0)"
        }
        let columns = (0..<60).map { "t.column_\($0)" }.joined(separator: ", ")
        let long = (0..<50).map {
            "SELECT \(columns) FROM things t WHERE t.owner_id = \($0) AND t.state IN ('new', 'open') AND t.name LIKE 'a%'"
                + " AND (t.closed_at IS NULL OR t.closed_at > '2024-01-01') ORDER BY t.id DESC LIMIT 20"
        }
        return [short, long].map { $0.map { Array($0.utf8) } }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
