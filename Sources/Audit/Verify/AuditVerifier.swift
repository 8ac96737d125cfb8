/// Follows a log's chain through its files, and finds whatever is not as the log wrote it.
///
/// After a finding the chain is followed from what the line itself says, so that one change is told once, where it is.
public struct AuditVerifier {
    public static let maxFindings = 100

    /// Checkpoints that were kept elsewhere, by number.
    private let anchors: [UInt64: ChainHead]
    private let heads: Set<ChainHash>
    private let isPartial: Bool
    var report = AuditReport()
    private let sealer = ChainSealer()
    private var head = ChainHead.start
    private var nextNumber: UInt64 = 1
    private var nextKey: [UInt8] = []
    private var firstNumber: UInt64 = 1
    /// Lines up to here were removed by the log itself.
    private var prunedLines: UInt64 = 0
    private var checkpoints: [UInt64: ChainHead] = [:]
    private var foundHeads: Set<ChainHash> = []
    private var counted: [String: UInt64] = [:]
    /// Hashes of the files' first lines.
    private var seen: Set<ChainHash> = []
    private var path = ""
    private var line = 0

    /// - Parameters:
    ///   - anchors: files of checkpoints as the log wrote them; what precedes a line's `{` is passed over. `-` is
    ///     standard input.
    ///   - heads: hashes of lines.
    ///   - isPartial: the files need not begin where the log does.
    public init(anchors: [String] = [], heads: [String] = [], isPartial: Bool = false) throws(AuditReadError) {
        var found: [UInt64: ChainHead] = [:]
        for path in anchors {
            var reader = try LineReader(path)
            while let line = try reader.next() {
                let text = line.drop { $0 != UInt8(ascii: "{") }
                guard let point = ChainedLine(text).flatMap(ChainPoint.init), point.isCheckpoint else { continue }
                found[point.nextNumber - 1] = point.head
            }
        }
        self.anchors = found
        self.heads = Set(heads.compactMap { ChainHash(Array($0.utf8)) })
        self.isPartial = isPartial
    }

    /// Whether a text is a hash as the log writes it.
    public static func isHash(_ text: String) -> Bool { ChainHash(Array(text.utf8)) != nil }

    /// - Parameter paths: in any order.
    public consuming func verify(_ paths: [String]) throws(AuditReadError) -> AuditReport {
        let files = try ordered(paths)
        for (index, file) in files.enumerated() {
            try follow(file, isFirst: index == 0, isLast: index == files.count - 1)
        }
        path = ""
        line = 0
        if !files.isEmpty { judgeBeginning() }
        judgeAnchors()
        describe()
        return report
    }

    // MARK: Files

    private struct File {
        let path: String
        let header: ChainPoint
    }

    /// By what their first lines say.
    private mutating func ordered(_ paths: [String]) throws(AuditReadError) -> [File] {
        var files: [File] = []
        for path in paths {
            var reader = try LineReader(path)
            let first = try reader.next()
            guard let first else {
                report.notes.append(reader.rest == 0 ? "\(path) is empty" : "\(path) has no whole line")
                continue
            }
            if let header = ChainedLine(first).flatMap(ChainPoint.init), !header.isCheckpoint {
                files.append(File(path: path, header: header))
            } else {
                self.path = path
                line = 1
                find(.foreign, "the file does not begin as a file of the log does; none of it was checked")
            }
        }
        return files.sorted { $0.header.previous.lines < $1.header.previous.lines }
    }

    private mutating func follow(_ file: File, isFirst: Bool, isLast: Bool) throws(AuditReadError) {
        path = file.path
        line = 1
        guard seen.insert(file.header.line.hash).inserted else {
            return find(.repeated, "the same file as one before it, or a copy of its beginning; it was not followed")
        }
        enter(file.header, isFirst: isFirst)
        report.files.append(.init(path: path, firstLine: head.lines &+ 1, lastLine: head.lines))
        var reader = try LineReader(path)
        line = 0
        while let text = try reader.next() {
            line += 1
            guard let text = ChainedLine(text) else {
                find(.foreign, "not a line of the log")
                continue
            }
            check(text)
        }
        report.files[report.files.count - 1].lastLine = head.lines
        guard reader.rest > 0 else { return }
        line += 1
        if isLast {
            report.notes.append("\(path) ends within a line: it is being written, or a crash left it so")
        } else {
            find(.torn, "the file ends within a line")
        }
    }

    /// A file's first line says what it goes on from.
    private mutating func enter(_ header: ChainPoint, isFirst: Bool) {
        let from = header.previous
        defer {
            if isFirst || from != head || nextNumber < header.nextNumber { adopt(header) }
            head = from
        }
        if isFirst {
            firstNumber = header.nextNumber
            return
        }
        if from == .start {
            return find(.broken, "a new chain begins; nothing ties it to the \(head.lines) lines before it")
        }
        if from.lines > head.lines {
            find(.missing, "lines \(head.lines &+ 1) to \(from.lines) are missing before this file")
        } else if from.lines < head.lines {
            find(.repeated, "goes on from line \(from.lines), but there are lines up to \(head.lines) before this file")
        } else if from.hash != head.hash {
            find(.altered, "does not follow from the last line of the file before it")
        } else if header.nextKey != nextKey || header.nextNumber != nextNumber {
            find(.unsigned, "names another key than the checkpoint before it")
        }
    }

    private mutating func adopt(_ header: ChainPoint) {
        nextNumber = header.nextNumber
        nextKey = header.nextKey
    }

    // MARK: Lines

    private mutating func check(_ text: ChainedLine) {
        let before = head
        let next = text.body.withUnsafeBytes { sealer.next(after: before, body: $0) }
        head = ChainHead(lines: next.lines, hash: text.hash)
        if next.hash != text.hash {
            find(.altered, "was changed, or lines before it were added, removed or moved")
        }
        if heads.contains(text.hash), next.hash == text.hash {
            foundHeads.insert(text.hash)
            report.anchoredLine = max(report.anchoredLine, head.lines)
        }
        if text.isEvent(ChainPoint.checkpoint) {
            checkPoint(text, before)
        } else if text.isEvent(ChainPoint.header) {
            if line > 1 { find(.foreign, "the first line of another file") }
        } else {
            note(text)
        }
    }

    private mutating func checkPoint(_ text: ChainedLine, _ before: ChainHead) {
        guard let point = ChainPoint(text) else { return find(.unsigned, "a checkpoint that can't be read") }
        let number = point.nextNumber - 1
        report.files[report.files.count - 1].checkpoints += 1
        if point.previous.lines > before.lines {
            find(.missing, "\(point.previous.lines - before.lines) lines are missing since the last checkpoint")
        } else if point.previous.lines < before.lines {
            find(.altered, "\(before.lines - point.previous.lines) lines were added since the last checkpoint")
        }
        head.lines = point.head.lines
        if number != nextNumber {
            find(.missing, "checkpoint \(number) stands where number \(nextNumber) should")
        } else if point.previous.hash != before.hash {
            find(.unsigned, "checkpoint \(number) signs other lines than those before it")
        } else if !point.isSigned(by: nextKey) {
            find(.unsigned, "checkpoint \(number) has no good signature: lines since the last one were rewritten")
        } else {
            report.signedLine = max(report.signedLine, head.lines)
        }
        nextNumber = point.nextNumber
        nextKey = point.nextKey
        checkpoints[number] = head
    }

    private mutating func note(_ text: ChainedLine) {
        if text.isEvent("pruned") {
            prunedLines = max(prunedLines, text.number("lines") ?? 0)
        } else if text.isEvent("chain_broken") {
            find(.broken, "the log found itself damaged here: \(Self.quoted(text.text("reason")))")
        } else if text.isEvent("recovered") {
            counted["torn lines that a crash had left and the log cut off", default: 0] += 1
        } else if text.isEvent("dropped") {
            counted["events that were lost and counted", default: 0] &+= text.number("count") ?? 0
        }
    }

    private static func quoted(_ text: ArraySlice<UInt8>?) -> String {
        // Somebody else may have written it: nothing that could drive a terminal.
        String(decoding: (text?.prefix(200) ?? []).map { $0 < 32 || $0 > 126 ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
    }

    // MARK: The whole

    private mutating func judgeBeginning() {
        guard report.firstLine > 1 else { return }
        let missing = report.firstLine - 1
        if prunedLines >= missing {
            report.notes.append("lines 1 to \(missing) are no longer kept, as the log itself says")
        } else if isPartial {
            report.notes.append("lines 1 to \(missing) were not given")
        } else {
            find(.missing, "lines 1 to \(missing) are missing, and the log does not say that it removed them")
        }
    }

    private mutating func judgeAnchors() {
        for (number, anchor) in anchors.sorted(by: { $0.key < $1.key }) where number >= firstNumber {
            if let found = checkpoints[number] {
                guard found == anchor else {
                    find(.unanchored, "checkpoint \(number) is not the one kept elsewhere: what it signs was rewritten")
                    continue
                }
                report.anchoredLine = max(report.anchoredLine, found.lines)
            } else if number >= nextNumber {
                find(.missing, "the log ends before checkpoint \(number) (line \(anchor.lines)), kept elsewhere")
            } else {
                find(.missing, "checkpoint \(number) (line \(anchor.lines)) is kept elsewhere, but not in the log")
            }
        }
        for hash in heads.subtracting(foundHeads) {
            find(.unanchored, "no line has the hash \(hash.text): the log was cut or rewritten before it")
        }
    }

    private mutating func describe() {
        report.head = head.hash.text
        for (what, count) in counted.sorted(by: { $0.key < $1.key }) { report.notes.append("\(what): \(count)") }
        if report.lastLine > report.signedLine {
            report.notes.append("no checkpoint signs what follows line \(report.signedLine)")
        }
        if report.anchoredLine == 0 {
            report.notes.append(
                "nothing kept elsewhere was given: a cut at the end, or a log made anew as a whole, can't be seen")
        } else if report.lastLine > report.anchoredLine {
            report.notes.append("a cut after line \(report.anchoredLine), the last kept elsewhere, can't be seen")
        }
    }

    private mutating func find(_ kind: AuditFinding.Kind, _ text: String) {
        guard report.findings.count < Self.maxFindings else {
            report.moreFindings += 1
            return
        }
        report.findings.append(AuditFinding(kind: kind, file: path, line: line, text: text))
    }
}
