import Glibc
import Synchronization
import Testing

@testable import Audit

/// How a log is taken up again: after an end, a crash, and after somebody was at its files.
@Suite struct AuditChainTests {
    let files = FakeFiles()
    static let path = "/log/audit.jsonl"
    static let wall: UInt64 = 1_795_454_240_123_456_000

    private func makeWriter(_ change: (inout AuditSettings) -> Void = { _ in }) -> AuditWriter {
        var settings = AuditSettings(path: Self.path)
        settings.durability = .beforeReply
        change(&settings)
        return AuditWriter(settings: settings, files: files, process: "p", onSync: { _ in })
    }

    private func at(_ seconds: UInt64) -> AuditClock {
        AuditClock(monotonic: seconds * 1_000_000_000, wall: Self.wall + seconds * 1_000_000_000)
    }

    /// Writes one event of each text, and a checkpoint behind them.
    private func write(_ writer: AuditWriter, _ events: [String], isLast: Bool = true, at seconds: UInt64 = 0) {
        let stamp = #"{"time":"2026-11-23T10:00:00.000000Z","event":""#
        for event in events {
            writer.accept([.linked(stamp + event + "\"\n", lane: AuditLane(index: 0, notify: {}))])
        }
        _ = writer.step(at(seconds))
        guard isLast, writer.error == nil else { return }
        writer.checkpointAt = 0
        _ = writer.step(at(seconds))
    }

    /// The power fails, but the disk keeps what it has.
    private func crash() { files.powerUp(.all) }

    private func names(_ path: String = Self.path) -> [String] {
        files.text(path).matches(of: /"event":"([^"]*)"/).map { String($0.1) }
    }

    private func verify() throws -> AuditReport {
        let log = AuditVerifierTests.Log(batches: 0)
        log.lines = files.logs.map { files.text($0).split(separator: "\n").map(String.init) }
        return try log.report()
    }

    @Test func aNewProcessGoesOnInTheFile() throws {
        write(makeWriter(), ["a", "b"])
        crash()
        let second = makeWriter()
        write(second, ["c"])
        #expect(names() == ["file_opened", "a", "b", "checkpoint", "c", "checkpoint"])
        #expect(try verify().isGood)
        #expect(second.counts.chainBreaks == 0)
        #expect(second.key?.number == 3)
    }

    @Test func linesWithoutACheckpointAreTakenUp() throws {
        write(makeWriter(), ["a", "b"], isLast: false)
        crash()
        write(makeWriter(), ["c"])
        #expect(names() == ["file_opened", "a", "b", "c", "checkpoint"])
        #expect(try verify().isGood)
    }

    @Test func aCheckpointIsDueAfterItsTime() {
        let writer = makeWriter { $0.checkpointDelay = 5_000_000_000 }
        write(writer, ["a"], isLast: false)
        #expect(writer.deadline == 5_000_000_000)
        _ = writer.step(at(4))
        #expect(names().last == "a")
        _ = writer.step(at(5))
        #expect(names().last == "checkpoint")
        _ = writer.step(at(11))
        #expect(writer.deadline == nil, "nothing is left to sign")
        #expect(names().count == 3)
    }

    @Test func aCheckpointIsDueAfterManyBytes() {
        let writer = makeWriter { $0.checkpointDelay = 0 }
        let long = String(repeating: "x", count: 1 << 20)
        for _ in 0..<17 { write(writer, [long], isLast: false) }
        #expect(writer.counts.checkpoints == 1)
    }

    @Test func theKeyMovesOnWithEachCheckpoint() throws {
        let writer = makeWriter()
        var texts: Set<[UInt8]> = []
        for second in UInt64(0)..<3 {
            write(writer, ["a"], at: second)
            texts.insert(files.bytes(Self.path + ".key"))
        }
        #expect(texts.count == 3)
        let key = try #require(ChainKey(files.bytes(Self.path + ".key")))
        #expect(key == writer.key)
        #expect(key.number == 4)
    }

    @Test func aKeyThatLagsBehindIsBroughtUp() throws {
        let writer = makeWriter()
        write(writer, ["a"])
        let lagging = files.bytes(Self.path + ".key")
        write(writer, ["b"], at: 1)
        write(writer, ["c"], at: 2)
        files.put(Self.path + ".key", lagging)
        crash()
        let second = makeWriter()
        write(second, ["d"])
        #expect(second.counts.chainBreaks == 0)
        #expect(try verify().isGood)
        #expect(ChainKey(files.bytes(Self.path + ".key"))?.number == 5)
    }

    @Test func aKeyThatCannotBeStoredIsTriedAgain() throws {
        let writer = makeWriter()
        write(writer, ["a"])
        files.state.withLock { $0.failingReplaces = 2 }
        write(writer, ["b"], at: 1)
        #expect(writer.counts.failures == 2, "once at the checkpoint, once behind it")
        #expect(ChainKey(files.bytes(Self.path + ".key"))?.number == 2)
        write(writer, ["c"], isLast: false, at: 2)
        #expect(ChainKey(files.bytes(Self.path + ".key"))?.number == 3)
        #expect(try verify().isGood)
    }

    @Test func aLogCutBeforeItsCheckpointIsSetAsideAndSaid() throws {
        let writer = makeWriter()
        write(writer, ["a"])
        write(writer, ["b"], at: 1)
        let cut = files.text(Self.path).split(separator: "\n").prefix(3).joined(separator: "\n") + "\n"
        files.put(Self.path, cut)
        crash()
        let second = makeWriter()
        write(second, ["c"])
        #expect(second.counts.chainBreaks == 1)
        #expect(files.logs.count == 2)
        #expect(files.text(files.logs[0]) == cut, "left as it is")
        #expect(names() == ["file_opened", "chain_broken", "c", "checkpoint"])
        let report = try verify()
        #expect(report.findings.map(\.kind) == [.missing, .broken])
        #expect(report.findings.first?.text == "lines 4 to 5 are missing before this file")
    }

    @Test func aLineChangedAfterTheLastCheckpointIsSetAsideAndSaid() throws {
        write(makeWriter(), ["a"])
        crash()
        write(makeWriter(), ["b", "c", "d"], isLast: false)
        files.put(Self.path, files.text(Self.path).replacing("\"c\"", with: "\"x\""))
        crash()
        let second = makeWriter()
        write(second, ["e"])
        #expect(second.counts.chainBreaks == 1)
        let report = try verify()
        #expect(report.findings.map(\.kind) == [.altered, .repeated, .broken])
        #expect(report.findings.first?.line == 5)
    }

    @Test func aLogWithoutItsKeyBeginsAnew() throws {
        write(makeWriter(), ["a"])
        _ = files.state.withLock { $0.paths.removeValue(forKey: Self.path + ".key") }
        crash()
        write(makeWriter(), ["b"])
        #expect(files.logs.count == 2)
        #expect(try verify().findings.map(\.kind) == [.broken, .broken])
    }

    @Test func aFileOfSomethingElseIsSetAside() {
        files.put(Self.path, "something\nelse\n")
        let writer = makeWriter()
        write(writer, ["a"])
        #expect(files.text(files.logs[0]) == "something\nelse\n")
        #expect(names() == ["file_opened", "chain_broken", "a", "checkpoint"])
        #expect(writer.broken.map(\.reason) == ["it has no chain"])
    }

    @Test func linesOfSomebodyElseAfterAFailedSyncAreSetAside() throws {
        let writer = makeWriter()
        write(writer, ["a"])
        files.state.withLock { $0.failingSyncs = 1 }
        write(writer, ["b"], isLast: false, at: 1)
        files.state.withLock { state in
            for node in state.contents.keys where state.open.values.contains(node) {
                state.contents[node]? += Array("other\n".utf8)
            }
        }
        write(writer, ["c"], at: 10)
        #expect(writer.counts.chainBreaks == 1)
        #expect(names() == ["file_opened", "chain_broken", "b", "c", "checkpoint"])
        #expect(writer.error == nil)
    }

    @Test func twoProcessesCannotHaveOneFile() {
        let first = makeWriter()
        write(first, ["a"])
        let second = makeWriter()
        #expect(throws: AuditFileError(operation: "lock", code: EWOULDBLOCK)) { try second.openFile(at(0)) }
    }

    @Test func anotherPathIsAnotherChain() throws {
        let writer = makeWriter()
        write(writer, ["a"], isLast: false)
        var settings = writer.settings
        settings.path = "/log/other.jsonl"
        writer.apply(settings)
        write(writer, ["b"], at: 1)
        #expect(names() == ["file_opened", "a", "checkpoint"], "signed before it is left")
        #expect(names("/log/other.jsonl") == ["file_opened", "b", "checkpoint"])
        #expect(files.text("/log/other.jsonl").contains(#""lines":0,"previous":"\#(ChainHash.zero.text)""#))
        #expect(ChainKey(files.bytes("/log/audit.jsonl.key"))?.number == 2)
    }

    @Test func movingTheFileAwayKeepsTheChain() throws {
        let writer = makeWriter()
        write(writer, ["a"], isLast: false)
        try files.rename(Self.path, to: "/log/audit-0.jsonl")
        writer.wantsReopen = true
        write(writer, ["b"], at: 1)
        #expect(names("/log/audit-0.jsonl") == ["file_opened", "a", "checkpoint"])
        #expect(names() == ["file_opened", "b", "checkpoint"])
        #expect(try verify().isGood)
    }

    @Test func keyFilesAreReadStrictly() throws {
        let key = ChainKey()
        #expect(ChainKey(key.text) == key)
        #expect(ChainKey([]) == nil)
        #expect(ChainKey(key.text.dropLast()) == nil)
        #expect(ChainKey(Array("x".utf8) + key.text) == nil)
        #expect(ChainKey(Array("articdbm-audit-key-1 0 0 \(ChainHash.zero.text) \(ChainHash.zero.text)\n".utf8)) == nil)
        #expect(ChainKey(Array("articdbm-audit-key-1 1 0 \(ChainHash.zero.text) 00\n".utf8)) == nil)
    }
}
