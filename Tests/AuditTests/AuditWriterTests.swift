import Glibc
import Synchronization
import Testing

@testable import Audit

/// The writer step by step, on a disk that fails and a clock that is set by hand.
@Suite struct AuditWriterTests {
    let files = FakeFiles()
    let lane = AuditLane(index: 0, notify: {})
    static let path = "/log/audit.jsonl"
    static let wall: UInt64 = 1_795_454_240_123_456_000

    private func makeWriter(_ change: (inout AuditSettings) -> Void = { _ in }) -> AuditWriter {
        var settings = AuditSettings(path: Self.path)
        change(&settings)
        return AuditWriter(settings: settings, files: files, process: "p", onSync: { _ in })
    }

    private func chunk(_ lines: String, last: UInt64 = 1) -> AuditChunk {
        AuditChunk.linked(lines, lane: lane, last: last)
    }

    /// The lines of a file but for those of the chain itself, without their links.
    private func events(_ path: String = Self.path) -> String { ChainText.events(files.text(path)) }

    private func at(_ milliseconds: UInt64) -> AuditClock {
        AuditClock(monotonic: milliseconds * 1_000_000, wall: Self.wall + milliseconds * 1_000_000)
    }

    private var durable: UInt64 { lane.durable.load(ordering: .relaxed) }

    @Test func writesAtOnceAndSyncsAfterTheDelay() {
        let writer = makeWriter()
        writer.accept([chunk("a\n"), chunk("b\n", last: 2)])
        #expect(writer.step(at(0)).released.isEmpty)
        #expect(events() == "a\nb\n")
        #expect(writer.deadline == writer.settings.syncDelay)
        writer.accept([chunk("c\n", last: 3)])
        #expect(writer.step(at(74)).released.isEmpty)
        #expect(durable == 0)
        #expect(writer.step(at(75)).released.count == 3)
        #expect(durable == 3)
        #expect(writer.deadline == writer.settings.checkpointDelay)
    }

    @Test func durableModesSyncEachBatchOnce() {
        let writer = makeWriter { $0.durability = .beforeReply }
        writer.accept([chunk("a\n"), chunk("b\n", last: 2)])
        #expect(writer.step(at(0)).released.count == 2)
        #expect(files.state.withLock { $0.syncs } == 1)
        #expect(durable == 2)
    }

    @Test func fullDiskGoesOnAtTheByteWhereItStopped() {
        let writer = makeWriter()
        writer.accept([chunk("first\n")])
        _ = writer.step(at(0))
        files.state.withLock { $0.room = ChainText.link + 5 }
        writer.accept([chunk("abc\n"), chunk("def\n", last: 2)])
        #expect(writer.step(at(0)).failure?.code == ENOSPC)
        #expect(events() == "first\nabc\nde")
        #expect(writer.step(at(10)).failure == nil, "backs off")
        #expect(writer.deadline == AuditWriter.firstBackOff)
        writer.accept([chunk("ghi\n", last: 3)])
        #expect(writer.step(at(50)).failure == nil, "said once")
        files.state.withLock { $0.room = nil }
        #expect(writer.step(at(1000)).hasHealed)
        #expect(events() == "first\nabc\ndef\nghi\n")
        #expect(writer.error == nil)
    }

    @Test func failedSyncWritesEverythingAgain() {
        let writer = makeWriter()
        writer.accept([chunk("safe\n")])
        _ = writer.step(at(0))
        #expect(writer.step(at(100)).released.count == 1)
        writer.accept([chunk("abc\n", last: 2), chunk("def\n", last: 3)])
        files.state.withLock { $0.failingSyncs = 1 }
        _ = writer.step(at(100))
        #expect(writer.step(at(200)).failure?.code == EIO)
        #expect(durable == 1)
        #expect(events() != "safe\nabc\ndef\n")
        _ = writer.step(at(300))
        #expect(writer.step(at(400)).released.count == 2)
        #expect(events() == "safe\nabc\ndef\n")
        #expect(durable == 3)
        #expect(writer.counts.writtenEvents == 3)
    }

    @Test(arguments: Array(stride(from: 1, to: 700, by: 37))) func failedSyncAfterPartialWrite(room: Int) {
        let writer = makeWriter { $0.durability = .beforeReply }
        files.state.withLock {
            $0.room = room
            $0.failingSyncs = 1
        }
        writer.accept([chunk("abc\n"), chunk("def\n", last: 2), chunk("ghi\n", last: 3)])
        var time: UInt64 = 0
        for _ in 0..<3 {
            _ = writer.step(at(time))
            time += 5000
        }
        files.state.withLock { $0.room = nil }
        for _ in 0..<3 {
            _ = writer.step(at(time))
            time += 5000
        }
        #expect(events() == "abc\ndef\nghi\n")
        #expect(durable == 3)
    }

    /// Room for a header, a checkpoint, and two lines of 300 bytes.
    private static let twoLines: Int64 = 2000

    private func long(_ letter: Character) -> String { String(repeating: letter, count: 300 - ChainText.link) + "\n" }

    @Test func rotatesBeforeTheFileGrowsTooLargeAndKeepsTheNewest() throws {
        let writer = makeWriter {
            $0.rotateBytes = Self.twoLines
            $0.keepFiles = 2
            $0.durability = .beforeReply
        }
        for (index, letter) in "abcdefg".enumerated() {
            writer.accept([chunk(long(letter))])
            _ = writer.step(at(UInt64(index)))
        }
        #expect(files.logs.count == 3)
        #expect(events(files.logs[0]) == long("c") + long("d"))
        #expect(events(files.logs[1]) == long("e") + long("f"))
        let last = events(files.logs[2]).split(separator: "\n")
        #expect(last[0].contains(#""event":"pruned""#) && last[0].contains(#""files":1,"#))
        #expect(last[1] == long("g").dropLast())
        #expect(files.logs[0].wholeMatch(of: /\/log\/audit-\d{8}T\d{6}\.\d{6}Z\.jsonl/) != nil)
        #expect(writer.counts.rotations == 3)
        #expect(files.openCount == 1)
        for name in files.logs { #expect(files.bytes(name).count <= Self.twoLines) }
        let kept = try #require(files.text(files.logs[0]).firstMatch(of: /"lines":(\d+)/)).1
        #expect(last[0].hasSuffix(#","lines":\#(kept)}"#) || last[0].hasSuffix(#","lines":\#(kept)"#))
    }

    @Test func oneBatchIsSplitAtTheLimit() {
        let writer = makeWriter { $0.rotateBytes = Self.twoLines }
        writer.accept("abc".map { chunk(long($0)) })
        _ = writer.step(at(0))
        #expect(files.logs.map { events($0) } == [long("a") + long("b"), long("c")])
    }

    /// Names are made of the time, and a full queue gives more than one at once.
    @Test func oneBatchMayFillSeveralFiles() {
        let writer = makeWriter { $0.rotateBytes = Self.twoLines }
        writer.accept("abcdefg".map { chunk(long($0)) })
        _ = writer.step(at(0))
        #expect(files.logs.map { events($0) } == ["ab", "cd", "ef", "g"].map { $0.map(long).joined() })
        #expect(writer.counts.failures == 0)
    }

    @Test func aChunkLargerThanAFileHasOneOfItsOwn() {
        let writer = makeWriter { $0.rotateBytes = 1100 }
        for (time, letter) in "abc".enumerated() {
            writer.accept([chunk(long(letter))])
            _ = writer.step(at(UInt64(time)))
        }
        #expect(files.logs.map { events($0) } == ["a", "b", "c"].map(long))
    }

    /// What retention says at a file's beginning is no reason to begin another.
    @Test func aChunkLargerThanAFileIsWrittenWithRetention() {
        let writer = makeWriter {
            $0.rotateBytes = 1100
            $0.keepFiles = 1
            $0.durability = .beforeReply
        }
        // Ends the test if the writer should not come to an end by itself.
        files.state.withLock { $0.power = 500 }
        for (time, letter) in "abcdef".enumerated() {
            writer.accept([chunk(long(letter))])
            _ = writer.step(at(UInt64(time)))
        }
        #expect(writer.error == nil)
        #expect(writer.counts.rotations == 5)
        #expect(files.logs.count == 2)
        #expect(events(files.logs[0]).hasSuffix(long("e")) && events().hasSuffix(long("f")))
    }

    @Test func rotatesByTheAgeOfTheFirstEventAcrossRestarts() {
        let first = makeWriter()
        first.accept([chunk("a\n")])
        first.isFinishing = true
        _ = first.step(at(0))
        first.leaveFile(at(0))
        let writer = makeWriter { $0.rotateAge = 3600 * 1_000_000_000 }
        writer.accept([chunk("b\n")])
        _ = writer.step(at(3_599_000))
        writer.accept([chunk("c\n")])
        _ = writer.step(at(3_601_000))
        #expect(files.logs.map { events($0) } == ["a\nb\n", "c\n"])
    }

    @Test func failedRotationKeepsTheLogGoing() {
        let writer = makeWriter { $0.rotateBytes = Self.twoLines }
        files.state.withLock { $0.failingRenames = 1 }
        for (time, letter) in "abcd".enumerated() {
            writer.accept([chunk(long(letter))])
            _ = writer.step(at(UInt64(time)))
        }
        #expect(events() == "abcd".map(long).joined())
        #expect(writer.counts.failures == 1)
        #expect(writer.error == nil)
    }

    @Test func reopenAfterAMoveLeavesWholeLines() throws {
        let writer = makeWriter()
        files.state.withLock { $0.room = 600 }
        writer.accept([chunk("abc\n"), chunk(long("d"), last: 2)])
        _ = writer.step(at(0))
        #expect(events().hasSuffix("dd"), "torn")
        try files.rename(Self.path, to: "/log/moved")
        files.state.withLock { $0.room = nil }
        writer.wantsReopen = true
        _ = writer.step(at(1))
        _ = writer.step(at(100))
        // Nothing was synced, so all of it goes to the new file and none stays in the old one.
        #expect(files.text("/log/moved") == "")
        #expect(events() == "abc\n" + long("d"))
        #expect(durable == 2)
        #expect(files.openCount == 1)
    }

    @Test func reopenThatFailsStaysWithTheOldFile() {
        let writer = makeWriter()
        writer.accept([chunk("abc\n")])
        _ = writer.step(at(0))
        files.state.withLock { $0.failingOpens = 1 }
        writer.wantsReopen = true
        #expect(writer.step(at(1)).failure?.code == EACCES)
        writer.accept([chunk("def\n", last: 2)])
        #expect(writer.step(at(1000)).hasHealed)
        #expect(events() == "abc\ndef\n")
    }

    @Test func tornLineOfACrashIsCutOffAndTold() {
        let first = makeWriter { $0.durability = .beforeReply }
        first.accept([chunk("abc\n")])
        _ = first.step(at(0))
        files.put(Self.path, files.text(Self.path) + "{\"half\":\"")
        files.powerUp(.all)
        let writer = makeWriter()
        writer.accept([chunk("def\n")])
        _ = writer.step(at(0))
        let lines = events().split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "abc" && lines[2] == "def")
        #expect(lines[1].contains(#""event":"recovered""#))
        #expect(lines[1].hasSuffix(#","bytes":9,"discarded":"{\"half\":\"""#))
        #expect(writer.counts.chainBreaks == 0)
    }

    @Test func abandonLeavesWholeLinesAndCountsTheLost() {
        let writer = makeWriter()
        writer.accept([chunk("first\n")])
        _ = writer.step(at(0))
        files.state.withLock { $0.room = 2 * (ChainText.link + 2) + 1 }
        writer.accept([chunk("ab\ncd\nef\n"), chunk("gh\n", last: 4)])
        _ = writer.step(at(0))
        #expect(events() == "first\nab\ncd\ne")
        #expect(writer.abandon().lost == 3, "the first was not synced")
        #expect(events() == "first\nab\ncd\n")
        #expect(writer.counts.writtenEvents == 2)
    }

    @Test func linesOfTheLogsOwnAreNotGivenBack() {
        let writer = makeWriter { $0.durability = .beforeReply }
        writer.accept([chunk("a\n")])
        #expect(writer.step(at(0)).released.map(\.lane?.index) == [0])
    }
}
