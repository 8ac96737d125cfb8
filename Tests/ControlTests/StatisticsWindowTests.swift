import Testing

@testable import Control

@Suite struct StatisticsWindowTests {
    private let second: UInt64 = 1_000_000_000

    private func totals(queries: UInt64, timeNs: UInt64 = 0) -> DatabaseTotals {
        var totals = DatabaseTotals(name: "app")
        totals.queries = queries
        totals.queryTimeNs = timeNs
        return totals
    }

    @Test func beforeTheFirstSampleTheStartCounts() {
        let window = StatisticsWindow(startedAt: 10 * second)
        let statistics = window.statistics([totals(queries: 50, timeNs: 500)], at: 20 * second)
        #expect(statistics[0].average.queries == 5)
        #expect(statistics[0].average.queryTimeNs == 10)
        #expect(statistics[0].total.queries == 50)
    }

    @Test func averagesCoverOneToTwoPeriods() {
        var window = StatisticsWindow(startedAt: 0)
        window.sampled([totals(queries: 600)], at: 60 * second)
        window.sampled([totals(queries: 1200)], at: 120 * second)
        // From the sample at 60 s on.
        #expect(window.statistics([totals(queries: 1500)], at: 150 * second)[0].average.queries == 10)
    }

    @Test func newDatabasesAndResetCountersGrowFromNothing() {
        var window = StatisticsWindow(startedAt: 0)
        window.sampled([totals(queries: 600)], at: 60 * second)
        window.sampled([totals(queries: 700)], at: 120 * second)
        #expect(window.statistics([totals(queries: 5)], at: 121 * second)[0].average.queries == 0)
        var other = DatabaseTotals(name: "new")
        other.queries = 120
        #expect(window.statistics([other], at: 120 * second)[0].average.queries == 2)
    }

    @Test func noTimeAndHugeCountersDoNotTrap() {
        let window = StatisticsWindow(startedAt: 5)
        #expect(window.statistics([totals(queries: .max)], at: 5)[0].average == DatabaseAverages())
        #expect(window.statistics([totals(queries: .max, timeNs: .max)], at: 6)[0].average.queries == .max)
        #expect(window.statistics([totals(queries: 1)], at: 1)[0].average.queries == 0)
    }
}
