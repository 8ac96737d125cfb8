import Glibc
import Logging
import Synchronization
import Testing

@testable import Audit

@Suite struct AuditSinkTests {
    /// Takes batches, or refuses so many first.
    final class Recorder: AuditSink {
        let state: Mutex<(batches: [String], failures: Int, closed: Int)>
        let arrived = Semaphore()

        init(failures: Int = 0) { state = Mutex(([], failures, 0)) }

        func send(_ lines: [UInt8]) throws(AuditSinkError) {
            let fails = state.withLock { state in
                if state.failures > 0 {
                    state.failures -= 1
                    return true
                }
                state.batches.append(String(decoding: lines, as: UTF8.self))
                return false
            }
            if fails { throw AuditSinkError("no") }
            arrived.signal()
        }

        func close() { state.withLock { $0.closed += 1 } }

        var batches: [String] { state.withLock { $0.batches } }
    }

    private func makeForwarder(_ sink: any AuditSink, wantsEvents: Bool = true) -> AuditForwarder {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return AuditForwarder(name: "test", sink: sink, wantsEvents: wantsEvents, logger: logger)
    }

    private func offer(_ forwarder: AuditForwarder, _ text: String, isCheckpoint: Bool = false) {
        Array(text.utf8).withUnsafeBytes { forwarder.offer($0, lines: 1, isCheckpoint: isCheckpoint) }
    }

    private var soon: UInt64 { AuditClock.now().monotonic + 5_000_000_000 }

    @Test func whatIsOfferedIsSentInOrder() {
        let sink = Recorder()
        let forwarder = makeForwarder(sink)
        forwarder.start()
        for text in ["a\n", "b\n", "c\n"] { offer(forwarder, text) }
        forwarder.finish(by: soon)
        #expect(sink.batches == ["a\n", "b\n", "c\n"])
        #expect(forwarder.snapshot().lines == 3)
        #expect(forwarder.snapshot().queuedBytes == 0)
    }

    @Test func checkpointsOnly() {
        let sink = Recorder()
        let forwarder = makeForwarder(sink, wantsEvents: false)
        forwarder.start()
        offer(forwarder, "a\n")
        offer(forwarder, "c\n", isCheckpoint: true)
        forwarder.finish(by: soon)
        #expect(sink.batches == ["c\n"])
    }

    @Test func whatFailsIsSentAgain() {
        let sink = Recorder(failures: 2)
        let forwarder = makeForwarder(sink)
        forwarder.start()
        offer(forwarder, "a\n")
        offer(forwarder, "b\n")
        forwarder.finish(by: soon)
        #expect(sink.batches == ["a\n", "b\n"])
        #expect(forwarder.snapshot().failures == 2)
        #expect(sink.state.withLock { $0.closed } == 3, "after each failure, and at the end")
    }

    @Test func aFullQueueLeavesEventsOutAndKeepsCheckpoints() {
        let sink = Recorder()
        let forwarder = makeForwarder(sink)
        let large = String(repeating: "x", count: 1 << 20)
        for _ in 0..<20 { offer(forwarder, large) }
        offer(forwarder, "checkpoint\n", isCheckpoint: true)
        #expect(forwarder.snapshot().droppedLines == 4)
        forwarder.start()
        forwarder.finish(by: soon)
        #expect(sink.batches.count == 17 && sink.batches.last == "checkpoint\n")
    }

    @Test func theEndWaitsNoLongerThanItMay() {
        let sink = Recorder(failures: .max)
        let forwarder = makeForwarder(sink)
        forwarder.start()
        offer(forwarder, "a\n")
        let start = AuditClock.now().monotonic
        forwarder.finish(by: start + 300_000_000)
        #expect(AuditClock.now().monotonic - start < 4_000_000_000)
        #expect(forwarder.snapshot().droppedLines == 1)
    }

    @Test func anAnchorFileHasWholeLines() throws {
        let files = FakeFiles()
        let sink = AnchorFile(path: "/anchor", files: files)
        try sink.send(Array("one\n".utf8))
        files.state.withLock { $0.room = 2 }
        #expect(throws: AuditSinkError(AuditFileError(operation: "write", code: ENOSPC))) {
            try sink.send(Array("two\n".utf8))
        }
        files.state.withLock { $0.room = nil }
        try sink.send(Array("two\n".utf8))
        #expect(files.text("/anchor") == "one\ntw\ntwo\n")
        #expect(files.openCount == 0)
        files.powerUp(.none)
        #expect(files.text("/anchor") == "one\ntw\ntwo\n", "synced")
    }

    @Test func syslogMessages() {
        let line = #"{"time":"2026-11-23T17:17:20.123456Z","event":"statement","id":"p-0-1"}"#
        let format = SyslogFormat(facility: 13, host: "node 1\n", process: 42)
        let message = "<110>1 2026-11-23T17:17:20.123456Z node1 articdbm 42 statement - " + line
        #expect(String(decoding: format.message(Array(line.utf8)[...]), as: UTF8.self) == message)
        let frame = String(decoding: format.frame(Array(line.utf8)[...]), as: UTF8.self)
        #expect(frame == "\(message.utf8.count) \(message)")
        let nobody = SyslogFormat(facility: 0, host: "", process: 1).message(Array(line.utf8)[...])
        #expect(String(decoding: nobody, as: UTF8.self).hasPrefix("<6>1 2026-11-23T17:17:20.123456Z - articdbm 1 "))
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n", true), ("HTTP/1.0 204 \r\n", true), ("HTTP/1.1 299\r\n", true),
        ("HTTP/1.1 302 Found\r\n", false), ("HTTP/1.1 500 No\r\n", false), ("HTTP/1.1 2000 Odd\r\n", false),
        ("SSH-2.0-x 200\r\n", false), ("HTTP/1.1\r\n", false), ("", false), ("\n", false),
    ])
    func answersOfAnchors(answer: String, isSuccess: Bool) {
        #expect(AnchorService.isSuccess(Array(answer.utf8)) == isSuccess)
    }

    /// Only what is safe in the file leaves it, checkpoints at once behind it, and the last one again after a crash.
    @Test func theWriterOffersWhatIsSafe() {
        let files = FakeFiles()
        let sink = Recorder()
        let forwarder = makeForwarder(sink)
        func makeWriter() -> AuditWriter {
            let writer = AuditWriter(
                settings: AuditSettings(path: "/log/audit.jsonl"), files: files, process: "p", onSync: { _ in })
            writer.sinks = [forwarder]
            return writer
        }
        let writer = makeWriter()
        let stamp = #"{"time":"2026-11-23T10:00:00.000000Z","event":"a""#
        writer.accept([.linked(stamp + "\n", lane: AuditLane(index: 0, notify: {}))])
        _ = writer.step(AuditClock(monotonic: 0, wall: 1))
        #expect(forwarder.snapshot().queuedBytes == 0, "not synced yet")
        writer.isFinishing = true
        _ = writer.step(AuditClock(monotonic: 1, wall: 1))
        #expect(forwarder.snapshot().queuedBytes == files.bytes("/log/audit.jsonl").count)
        files.powerUp(.all)
        _ = makeWriter().step(AuditClock(monotonic: 2, wall: 2))
        forwarder.start()
        forwarder.finish(by: soon)
        let lines = files.text("/log/audit.jsonl").split(separator: "\n").map { "\($0)\n" }
        #expect(sink.batches == lines + [lines[2]])
    }
}
