import Synchronization
import Testing

@testable import Audit

/// The power is cut after each single operation on the disk; what was promised must be there, and the chain whole.
@Suite struct PowerLossTests {
    struct Case: CustomTestStringConvertible {
        let durability: AuditSettings.Durability
        let luck: FakeFiles.Luck

        static let all = [AuditSettings.Durability.async, .beforeReply, .beforeForward].flatMap { durability in
            FakeFiles.Luck.allCases.map { Case(durability: durability, luck: $0) }
        }

        var testDescription: String { "\(durability), \(luck)" }
    }

    private static let path = "/log/audit.jsonl"
    private static let wall: UInt64 = 1_795_454_240_000_000_000

    private func makeWriter(
        _ files: FakeFiles, _ durability: AuditSettings.Durability, keep: Int = 0
    ) -> AuditWriter {
        var settings = AuditSettings(path: Self.path)
        settings.durability = durability
        settings.rotateBytes = 3600
        settings.keepFiles = keep
        settings.checkpointDelay = 150_000_000
        return AuditWriter(settings: settings, files: files, process: "p", onSync: { _ in })
    }

    /// Events `numbers`, one every 40 ms.
    private func run(_ writer: AuditWriter, _ lane: AuditLane, _ numbers: Range<UInt64>) {
        for number in numbers {
            let line = #"{"time":"2026-11-23T10:00:00.000000Z","event":"statement","id":"p-0-\#(number)""#
            writer.accept([.linked(line + "\n", lane: lane, last: number)])
            _ = writer.step(clock(number))
        }
    }

    private func clock(_ number: UInt64) -> AuditClock {
        AuditClock(monotonic: number * 40_000_000, wall: Self.wall + number * 40_000_000)
    }

    /// All that is in the files, in the order of the chain.
    private func report(_ files: FakeFiles) throws -> (AuditReport, [UInt64], String) {
        let log = AuditVerifierTests.Log(batches: 0)
        log.lines = files.logs.map { files.text($0).split(separator: "\n").map(String.init) }.filter { !$0.isEmpty }
        let text = log.lines.joined().joined(separator: "\n")
        let numbers = text.matches(of: /"id":"p-0-(\d+)"/).compactMap { UInt64($0.1) }
        return (try log.report(), numbers, text)
    }

    @Test(arguments: Case.all) func whatWasPromisedIsThere(_ test: Case) throws {
        var operations = 1
        while true {
            let files = FakeFiles()
            let lane = AuditLane(index: 0, notify: {})
            files.state.withLock { $0.power = operations }
            do {
                run(makeWriter(files, test.durability), lane, 1..<26)
            }
            let promised = lane.durable.load(ordering: .relaxed)
            guard files.state.withLock({ $0.power == 0 }) else { break }
            files.powerUp(test.luck)
            let second = makeWriter(files, test.durability)
            run(second, lane, 26..<29)
            second.isFinishing = true
            _ = second.step(clock(29))
            let (report, numbers, text) = try report(files)
            try #require(report.findings == [], "after operation \(operations)\n\(text)")
            try #require(report.signedLine == report.lastLine)
            try #require(second.counts.chainBreaks == 0)
            // All that was promised, perhaps more, nothing twice, and what came after.
            let before = numbers.prefix { $0 < 26 }
            try #require(before.count >= promised, "after operation \(operations)")
            try #require(numbers == Array(1..<UInt64(before.count + 1)) + [26, 27, 28])
            operations += 1
        }
        #expect(operations > 30)
    }

    /// Each event is promised as soon as its step has ended, where that is what was asked for.
    @Test(arguments: [AuditSettings.Durability.beforeReply, .beforeForward])
    func aPromiseIsASynchronisation(_ durability: AuditSettings.Durability) {
        let files = FakeFiles()
        let lane = AuditLane(index: 0, notify: {})
        let writer = makeWriter(files, durability)
        for number in UInt64(1)..<20 {
            run(writer, lane, number..<number + 1)
            #expect(lane.durable.load(ordering: .relaxed) == number)
        }
    }

    /// With `async`, what is older than 100 ms has been promised.
    @Test func asyncPromisesWithinAHundredMilliseconds() {
        let files = FakeFiles()
        let lane = AuditLane(index: 0, notify: {})
        let writer = makeWriter(files, .async)
        for number in UInt64(1)..<20 {
            run(writer, lane, number..<number + 1)
            #expect(lane.durable.load(ordering: .relaxed) + 2 >= number)
        }
    }

    /// Files are removed only when the log says so.
    @Test(arguments: FakeFiles.Luck.allCases) func retentionSurvivesAPowerCut(luck: FakeFiles.Luck) throws {
        var operations = 1
        while true {
            let files = FakeFiles()
            let lane = AuditLane(index: 0, notify: {})
            files.state.withLock { $0.power = operations }
            run(makeWriter(files, .beforeReply, keep: 1), lane, 1..<40)
            guard files.state.withLock({ $0.power == 0 }) else { break }
            files.powerUp(luck)
            let second = makeWriter(files, .beforeReply, keep: 1)
            run(second, lane, 40..<42)
            second.isFinishing = true
            _ = second.step(clock(42))
            let (report, numbers, text) = try report(files)
            try #require(report.findings == [], "after operation \(operations)\n\(text)")
            try #require(zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 || $1 == 40 })
            operations += 1
        }
        #expect(operations > 60)
    }

    /// The disk dies under a second process, too.
    @Test(arguments: FakeFiles.Luck.allCases) func aSecondPowerCutWhileTakingUp(luck: FakeFiles.Luck) throws {
        for operations in 1..<14 {
            let files = FakeFiles()
            let lane = AuditLane(index: 0, notify: {})
            files.state.withLock { $0.power = 25 }
            run(makeWriter(files, .beforeReply), lane, 1..<26)
            files.powerUp(luck)
            files.state.withLock { $0.power = operations }
            run(makeWriter(files, .beforeReply), lane, 26..<29)
            let promised = lane.durable.load(ordering: .relaxed)
            files.powerUp(luck)
            let third = makeWriter(files, .beforeReply)
            run(third, lane, 29..<31)
            third.isFinishing = true
            _ = third.step(clock(31))
            let (report, numbers, text) = try report(files)
            try #require(report.findings == [], "after operation \(operations)\n\(text)")
            try #require(promised < 26 || numbers.contains(promised))
            try #require(numbers.suffix(2) == [29, 30])
        }
    }
}
