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
        let bytes = Array(lines.utf8)
        let chunk = AuditChunk(capacity: bytes.count, lane: lane)
        for (index, byte) in bytes.enumerated() { chunk.base[index] = byte }
        chunk.count = bytes.count
        chunk.events = UInt64(bytes.count { $0 == 10 })
        chunk.lastSequence = last
        return chunk
    }

    private func at(_ milliseconds: UInt64) -> AuditClock {
        AuditClock(monotonic: milliseconds * 1_000_000, wall: Self.wall + milliseconds * 1_000_000)
    }

    private var durable: UInt64 { lane.durable.load(ordering: .relaxed) }

    @Test func writesAtOnceAndSyncsAfterTheDelay() {
        let writer = makeWriter()
        writer.accept([chunk("a\n"), chunk("b\n", last: 2)])
        #expect(writer.step(at(0)).released.isEmpty)
        #expect(files.text(Self.path) == "a\nb\n")
        #expect(writer.deadline == writer.settings.syncDelay)
        writer.accept([chunk("c\n", last: 3)])
        #expect(writer.step(at(74)).released.isEmpty)
        #expect(durable == 0)
        #expect(writer.step(at(75)).released.count == 3)
        #expect(durable == 3)
        #expect(writer.deadline == nil)
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
        files.state.withLock { $0.room = 5 }
        writer.accept([chunk("abc\n"), chunk("def\n", last: 2)])
        #expect(writer.step(at(0)).failure?.code == ENOSPC)
        #expect(files.text(Self.path) == "abc\nd")
        #expect(writer.step(at(10)).failure == nil, "backs off")
        #expect(writer.deadline == AuditWriter.firstBackOff)
        writer.accept([chunk("ghi\n", last: 3)])
        #expect(writer.step(at(50)).failure == nil, "said once")
        files.state.withLock { $0.room = nil }
        #expect(writer.step(at(1000)).hasHealed)
        #expect(files.text(Self.path) == "abc\ndef\nghi\n")
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
        #expect(files.text(Self.path) != "safe\nabc\ndef\n")
        _ = writer.step(at(300))
        #expect(writer.step(at(400)).released.count == 2)
        #expect(files.text(Self.path) == "safe\nabc\ndef\n")
        #expect(durable == 3)
        #expect(writer.counts.writtenEvents == 3)
    }

    @Test(arguments: 1...11) func failedSyncAfterPartialWrite(room: Int) {
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
        #expect(files.text(Self.path) == "abc\ndef\nghi\n")
        #expect(durable == 3)
    }

    @Test func rotatesBeforeTheFileGrowsTooLargeAndKeepsTheNewest() {
        let writer = makeWriter {
            $0.rotateBytes = 8
            $0.keepFiles = 2
        }
        for (index, line) in ["aaa\n", "bbb\n", "ccc\n", "ddd\n", "eee\n", "fff\n", "ggg\n"].enumerated() {
            writer.accept([chunk(line)])
            _ = writer.step(at(UInt64(index)))
        }
        let names = files.names
        #expect(names.count == 3)
        #expect(names.map(files.text) == ["ccc\nddd\n", "eee\nfff\n", "ggg\n"])
        #expect(names[0].wholeMatch(of: /\/log\/audit-\d{8}T\d{6}\.\d{6}Z\.jsonl/) != nil)
        #expect(writer.counts.rotations == 3)
        #expect(files.openCount == 1)
    }

    @Test func oneBatchIsSplitAtTheLimit() {
        let writer = makeWriter { $0.rotateBytes = 8 }
        writer.accept([chunk("aaa\n"), chunk("bbb\n"), chunk("ccc\n")])
        _ = writer.step(at(0))
        #expect(files.names.map(files.text) == ["aaa\nbbb\n", "ccc\n"])
    }

    @Test func rotatesByTheAgeOfTheFirstEventAcrossRestarts() {
        let line = #"{"time":"2026-11-23T10:00:00.000000Z","event":"x"}"# + "\n"
        files.put(Self.path, line)
        let writer = makeWriter { $0.rotateAge = 3600 * 1_000_000_000 }
        writer.accept([chunk("a\n")])
        _ = writer.step(at(0))
        #expect(files.names.map(files.text) == [line, "a\n"])
    }

    @Test func failedRotationKeepsTheLogGoing() {
        let writer = makeWriter { $0.rotateBytes = 4 }
        files.state.withLock { $0.failingRenames = 1 }
        for time: UInt64 in 0..<3 {
            writer.accept([chunk("aaa\n")])
            _ = writer.step(at(time))
        }
        #expect(files.text(Self.path) == "aaa\naaa\naaa\n")
        #expect(writer.counts.failures == 1)
        #expect(writer.error == nil)
    }

    @Test func reopenAfterAMoveLeavesWholeLines() throws {
        let writer = makeWriter()
        files.state.withLock { $0.room = 6 }
        writer.accept([chunk("abc\n"), chunk("def\n", last: 2)])
        _ = writer.step(at(0))
        try files.rename(Self.path, to: "/log/moved")
        files.state.withLock { $0.room = nil }
        writer.wantsReopen = true
        _ = writer.step(at(1))
        _ = writer.step(at(100))
        // Nothing was synced, so all of it goes to the new file and none stays in the old one.
        #expect(files.text("/log/moved") == "")
        #expect(files.text(Self.path) == "abc\ndef\n")
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
        #expect(files.text(Self.path) == "abc\ndef\n")
    }

    @Test func tornLineOfACrashIsCutOffAndTold() {
        files.put(Self.path, "abc\n{\"half\":\"")
        let writer = makeWriter()
        writer.accept([chunk("def\n")])
        _ = writer.step(at(0))
        let lines = files.text(Self.path).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "abc" && lines[2] == "def")
        #expect(lines[1].contains(#""event":"recovered""#))
        #expect(lines[1].hasSuffix(#","bytes":9,"discarded":"{\"half\":\""}"#))
    }

    @Test func abandonLeavesWholeLinesAndCountsTheLost() {
        let writer = makeWriter()
        files.state.withLock { $0.room = 6 }
        writer.accept([chunk("ab\ncd\nef\n"), chunk("gh\n", last: 4)])
        _ = writer.step(at(0))
        files.state.withLock { $0.room = 1 }
        _ = writer.step(at(50))
        #expect(files.text(Self.path) == "ab\ncd\ne")
        #expect(writer.abandon().lost == 2)
        #expect(files.text(Self.path) == "ab\ncd\n")
        #expect(writer.counts.writtenEvents == 2)
    }
}
