import Glibc
import Testing

@testable import Audit

/// Every kind of damage, done to a log of several files as the writer makes it.
@Suite struct AuditVerifierTests {
    /// A log on disk whose lines can be changed.
    final class Log {
        let directory = AuditLogTests.Directory()
        let files = FakeFiles()
        /// Whole files, in the order of the chain; without newlines.
        var lines: [[String]] = []
        /// Checkpoints as they were sent elsewhere.
        var anchors: [String] = []

        /// - Parameter batches: one event each; a checkpoint follows every `perCheckpoint`.
        init(batches: Int, perCheckpoint: Int = 4, rotateBytes: Int64 = 3600, keep: Int = 0) {
            var settings = AuditSettings(path: "/log/audit.jsonl")
            settings.rotateBytes = rotateBytes
            settings.keepFiles = keep
            settings.durability = .beforeReply
            let writer = AuditWriter(settings: settings, files: files, process: "p", onSync: { _ in })
            for index in 0..<batches {
                let name = index % 9 == 8 ? "dropped" : "statement"
                let line = #"{"time":"2026-11-23T10:00:00.000000Z","event":"\#(name)","id":"p-0-\#(index)","count":1"#
                writer.accept([.linked(line + "\n", lane: AuditLane(index: 0, notify: {}))])
                let isDue = index % perCheckpoint == perCheckpoint - 1
                let seconds = UInt64(index + 1) * 1_000_000_000
                if isDue { writer.checkpointAt = 0 }
                _ = writer.step(
                    AuditClock(monotonic: seconds, wall: 1_795_454_240_000_000_000 + seconds))
            }
            writer.isFinishing = true
            _ = writer.step(AuditClock(monotonic: 1 << 62, wall: 1_795_454_290_000_000_000))
            lines = files.logs.map { files.text($0).split(separator: "\n").map(String.init) }
            anchors = lines.joined().filter { $0.contains(#""event":"checkpoint""#) }
        }

        func write(_ name: String, _ lines: [String], end: String = "\n") -> String {
            let path = "\(directory.path)/\(name)"
            if let file = fopen(path, "w") {
                fputs(lines.joined(separator: "\n") + (lines.isEmpty ? "" : end), file)
                fclose(file)
            }
            return path
        }

        func paths(_ names: [Int]? = nil) -> [String] {
            (names ?? Array(lines.indices)).map { write("audit-\($0).jsonl", lines[$0]) }
        }

        func report(
            anchors: [String] = [], heads: [String] = [], isPartial: Bool = false, only: [Int]? = nil
        ) throws -> AuditReport {
            let kept = write("anchor", anchors)
            return try AuditVerifier(anchors: [kept], heads: heads, isPartial: isPartial).verify(paths(only))
        }

        /// The chain as somebody would make it who can compute hashes, from a line on to the end of its file.
        func relink(_ file: Int, from line: Int) {
            let sealer = ChainSealer()
            var hash = ChainedLine(Array(lines[file][line - 1].utf8)[...])?.hash ?? .zero
            for index in line..<lines[file].count {
                let body = Array(ChainText.body(lines[file][index]).utf8)
                let next = body.withUnsafeBytes { sealer.next(after: ChainHead(lines: 0, hash: hash), body: $0) }
                hash = next.hash
                lines[file][index] = String(decoding: body, as: UTF8.self) + ",\"chain\":\"\(hash.text)\"}"
            }
        }
    }

    private func kinds(_ report: AuditReport) -> [AuditFinding.Kind] { report.findings.map(\.kind) }

    @Test func aWholeLogIsGood() throws {
        let log = Log(batches: 40)
        #expect(log.lines.count > 3)
        let report = try log.report(anchors: log.anchors)
        #expect(report.findings == [])
        #expect(report.files.count == log.lines.count)
        #expect(report.firstLine == 1 && report.lastLine == UInt64(log.lines.joined().count))
        #expect(report.signedLine == report.lastLine && report.anchoredLine == report.lastLine)
        #expect(report.files.reduce(0) { $0 + $1.checkpoints } == log.anchors.count)
        #expect(report.notes == ["events that were lost and counted: 4"])
        #expect(try log.report().notes.last?.contains("nothing kept elsewhere was given") == true)
    }

    @Test func filesMayComeInAnyOrder() throws {
        let log = Log(batches: 40)
        #expect(try log.report(only: log.lines.indices.reversed()).isGood)
    }

    @Test func everyChangedByteIsFoundWhereItIs() throws {
        let log = Log(batches: 12, rotateBytes: 0)
        let path = log.paths()[0]
        let bytes = Array(log.lines[0].joined(separator: "\n").utf8) + [0x0a]
        var line = 1
        for index in bytes.indices {
            // Every byte of two lines of each kind, every seventh of the rest.
            guard line <= 6 || index % 7 == 0 else {
                if bytes[index] == 0x0a { line += 1 }
                continue
            }
            var changed = bytes
            changed[index] ^= 1
            let file = try #require(fopen(path, "w"))
            fwrite(changed, 1, changed.count, file)
            fclose(file)
            let report = try AuditVerifier().verify([path])
            let found = report.findings.first?.line
            #expect(found == line || found == line + 1, "byte \(index) of line \(line)")
            if bytes[index] == 0x0a { line += 1 }
        }
    }

    @Test func aLineThatIsGoneIsFound() throws {
        let log = Log(batches: 40)
        log.lines[1].remove(at: 3)
        let report = try log.report()
        #expect(report.findings.first?.line == 4)
        #expect(report.findings.first?.file.hasSuffix("audit-1.jsonl") == true)
        #expect(kinds(report) == [.altered, .missing])
        #expect(report.findings.last?.text.hasPrefix("1 lines are missing") == true)
    }

    @Test func linesThatChangedPlacesAreFound() throws {
        let log = Log(batches: 40, perCheckpoint: 8)
        log.lines[1].swapAt(2, 3)
        let report = try log.report()
        #expect(report.findings.map(\.line) == [3, 4, 5])
        #expect(Set(kinds(report)) == [.altered])
    }

    @Test func aLineThatWasAddedIsFound() throws {
        let log = Log(batches: 40, perCheckpoint: 8)
        log.lines[1].insert(log.lines[0][2], at: 3)
        #expect(kinds(try log.report()) == [.altered, .altered, .altered])
        log.lines[1][3] = #"{"event":"statement"}"#
        let report = try log.report()
        #expect(kinds(report) == [.foreign])
        #expect(report.findings.first?.line == 4)
    }

    /// Hashes alone can be made by anybody; the checkpoint can't.
    @Test func aRewrittenStretchIsFoundAtItsCheckpoint() throws {
        let log = Log(batches: 40, perCheckpoint: 8, rotateBytes: 0)
        log.lines[0][4] = log.lines[0][4].replacing("p-0-", with: "x-0-")
        log.relink(0, from: 4)
        let report = try log.report()
        let checkpoint = try #require(log.lines[0].firstIndex { $0.contains(#""event":"checkpoint""#) }) + 1
        #expect(report.findings.first?.line == checkpoint)
        #expect(report.findings.first?.kind == .unsigned)
    }

    @Test func aForgedCheckpointIsFound() throws {
        let log = Log(batches: 16, rotateBytes: 0)
        let index = try #require(log.lines[0].firstIndex { $0.contains(#""event":"checkpoint""#) })
        // Written by somebody who has no key but his own.
        let key = ChainKey()
        let body = ChainText.body(log.lines[0][index])
        let own = body.replacing(/"signature":"[^"]*"/, with: "\"signature\":\"\(key.sign(Array("x".utf8)))\"")
        log.lines[0][index] = own + ",\"chain\":\"\(ChainHash.zero.text)\"}"
        log.relink(0, from: index)
        let report = try log.report()
        #expect(report.findings.first?.line == index + 1)
        #expect(report.findings.first?.kind == .unsigned)
    }

    @Test func aCheckpointThatIsGoneIsFound() throws {
        let log = Log(batches: 16, rotateBytes: 0)
        let index = try #require(log.lines[0].firstIndex { $0.contains(#""event":"checkpoint""#) })
        log.lines[0].remove(at: index)
        log.relink(0, from: index)
        #expect(kinds(try log.report()).contains(.missing))
    }

    @Test func aFileThatIsGoneIsFound() throws {
        let log = Log(batches: 40)
        let middle = try log.report(only: log.lines.indices.filter { $0 != 2 })
        #expect(kinds(middle) == [.missing])
        #expect(middle.findings.first?.file.hasSuffix("audit-3.jsonl") == true)
        let first = try log.report(only: Array(log.lines.indices.dropFirst()))
        #expect(kinds(first) == [.missing])
        #expect(first.findings.first?.text.contains("does not say that it removed them") == true)
        #expect(try log.report(isPartial: true, only: Array(log.lines.indices.dropFirst())).isGood)
    }

    @Test func retentionIsNoFinding() throws {
        let log = Log(batches: 60, keep: 2)
        #expect(log.lines.count == 3)
        let report = try log.report()
        #expect(report.findings == [])
        #expect(report.firstLine > 1)
        #expect(report.notes.contains { $0.contains("no longer kept, as the log itself says") })
        // One more file than the log removed.
        #expect(kinds(try log.report(only: [1, 2])) == [.missing])
    }

    @Test func aCutEndIsSeenByItsAnchorOnly() throws {
        let log = Log(batches: 40)
        let last = log.lines.count - 1
        // After a checkpoint, so that all that is left is signed.
        let checkpoint = try #require(log.lines[last].firstIndex { $0.contains(#""event":"checkpoint""#) })
        log.lines[last] = Array(log.lines[last][...checkpoint])
        let blind = try log.report()
        #expect(blind.isGood)
        #expect(blind.notes.contains { $0.contains("a cut at the end") })
        let seeing = try log.report(anchors: log.anchors)
        #expect(kinds(seeing).allSatisfy { $0 == .missing })
        #expect(seeing.findings.first?.text.contains("ends before checkpoint") == true)
        let hash = try #require(ChainedLine(Array(log.anchors.last?.utf8 ?? "".utf8)[...])).hash.text
        #expect(kinds(try log.report(heads: [hash])) == [.unanchored])
    }

    @Test func aCutWithinALineIsTold() throws {
        let log = Log(batches: 40)
        let last = log.lines.count - 1
        log.lines[last].append(#"{"time":"#)
        var paths = log.paths()
        paths[last] = log.write("torn", log.lines[last], end: "")
        let atTheEnd = try AuditVerifier().verify(paths)
        #expect(atTheEnd.isGood)
        #expect(atTheEnd.notes.contains { $0.contains("ends within a line") })
        paths[0] = log.write("torn-first", log.lines[0] + ["{"], end: "")
        #expect(kinds(try AuditVerifier().verify(paths)) == [.torn])
    }

    /// The lines after the last checkpoint are chained but not signed; what follows it can be cut unseen.
    @Test func unsignedLinesAreNamed() throws {
        let log = Log(batches: 10, rotateBytes: 0)
        log.lines[0].removeLast()
        let report = try log.report(anchors: log.anchors.dropLast())
        #expect(report.isGood)
        #expect(report.lastLine > report.signedLine && report.signedLine == report.anchoredLine)
        #expect(report.notes.contains { $0.contains("no checkpoint signs what follows") })
    }

    @Test func anOldFileInThePlaceOfANewOneIsFound() throws {
        let log = Log(batches: 40)
        var paths = log.paths()
        paths[2] = log.write("audit-2.jsonl", log.lines[1])
        #expect(kinds(try AuditVerifier().verify(paths)) == [.repeated, .missing])
        paths[2] = log.write("audit-2.jsonl", log.lines[0])
        #expect(kinds(try AuditVerifier().verify(paths)) == [.repeated, .missing])
    }

    /// Somebody who has the host makes the whole log anew, with a key of his own.
    @Test func aLogMadeAnewIsSeenByItsAnchorOnly() throws {
        let log = Log(batches: 40)
        let forged = Log(batches: 40)
        #expect(try forged.report().isGood)
        let report = try forged.report(anchors: log.anchors)
        #expect(report.findings.count == log.anchors.count)
        #expect(Set(kinds(report)) == [.unanchored])
        #expect(report.anchoredLine == 0)
    }

    /// The host is taken after checkpoint 3: with the key found there nothing before can be made anew.
    @Test func theKeyOfTodayForgesNothingOfYesterday() throws {
        let log = Log(batches: 12, rotateBytes: 0)
        let stolen = try #require(ChainKey(log.files.bytes("/log/audit.jsonl.key")))
        #expect(stolen.number == UInt64(log.anchors.count) + 1)
        let target = try #require(log.lines[0].lastIndex { $0.contains(#""event":"checkpoint""#) })
        log.lines[0][target - 1] = log.lines[0][target - 1].replacing("p-0-", with: "x-0-")
        log.relink(0, from: target - 1)
        let previous = try #require(ChainedLine(Array(log.lines[0][target - 1].utf8)[...])).hash.text
        let unsigned = ChainText.body(log.lines[0][target])
            .replacing(/"previous":"[^"]*"/, with: "\"previous\":\"\(previous)\"")
            .replacing(/,"signature":"[^"]*"/, with: "")
        log.lines[0][target] =
            unsigned + ",\"signature\":\"\(stolen.sign(Array(unsigned.utf8)))\",\"chain\":\"\(previous)\"}"
        log.relink(0, from: target)
        let report = try log.report()
        #expect(report.findings.map(\.line) == [target + 1])
        #expect(kinds(report) == [.unsigned])
    }

    @Test func rubbishIsNoCrash() throws {
        let log = Log(batches: 4)
        let zero = ChainHash.zero.text
        let huge =
            #"{"time":"2026-11-23T10:00:00.000000Z","event":"file_opened","id":"x","lines":\#(UInt64.max),"#
            + #""previous":"\#(zero)","number":1,"key":"\#(zero)","chain":"\#(zero)"}"#
        for lines in [[""], ["{}"], [huge], [huge.replacing("\(UInt64.max)", with: "\(UInt64(1) << 59)")]] {
            #expect(!(try AuditVerifier().verify([log.write("rubbish", lines)]).isGood))
        }
        #expect(try AuditVerifier().verify([log.write("empty", [])]).notes.count > 0)
        #expect(throws: AuditReadError.self) { try AuditVerifier().verify(["/nowhere"]) }
        #expect(throws: AuditReadError.self) { try AuditVerifier(anchors: ["/nowhere"]) }
    }

    @Test func anchorsMayCarryASyslogHeader() throws {
        let log = Log(batches: 20)
        let header = "<110>1 2026-11-23T10:00:00Z host articdbm - - - "
        let report = try log.report(anchors: log.anchors.map { header + $0 })
        #expect(report.isGood && report.anchoredLine == report.lastLine)
    }
}
