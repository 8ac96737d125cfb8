import Testing

@testable import WirePostgres

/// What PostgreSQL 15.20 answered to raw messages sent in one go, taken from its socket.
@Suite
struct ResponseTrackerCaptureTests {
    struct Capture: Sendable, CustomTestStringConvertible {
        let name: String
        /// Messages by their type letter; d is CopyData, c CopyDone or CopyFail, t a Describe of a statement.
        let sent: String
        let received: String

        init(_ name: String, _ sent: String, _ received: String) {
            self.name = name
            self.sent = sent
            self.received = received
        }

        var testDescription: String { name }
    }

    static let captures = [
        Capture("several statements, one with a notice", "Q", "NCCCZI"),
        Capture("an error skips a query and a function call", "PQFS", "EZI"),
        Capture("a query's error does not skip", "PQBS", "1EZI2ZI"),
        Capture("a function call's error does not skip", "FPS", "EZI1ZI"),
        Capture("a deferred constraint fails at Sync", "PBESPS", "12CEZI1ZI"),
        Capture("a Sync before a copy's data is ignored", "PBESdcS", "12GCZI"),
        Capture("a Sync during a query's copy is ignored", "QSdcQ", "GCZITDCZI"),
        Capture("a copy fails, its data goes on", "QddcQ", "GEZITDCZI"),
        Capture("two copies in one query", "QdcdcQ", "GCGCZITDCZI"),
        Capture("copy messages out of place", "dccQ", "TDCZI"),
        Capture("a copy by Execute fails", "PBEdcS", "12GEZI"),
        Capture("CopyFail in a query", "Qc", "GEZI"),
        Capture("CopyFail in a batch", "PBEcS", "12GEZI"),
        Capture("a portal suspended", "PBDEES", "12TDDsDCZI"),
        Capture("a statement described", "PtS", "1tTZI"),
        Capture("a statement whose result type changed", "PSQtBS", "1ZICCZItEZI"),
        Capture("empty texts", "QQPBDES", "IZIIZI12nIZI"),
        Capture("empty text in a failed transaction", "QQQQ", "CZTEZEIZECZI"),
        Capture("CALL with a result", "PBDES", "12TDCZI"),
        Capture("FETCH in a query", "Q", "CCTDCCZI"),
        Capture("a copy out by Execute", "PBDES", "12nHdcCZI"),
        Capture("a copy out that fails", "Q", "HddEZI"),
        Capture("a base backup", "Q", "TDCTDCHdNdcTDCCZI"),
        Capture("logical replication: a keepalive follows CopyDone", "Qc", "WdcdCCZI"),
        Capture("replication that fails", "QcQ", "WEZITDCZI"),
        Capture("a batch on a replication connection", "PBES", "EZI"),
    ]

    @Test(arguments: captures)
    func everythingFits(capture: Capture) {
        let script = TrackerScript()
        for (index, letter) in capture.sent.enumerated() {
            let kinds: [Character: ResponseKind] = [
                "Q": .query, "P": .parse, "B": .bind, "D": .describePortal, "t": .describeStatement, "E": .execute,
                "S": .sync, "F": .functionCall,
            ]
            if let kind = kinds[letter] {
                script.send(kind, tag: UInt32(index))
            } else if letter == "c" {
                _ = script.tracker.copyEnded()
            }
        }
        let lines = script.receive(capture.received)
        #expect(!lines.contains { $0.contains("violation") }, "\(lines)")
        #expect(script.isQuiescent)
    }
}
