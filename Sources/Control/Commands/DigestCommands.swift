internal import Proxy

/// Statements by shape.
enum DigestCommands {
    static let control: [Command] = [
        Command(
            "digests", usage: "[count]", summary: "statements by shape, the one that took most time first",
            arguments: 0...1, columns: columns
        ) { context, arguments throws(ControlError) in
            .rows(rows(await context.target.digests(), count: try count(arguments)))
        },
        Command("reset_digests", summary: "begins to count statements by shape anew") { context, _ in
            await context.target.resetDigests()
            return .done("reset")
        },
    ]

    static let show: [Command] = [
        Command("digests", summary: "statements by shape", columns: columns) { context, _ in
            .rows(rows(await context.target.digests(), count: .max))
        }
    ]

    /// Shapes shown when no number is asked for.
    private static let shown = 50

    private static let columns: [Column] = [
        .text("database"), .text("hash"), .text("kind"), .int8("count"), .int8("errors"), .int8("rows"),
        .int8("total_us"), .int8("mean_us"), .int8("max_us"), .int8("p50_us"), .int8("p95_us"), .int8("p99_us"),
        .text("first_seen"), .text("last_seen"), .text("statement"),
    ]

    private static func count(_ arguments: [String]) throws(ControlError) -> Int {
        guard let text = arguments.first else { return shown }
        guard let count = Int(text), count > 0 else {
            throw ControlError(.syntax, "\"\(text.prefix(64))\" is no number of statements")
        }
        return count
    }

    private static func rows(_ digests: [DigestInfo], count: Int) -> [[Value]] {
        digests.prefix(count).map { digest in
            let figures = digest.figures
            let digits = String(digest.hash, radix: 16)
            return [
                .text(digest.database), .text(String(repeating: "0", count: 16 - digits.utf8.count) + digits),
                .text(digest.kind), .number(figures.count), .number(figures.errors), .number(figures.rows),
                .number(figures.totalNs / 1000), .number(figures.totalNs / max(figures.count, 1) / 1000),
                .number(figures.maxNs / 1000), .number(figures.percentileNs(0.5) / 1000),
                .number(figures.percentileNs(0.95) / 1000), .number(figures.percentileNs(0.99) / 1000),
                .time(figures.firstSeenNs), .time(figures.lastSeenNs), .text(digest.text),
            ]
        }
    }
}
