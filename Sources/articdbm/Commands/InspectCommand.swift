import ArgumentParser
internal import Glibc
internal import Inspection

struct InspectCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case json, text }

    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what SQL statements name, call and do, and whether they look injected.",
        discussion: """
            Reads one text a line, of one or more statements, in which \\\\ \\t \\n \\r \\0 \\v \\f stand for a backslash, tab, \
            newline, carriage return, zero byte, vertical tab and form feed. Prints one line for each: a JSON object, or \
            with --format text a line for each statement. With --bench it prints what judging them costs instead.
            """)

    @Option(help: "postgres, mysql or mssql.", transform: Self.dialect)
    var dialect = SQLDialect.postgres

    @Option(help: "app or dba: what the one who sends them is entitled to.", transform: Self.profile)
    var profile = DetectionProfile.app

    @Option(help: "json or text.")
    var format = Format.json

    @Flag(help: "Lines have two columns with a tab between them: an id, and the text.")
    var tsv = false

    @Flag(help: "Print nanoseconds a statement for each part of inspection.")
    var bench = false

    @Argument(help: "File, or - for standard input, which is the default; with --bench statements of its own are.")
    var file: String?

    func run() throws {
        if bench { return try measure() }
        var lines = try InputLines(path: file ?? "-")
        var output = OutputBuffer()
        var number = 0
        while let line = try lines.next() {
            number += 1
            let (id, text) = try columns(line, number)
            let record = inspect(EscapedText.decoded(text), as: dialect, profile: profile)
            switch format {
            case .json: try output.write(record.json(id: id) + "\n")
            case .text: try output.write(InspectionText.lines(of: record, id: id))
            }
        }
        try output.flush()
    }

    private func measure() throws {
        let groups = try file.map { [try texts(path: $0)] } ?? InspectionBench.samples()
        guard groups.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("there is nothing to measure") }
        var output = OutputBuffer()
        for texts in groups {
            try output.write(InspectionBench(texts: texts, dialect: dialect, profile: profile).report())
        }
        try output.flush()
    }

    private func texts(path: String) throws -> [[UInt8]] {
        var lines = try InputLines(path: path)
        var texts: [[UInt8]] = []
        while let line = try lines.next() { texts.append(EscapedText.decoded(try columns(line, texts.count + 1).text)) }
        return texts
    }

    private static func dialect(_ name: String) throws -> SQLDialect {
        guard let dialect = SQLDialect(rawValue: name) else {
            throw ValidationError("there is no dialect \(name); known are postgres, mysql and mssql")
        }
        return dialect
    }

    private static func profile(_ name: String) throws -> DetectionProfile {
        guard let profile = DetectionProfile(rawValue: name) else {
            throw ValidationError("there is no profile \(name); known are app and dba")
        }
        return profile
    }

    private func columns(_ line: ArraySlice<UInt8>, _ number: Int) throws -> (id: String?, text: ArraySlice<UInt8>) {
        guard tsv else { return (nil, line) }
        guard let tab = line.firstIndex(of: 9) else { throw ValidationError("line \(number) has no tab") }
        return (String(decoding: line[..<tab], as: UTF8.self), line[(tab + 1)...])
    }
}

/// A statement a line, for people.
enum InspectionText {
    static func lines(of record: InspectionRecord, id: String?) -> String {
        var prefix = id.map { "\($0) " } ?? ""
        if record.detection.score > 0 { prefix += verdict(of: record.detection) + " " }
        return record.summary.statements.map { prefix + line(of: $0) + "\n" }.joined()
    }

    private static func verdict(of detection: Detection) -> String {
        let reasons = detection.reasons.names.map(\.description).joined(separator: ",")
        return "\(detection.verdict().rawValue):\(detection.score):\(reasons)"
    }

    private static func line(of statement: BatchSummary.Statement) -> String {
        var parts = [statement.kind.rawValue]
        parts += statement.relations.merged.map {
            "\($0.name):\($0.actions.names.map(\.description).joined(separator: ","))"
        }
        parts += statement.opaque.map { "[\($0.reason.rawValue)]" }
        if let unparsed = statement.unparsed {
            parts.append("unparsed at \(unparsed.offset): \(unparsed.reason.rawValue)")
        }
        return parts.joined(separator: " ")
    }
}
