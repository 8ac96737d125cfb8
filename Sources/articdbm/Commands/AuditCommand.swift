import ArgumentParser
internal import Audit
internal import FoundationEssentials

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Work with audit logs.", subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Find what was changed, removed, added or cut in an audit log.",
            discussion: """
                Give all files of the log, in any order, and what was kept elsewhere: without --anchor or --head a cut \
                at the end, or a log made anew as a whole, can't be seen.
                Status 0: the log is whole; 1: it is not; 2: a file can't be read, or an option makes no sense.
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text
            case json
        }

        @Option(help: "File of checkpoints kept elsewhere, plain or as syslog has them; `-` is standard input.")
        var anchor: [String] = []

        @Option(help: "Hash (`chain`) of a line that must be there.")
        var head: [String] = []

        @Flag(help: "The files need not begin where the log does.")
        var partial = false

        @Option(help: "text or json.")
        var format = Format.text

        @Argument(help: "Files of the log.")
        var files: [String] = []

        func run() throws {
            guard !files.isEmpty else { throw refuse("no files given") }
            for hash in head where !AuditVerifier.isHash(hash) {
                throw refuse("--head is \(hash), expected 64 lower-case hexadecimal digits")
            }
            let report: AuditReport
            do throws(AuditReadError) {
                report = try AuditVerifier(anchors: anchor, heads: head, isPartial: partial).verify(files)
            } catch {
                throw refuse(error.description)
            }
            print(format == .json ? try AuditReportText.json(report) : AuditReportText.plain(report))
            if !report.isGood { throw ExitCode(1) }
        }

        private func refuse(_ reason: String) -> ExitCode {
            StandardError.write("articdbm audit verify: \(reason)")
            return ExitCode(2)
        }
    }
}

/// A verification's outcome, for people and for programs.
enum AuditReportText {
    static func plain(_ report: AuditReport) -> String {
        var lines = report.files.map { file in
            "\(file.path): lines \(file.firstLine) to \(file.lastLine), \(file.checkpoints) checkpoints"
        }
        lines += report.findings.map { "\(place($0))\($0.kind.rawValue): \($0.text)" }
        if report.moreFindings > 0 { lines.append("and \(report.moreFindings) more") }
        lines += report.notes.map { "note: \($0)" }
        let count = report.findings.count + report.moreFindings
        lines.append(
            report.isGood
                ? "good: lines \(report.firstLine) to \(report.lastLine), signed up to \(report.signedLine), "
                    + "anchored up to \(report.anchoredLine)"
                : "broken: \(count) finding\(count == 1 ? "" : "s")")
        if !report.head.isEmpty { lines.append("head: \(report.head)") }
        return lines.joined(separator: "\n")
    }

    private static func place(_ finding: AuditFinding) -> String {
        if finding.file.isEmpty { return "" }
        return finding.line == 0 ? "\(finding.file): " : "\(finding.file):\(finding.line): "
    }

    static func json(_ report: AuditReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Document(report)), as: UTF8.self)
    }

    private struct Document: Encodable {
        struct File: Encodable {
            let path: String
            let firstLine: UInt64
            let lastLine: UInt64
            let checkpoints: Int
        }

        struct Finding: Encodable {
            let kind: String
            let file: String
            let line: Int
            let text: String
        }

        let good: Bool
        let files: [File]
        let findings: [Finding]
        let moreFindings: Int
        let notes: [String]
        let firstLine: UInt64
        let lastLine: UInt64
        let signedLine: UInt64
        let anchoredLine: UInt64
        let head: String

        init(_ report: AuditReport) {
            good = report.isGood
            files = report.files.map {
                File(path: $0.path, firstLine: $0.firstLine, lastLine: $0.lastLine, checkpoints: $0.checkpoints)
            }
            findings = report.findings.map {
                Finding(kind: $0.kind.rawValue, file: $0.file, line: $0.line, text: $0.text)
            }
            moreFindings = report.moreFindings
            notes = report.notes
            firstLine = report.firstLine
            lastLine = report.lastLine
            signedLine = report.signedLine
            anchoredLine = report.anchoredLine
            head = report.head
        }
    }
}
