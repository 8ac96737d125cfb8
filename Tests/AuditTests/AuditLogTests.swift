import Glibc
import Logging
import Synchronization
import Testing

@testable import Audit

/// Loops, queue, thread and a real file together.
@Suite struct AuditLogTests {
    final class Directory {
        let path: String

        init() {
            var template = Array("/tmp/audit-test-XXXXXX".utf8CString)
            path = template.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
            }
        }

        deinit {
            for name in PosixFileAccess().list(path) where name.first != "." { unlink("\(path)/\(name)") }
            rmdir(path)
        }
    }

    let directory = Directory()
    var path: String { directory.path + "/audit.jsonl" }

    static let session = AuditSession(
        id: 7, protocolName: "postgresql", listener: "pg", client: "127.0.0.1:5000", tls: "TLSv1.3", user: "alice",
        application: "psql \"x\"", backend: "main", database: "shop")

    static func text(_ sql: String, limit: Int = 4096) -> AuditStatementText {
        Array(sql.utf8).withUnsafeBytes { AuditStatementText($0, isRedacted: true, hash: 0xabc, limit: limit) }
    }

    static func lines(_ path: String) -> [String] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// But for those of the chain itself.
    private static func events(_ path: String) -> [String] {
        lines(path).filter { !$0.contains(#""event":"file_opened""#) && !$0.contains(#""event":"checkpoint""#) }
    }

    private func makeLog(
        loops: Int = 1, files: any AuditFileAccess = PosixFileAccess(), notify: @escaping @Sendable () -> Void = {},
        change: (inout AuditSettings) -> Void = { _ in }
    ) -> AuditLog {
        var settings = AuditSettings(path: path)
        change(&settings)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return AuditLog(
            settings: settings, notify: Array(repeating: notify, count: loops), logger: logger, onSync: { _ in },
            files: files)
    }

    @discardableResult
    private static func record(
        _ loop: AuditLoop, _ text: AuditStatementText = text("SELECT ?"), error: AuditErrorCode? = nil
    ) -> AuditTicket {
        loop.recordStatement(
            session: session, text: text, kind: AuditKind("select"), verdict: .allowed, rows: 3, bytesIn: 14,
            bytesOut: 77, durationNs: 123_456, errorCode: error, startedAt: AuditLineTests.wall)
    }

    @Test func aStatementsLine() throws {
        let log = makeLog()
        try log.start()
        Self.record(log.loops[0], error: AuditErrorCode("42P01".utf8))
        log.shutdown()
        let line = ChainText.body(try #require(Self.lines(path).first { $0.contains(#""event":"statement""#) }))
        let id = try #require(line.firstMatch(of: /"id":"([^"]+)-0-1"/)).1
        #expect(
            line == #"{"time":"2026-11-23T17:17:20.123456Z","event":"statement","id":"\#(id)-0-1","session":7,"#
                + #""protocol":"postgresql","listener":"pg","client":"127.0.0.1:5000","tls":"TLSv1.3","user":"alice","#
                + #""application":"psql \"x\"","backend":"main","database":"shop","kind":"select","verdict":"allowed","#
                + #""statement":"SELECT ?","hash":"0000000000000abc","rows":3,"bytes_in":14,"bytes_out":77,"#
                + #""duration_us":123,"error":"42P01""#)
        var status = stat()
        stat(path, &status)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func nothingIsLostBetweenManyLoopsAndTheFile() async throws {
        let log = makeLog(loops: 4, change: { $0.rotateBytes = 256 << 10 })
        try log.start()
        await withTaskGroup(of: Void.self) { group in
            for loop in log.loops {
                group.addTask {
                    for index in 0..<1000 {
                        Self.record(loop, Self.text("SELECT \(index)"))
                        if index % 100 == 0 { loop.flushIfDue(nowNs: UInt64(index) * 1_000_000) }
                    }
                }
            }
        }
        log.record("reloaded", fields: [.text("result", "applied"), .number("epoch", 2)])
        log.shutdown()
        let names = PosixFileAccess().list(directory.path).filter { $0.hasSuffix(".jsonl") }
        let lines = names.flatMap { Self.events(directory.path + "/" + $0) }
        #expect(names.count > 1)
        #expect(lines.count == 4001)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\":\"20") && $0.hasSuffix("}") })
        for loop in 0..<4 {
            let numbers = lines.compactMap { $0.firstMatch(of: /"id":"[^"]*-(\d)-(\d+)"/) }
                .filter { $0.1 == String(loop) }.compactMap { Int($0.2) }
            #expect(Set(numbers) == Set(1...1000))
        }
        let statistics = log.statistics()
        #expect(statistics.recordedEvents == 4001)
        #expect(statistics.writtenEvents == 4001)
        #expect(statistics.queuedBytes == 0)
        #expect(statistics.droppedEvents == 0)
    }

    @Test func aLineLargerThanTheBufferIsWhole() throws {
        let log = makeLog()
        try log.start()
        Self.record(log.loops[0])
        Self.record(log.loops[0], Self.text(String(repeating: "\"", count: 100_000), limit: 200_000))
        Self.record(log.loops[0])
        log.shutdown()
        let lines = Self.events(path)
        #expect(lines.count == 3)
        #expect(lines[1].utf8.count > 200_000)
    }

    @Test func durableTicketsNotifyTheirLoop() throws {
        let semaphore = Semaphore()
        let log = makeLog(notify: { semaphore.signal() }, change: { $0.durability = .beforeReply })
        try log.start()
        let loop = log.loops[0]
        for _ in 0..<20 {
            let ticket = Self.record(loop)
            #expect(!loop.isDurable(ticket))
            loop.flushIfDue(nowNs: 1)
            while !loop.awaitDurable(ticket) { semaphore.wait() }
            #expect(Self.events(path).count == Int(ticket.sequence))
        }
        log.shutdown()
    }

    @Test func fullQueueBlocksAndOpensAgain() throws {
        let semaphore = Semaphore()
        let files = FakeFiles()
        files.state.withLock { $0.room = 0 }
        let log = makeLog(files: files, notify: { semaphore.signal() }, change: { $0.maxQueuedBytes = 1000 })
        try log.start()
        let loop = log.loops[0]
        #expect(loop.canAccept)
        for _ in 0..<10 { Self.record(loop) }
        loop.flush()
        #expect(!loop.canAccept)
        #expect(!loop.awaitRoom())
        files.state.withLock { $0.room = nil }
        while !loop.awaitRoom() { semaphore.wait() }
        #expect(log.statistics().queuedBytes < 1000)
        log.shutdown()
        #expect(ChainText.events(files.text(path)).split(separator: "\n").count == 10)
    }

    @Test func dropCountsExactlyAndSaysSoInTheLog() throws {
        let files = FakeFiles()
        files.state.withLock { $0.room = 0 }
        let log = makeLog(
            files: files,
            change: {
                $0.maxQueuedBytes = 1000
                $0.overflow = .drop
            })
        try log.start()
        let loop = log.loops[0]
        for _ in 0..<10 { Self.record(loop) }
        loop.flush()
        for _ in 0..<5 { #expect(Self.record(loop) == .none) }
        #expect(loop.canAccept)
        #expect(log.statistics().droppedEvents == 5)
        #expect(log.statistics().isFull)
        files.state.withLock { $0.room = nil }
        log.shutdown()
        let lines = ChainText.events(files.text(path)).split(separator: "\n")
        #expect(lines.count == 11)
        #expect(lines.last?.contains(#""event":"dropped","id""#) == true)
        #expect(lines.last?.hasSuffix(#","count":5"#) == true)
        let statistics = log.statistics()
        #expect(statistics.recordedEvents == statistics.writtenEvents + statistics.droppedEvents)
    }

    @Test func diskThatNeverHealsIsAccountedFor() throws {
        let files = FakeFiles()
        let log = makeLog(files: files)
        try log.start()
        files.state.withLock { $0.room = 1500 }
        for _ in 0..<5 { Self.record(log.loops[0]) }
        log.shutdown(timeoutNs: 1_000_000)
        let text = ChainText.events(files.text(path))
        let statistics = log.statistics()
        #expect(files.text(path).hasSuffix("}\n"))
        #expect(UInt64(text.split(separator: "\n").count) + statistics.droppedEvents == 5)
        #expect(statistics.recordedEvents == 5)
        #expect(statistics.currentError == ENOSPC)
    }

    @Test func reopenAfterMovingTheFileAway() throws {
        let log = makeLog()
        try log.start()
        log.record("first")
        let moved = directory.path + "/audit-moved"
        while Self.lines(path).isEmpty { sched_yield() }
        #expect(rename(path, moved) == 0)
        log.reopen()
        while access(path, F_OK) != 0 { sched_yield() }
        log.record("second")
        log.shutdown()
        #expect(Self.events(moved).count == 1)
        #expect(Self.events(path).count == 1)
    }

    @Test func startFailsOnAPathThatCannotBeOpened() {
        let log = makeLog(change: { $0.path = "/nowhere/audit.jsonl" })
        #expect(throws: AuditOpenError.self) { try log.start() }
    }
}

/// Blocks a test's thread until the writer's notification.
final class Semaphore: @unchecked Sendable {  // A POSIX semaphore is made for this.
    private let value: UnsafeMutablePointer<sem_t> = .allocate(capacity: 1)

    init() { sem_init(value, 0, 0) }

    deinit {
        sem_destroy(value)
        value.deallocate()
    }

    func signal() { sem_post(value) }

    func wait() { sem_wait(value) }
}
