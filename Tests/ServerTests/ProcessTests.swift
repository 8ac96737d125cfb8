import Configuration
import Glibc
import Logging
import Testing

@testable import Server

struct ProcessTests {
    @Test(arguments: [
        ("Cpus_allowed:\t3\n", 2), ("a\nCpus_allowed:\tff,ffffffff\nb\n", 40), ("Cpus_allowed:\t00000001\n", 1),
    ])
    func affinityCountsCores(_ status: String, _ cores: Int) {
        #expect(ProcessSetup.affinity(inStatus: status) == cores)
    }

    @Test func withoutAnAffinityMaskNothingIsSaid() {
        #expect(ProcessSetup.affinity(inStatus: "") == nil)
        #expect(ProcessSetup.affinity(inStatus: "Cpus_allowed:\t0\n") == nil)
        #expect(ProcessSetup.usableCores() >= 1)
    }

    private func line(_ message: String, _ fields: [(key: String, value: Logger.Metadata.Value)] = []) -> LogLine {
        let time = LogLine.Time(ns: 1_769_860_800_123_456_789)
        return LogLine(time: time, level: .info, label: "test", message: message, fields: fields)
    }

    @Test func textLinesNeitherBreakNorSteerTheTerminal() {
        let text = String(decoding: line("a\nb", [("name", "x\u{1b}[2J y"), ("n", "1")]).text, as: UTF8.self)
        #expect(text == "2026-01-31T12:00:00.123456Z info     a\\u000ab name=\"x\\u001b[2J y\" n=1\n")
    }

    @Test func jsonLinesAreEscapedAndNeverOverwriteTheEvent() {
        let text = String(decoding: line("q\"\\", [("level", "x"), ("list", ["a", "b"])]).json, as: UTF8.self)
        #expect(
            text == #"{"time":"2026-01-31T12:00:00.123456Z","level":"info","logger":"test","message":"q\"\\","#
                + #""_level":"x","list":["a","b"]}"# + "\n")
    }

    @Test func theLevelOfAllLoggersFollowsTheOutput() {
        let output = LogOutput(Configuration.Logging())
        let logger = Logger(label: "test") { StderrLogHandler(label: $0, output: output) }
        #expect(logger.logLevel == .info)
        var settings = Configuration.Logging()
        settings.level = .error
        output.update(settings)
        #expect(logger.logLevel == .error)
    }

    private func seesChange(_ watch: inout FileWatch) -> Bool { watch.hasChanged() }

    @Test func aChangedReplacedOrRemovedFileIsNoticedOnce() {
        let scratch = Scratch()
        let file = scratch.write("a", "one")
        var watch = FileWatch()
        watch.watch([file, scratch.path + "/missing"])
        var changed = seesChange(&watch)
        #expect(!changed)
        scratch.write("a", "other")
        changed = seesChange(&watch)
        #expect(changed)
        changed = seesChange(&watch)
        #expect(!changed)
        scratch.write("missing", "")
        changed = seesChange(&watch)
        #expect(changed)
        unlink(file)
        changed = seesChange(&watch)
        #expect(changed)
        changed = seesChange(&watch)
        #expect(!changed)
    }

    @Test func stateGoesForwardOnly() {
        let state = ServerState()
        #expect(state.obstacles == ["starting"])
        state.advance(to: .serving)
        #expect(state.obstacles == [])
        state.advance(to: .draining)
        state.advance(to: .serving)
        #expect(state.obstacles == ["draining"])
    }
}
