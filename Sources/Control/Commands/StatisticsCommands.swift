/// Counters and averages by database.
enum StatisticsCommands {
    static let control: [Command] = [
        Command(
            "stats", summary: "counters by database, and averages of the last minutes",
            columns: [.text("database")] + figures.map { .int8($0.controlName) }
                + figures.map { .int8("avg_\($0.controlName)") }
        ) { context, _ in
            .rows(await context.statistics().map { row($0, totals: true, averages: true) })
        }
    ]

    static let show: [Command] = [
        Command(
            "stats", summary: "totals and averages by database",
            columns: [.text("database")] + figures.map { .numeric("total_\($0.totalName)") }
                + figures.map { .numeric("avg_\($0.averageName)") }
        ) { context, _ in .rows(await context.statistics().map { row($0, totals: true, averages: true) }) },
        Command(
            "stats_totals", summary: "totals by database",
            columns: [.text("database")] + figures.map { .numeric($0.subsetName) }
        ) { context, _ in .rows(await context.statistics().map { row($0, totals: true, averages: false) }) },
        Command(
            "stats_averages", summary: "averages by database",
            columns: [.text("database")] + figures.map { .numeric($0.averageSubsetName) }
        ) { context, _ in .rows(await context.statistics().map { row($0, totals: false, averages: true) }) },
        Command(
            "totals", summary: "totals and averages of all databases together",
            columns: [.text("name"), .numeric("value")]
        ) { context, _ in .rows(sums(await context.statistics())) },
    ]

    /// One figure under its names in the several tables, which PgBouncer does not name alike.
    private struct Figure: Sendable {
        let controlName: String
        /// Behind `total_` in SHOW STATS.
        let totalName: String
        /// Behind `avg_` in SHOW STATS.
        let averageName: String
        /// In SHOW STATS_TOTALS.
        let subsetName: String
        /// In SHOW STATS_AVERAGES.
        let averageSubsetName: String
        /// In SHOW TOTALS.
        let sumName: String
        let total: @Sendable (DatabaseTotals) -> UInt64
        let average: @Sendable (DatabaseAverages) -> UInt64

        init(
            _ controlName: String, _ totalName: String, average averageName: String? = nil, subset: String? = nil,
            averageSubset: String? = nil, sum: String? = nil, _ total: @escaping @Sendable (DatabaseTotals) -> UInt64,
            _ average: @escaping @Sendable (DatabaseAverages) -> UInt64
        ) {
            self.controlName = controlName
            self.totalName = totalName
            self.averageName = averageName ?? totalName
            subsetName = subset ?? totalName
            averageSubsetName = averageSubset ?? subset ?? totalName
            sumName = sum ?? totalName
            self.total = total
            self.average = average
        }
    }

    private static let figures = [
        Figure("assignments", "server_assignment_count", { $0.assignments }, { $0.assignments }),
        Figure("transactions", "xact_count", { $0.transactions }, { $0.transactions }),
        Figure("queries", "query_count", { $0.queries }, { $0.queries }),
        Figure(
            "received", "received", average: "recv", subset: "bytes_received", sum: "client_bytes", { $0.received },
            { $0.received }),
        Figure("sent", "sent", subset: "bytes_sent", sum: "server_bytes", { $0.sent }, { $0.sent }),
        Figure("transaction_us", "xact_time", { $0.transactionTimeNs / 1000 }, { $0.transactionTimeNs / 1000 }),
        Figure("query_us", "query_time", { $0.queryTimeNs / 1000 }, { $0.queryTimeNs / 1000 }),
        Figure("wait_us", "wait_time", { $0.waitTimeNs / 1000 }, { $0.waitTimeNs / 1000 }),
        Figure(
            "client_parses", "client_parse_count", averageSubset: "avg_client_parse_count",
            sum: "ps_client_parse_count", { $0.clientParses }, { $0.clientParses }),
        Figure(
            "server_parses", "server_parse_count", averageSubset: "avg_server_parse_count",
            sum: "ps_server_parse_count", { $0.serverParses }, { $0.serverParses }),
        Figure(
            "binds", "bind_count", averageSubset: "avg_bind_count", sum: "ps_bind_count", { $0.binds }, { $0.binds }),
        Figure(
            "logins", "client_login_count", averageSubset: "avg_client_login_count", { $0.logins }, { $0.logins }),
    ]

    private static func row(_ statistics: DatabaseStatistics, totals: Bool, averages: Bool) -> [Value] {
        var row: [Value] = [.text(statistics.total.name)]
        if totals { row += figures.map { .number($0.total(statistics.total)) } }
        if averages { row += figures.map { .number($0.average(statistics.average)) } }
        return row
    }

    /// Rates add up; of times per event the mean, weighted by the events' rates.
    private static func sums(_ all: [DatabaseStatistics]) -> [[Value]] {
        var sum = DatabaseAverages()
        for one in all {
            sum.transactionTimeNs &+= one.average.transactionTimeNs &* one.average.transactions
            sum.queryTimeNs &+= one.average.queryTimeNs &* one.average.queries
            sum.waitTimeNs &+= one.average.waitTimeNs &* one.average.assignments
            sum.transactions &+= one.average.transactions
            sum.queries &+= one.average.queries
            sum.assignments &+= one.average.assignments
            sum.received &+= one.average.received
            sum.sent &+= one.average.sent
            sum.clientParses &+= one.average.clientParses
            sum.serverParses &+= one.average.serverParses
            sum.binds &+= one.average.binds
            sum.logins &+= one.average.logins
        }
        sum.transactionTimeNs /= max(sum.transactions, 1)
        sum.queryTimeNs /= max(sum.queries, 1)
        sum.waitTimeNs /= max(sum.assignments, 1)
        let totals = figures.map { figure in
            [.text("total_\(figure.sumName)"), .number(all.reduce(UInt64(0)) { $0 &+ figure.total($1.total) })]
                as [Value]
        }
        return totals + figures.map { [.text("avg_\($0.sumName)"), .number($0.average(sum))] }
    }
}
