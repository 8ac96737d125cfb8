/// A database's counters and what they were on average of late.
struct DatabaseStatistics: Equatable {
    var total: DatabaseTotals
    var average: DatabaseAverages
}

/// Rates per second and times per event, in ns, over the window.
struct DatabaseAverages: Equatable {
    var transactions: UInt64 = 0
    var queries: UInt64 = 0
    var assignments: UInt64 = 0
    var received: UInt64 = 0
    var sent: UInt64 = 0
    /// Of one transaction.
    var transactionTimeNs: UInt64 = 0
    /// Of one query.
    var queryTimeNs: UInt64 = 0
    /// Of one assignment.
    var waitTimeNs: UInt64 = 0
    var clientParses: UInt64 = 0
    var serverParses: UInt64 = 0
    var binds: UInt64 = 0
    var logins: UInt64 = 0

    init() {}

    /// - Parameter ns: between the two samples; all averages are 0 when it is.
    init(from old: DatabaseTotals, to new: DatabaseTotals, over ns: UInt64) {
        func rate(_ counter: KeyPath<DatabaseTotals, UInt64>) -> UInt64 {
            guard ns > 0 else { return 0 }
            return Self.scaled(Self.growth(counter, old, new), by: 1_000_000_000, over: ns)
        }
        func time(_ time: KeyPath<DatabaseTotals, UInt64>, each counter: KeyPath<DatabaseTotals, UInt64>) -> UInt64 {
            let count = Self.growth(counter, old, new)
            return count > 0 && ns > 0 ? Self.growth(time, old, new) / count : 0
        }
        transactions = rate(\.transactions)
        queries = rate(\.queries)
        assignments = rate(\.assignments)
        received = rate(\.received)
        sent = rate(\.sent)
        transactionTimeNs = time(\.transactionTimeNs, each: \.transactions)
        queryTimeNs = time(\.queryTimeNs, each: \.queries)
        waitTimeNs = time(\.waitTimeNs, each: \.assignments)
        clientParses = rate(\.clientParses)
        serverParses = rate(\.serverParses)
        binds = rate(\.binds)
        logins = rate(\.logins)
    }

    /// A database that was taken out and came back begins again: no growth.
    private static func growth(
        _ counter: KeyPath<DatabaseTotals, UInt64>, _ old: DatabaseTotals, _ new: DatabaseTotals
    ) -> UInt64 {
        new[keyPath: counter] > old[keyPath: counter] ? new[keyPath: counter] - old[keyPath: counter] : 0
    }

    /// `value` × `factor` / `divisor` without overflow on the way.
    private static func scaled(_ value: UInt64, by factor: UInt64, over divisor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        return product.high < divisor ? divisor.dividingFullWidth(product).quotient : .max
    }
}

/// The two latest samples of the counters. An average counts from the older one to the present, so that it covers one
/// to two periods and never too short a time; before the second sample, the time since the start.
struct StatisticsWindow {
    private struct Sample {
        var takenNs: UInt64
        var totals: [String: DatabaseTotals]
    }

    private var older: Sample
    private var newer: Sample

    init(startedAt nowNs: UInt64) {
        older = Sample(takenNs: nowNs, totals: [:])
        newer = older
    }

    mutating func sampled(_ totals: [DatabaseTotals], at nowNs: UInt64) {
        older = newer
        newer = Sample(takenNs: nowNs, totals: Dictionary(totals.map { ($0.name, $0) }) { first, _ in first })
    }

    func statistics(_ totals: [DatabaseTotals], at nowNs: UInt64) -> [DatabaseStatistics] {
        let elapsed = nowNs > older.takenNs ? nowNs - older.takenNs : 0
        return totals.map { total in
            let old = older.totals[total.name] ?? DatabaseTotals(name: total.name)
            return DatabaseStatistics(total: total, average: DatabaseAverages(from: old, to: total, over: elapsed))
        }
    }
}
