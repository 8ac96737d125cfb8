import Testing

@testable import WirePostgres

@Suite
struct ResponseTrackerCopyTests {
    @Test func copyInBySimpleQuery() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        #expect(script.receive("G") == ["G forward copyIn query 1"])
        #expect(script.acceptsCopyData)
        #expect(script.tracker.expect(.query, tag: 2) == .refused)
        #expect(script.tracker.copyEnded() == .accepted)
        #expect(!script.acceptsCopyData)
        script.send(.query, tag: 3)
        #expect(script.receive("CZI") == ["C forward statement query 1", "Z forward ready query 1"])
    }

    @Test func copyInFailsInTheMiddle() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        #expect(
            script.receive("GEZI") == [
                "G forward copyIn query 1", "E forward failed query 1", "Z forward ready query 1",
            ])
        // The rest of the data comes late; the server would ignore it.
        #expect(!script.acceptsCopyData)
        #expect(script.tracker.copyEnded() == .discarded)
        #expect(script.isQuiescent)
    }

    @Test func dataAndEndSentBeforeTheServerAsks() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        #expect(script.acceptsCopyData)
        #expect(script.tracker.copyEnded() == .accepted)
        script.send(.query, tag: 2)
        #expect(
            script.receive("GCZICZI") == [
                "G forward copyIn query 1", "C forward statement query 1", "Z forward ready query 1",
                "C forward statement query 2", "Z forward ready query 2",
            ])
        #expect(script.isQuiescent)
    }

    @Test func twoCopiesInOneQuery() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        #expect(script.tracker.copyEnded() == .accepted)
        #expect(script.tracker.copyEnded() == .accepted)
        #expect(
            script.receive("GCGCZI") == [
                "G forward copyIn query 1", "C forward statement query 1", "G forward copyIn query 1",
                "C forward statement query 1", "Z forward ready query 1",
            ])
        #expect(script.isQuiescent)
    }

    @Test func anEndEndsOneCopyOnly() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        #expect(script.tracker.copyEnded() == .accepted)
        #expect(script.receive("GCG").last == "G forward copyIn query 1")
        #expect(script.tracker.expect(.query, tag: 2) == .refused)
        #expect(script.tracker.copyEnded() == .accepted)
        #expect(script.receive("CZI").last == "Z forward ready query 1")
    }

    @Test func anEndAfterTheErrorIsNotSent() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        _ = script.receive("GE")
        #expect(!script.acceptsCopyData)
        #expect(script.tracker.copyEnded() == .discarded)
        #expect(script.receive("ZI") == ["Z forward ready query 1"])
    }

    @Test func anEndLeavesWithWhatItFollows() {
        var tracker = ResponseTracker()
        _ = tracker.expect(.query)
        _ = tracker.copyEnded()
        _ = tracker.received(.commandComplete)
        _ = tracker.received(.readyForQuery, status: UInt8(ascii: "I"))
        let isQuiescent = tracker.isQuiescent
        #expect(isQuiescent)
    }

    @Test func anEndThatEndsNothingIsForgotten() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        #expect(script.tracker.copyEnded() == .accepted)
        script.send(.query, tag: 2)
        #expect(script.receive("CZICZI").count == 4)
        #expect(script.isQuiescent)
        #expect(script.tracker.copyEnded() == .discarded)
    }

    /// libpq sends Execute and Sync before it knows that the statement copies; the server ignores that Sync.
    @Test func aSyncSentTooEarlyIsIgnored() {
        let script = TrackerScript()
        script.send(.parse, .bind, .describePortal, .execute, .sync, tag: 1)
        #expect(
            script.receive("12nG") == [
                "1 forward completed parse 1", "2 forward completed bind 2", "n forward completed describePortal 3",
                "G forward copyIn execute 4",
            ])
        #expect(script.tracker.copyEnded() == .accepted)
        script.send(.sync, tag: 6)
        #expect(script.receive("CZI") == ["C forward completed execute 4", "Z forward ready sync 6"])
        #expect(script.isQuiescent)
        #expect(!script.isUncertain)
    }

    @Test func aSyncSentDuringTheCopyIsIgnored() {
        let script = TrackerScript()
        script.send(.execute, tag: 1)
        #expect(script.receive("G") == ["G forward copyIn execute 1"])
        #expect(script.tracker.expect(.sync, tag: 2) == .accepted)
        #expect(script.tracker.copyEnded() == .accepted)
        script.send(.sync, tag: 3)
        #expect(script.receive("CZI") == ["C forward completed execute 1", "Z forward ready sync 3"])
        #expect(script.isQuiescent)
    }

    @Test func everythingSentBlindly() {
        let script = TrackerScript()
        script.send(.execute, .sync, tag: 1)
        #expect(script.tracker.copyEnded() == .accepted)
        script.send(.sync, .parse, .sync, tag: 3)
        #expect(
            script.receive("GCZI1ZI") == [
                "G forward copyIn execute 1", "C forward completed execute 1", "Z forward ready sync 3",
                "1 forward completed parse 4", "Z forward ready sync 5",
            ])
        #expect(script.isQuiescent)
    }

    @Test func aFailedCopyWithoutEarlySyncIsCertain() {
        let script = TrackerScript()
        script.send(.execute, tag: 1)
        #expect(script.receive("GE") == ["G forward copyIn execute 1", "E forward failed execute 1"])
        #expect(script.tracker.copyEnded() == .discarded)
        script.send(.sync, tag: 2)
        #expect(script.receive("ZI") == ["Z forward ready sync 2"])
        #expect(script.isQuiescent)
    }

    /// The error may have come before the server read the early Sync (one more ReadyForQuery) or after (none).
    @Test func aFailedCopyAfterAnEarlySyncIsUncertain() {
        let script = TrackerScript()
        script.send(.execute, .sync, tag: 1)
        #expect(script.receive("GE") == ["G forward copyIn execute 1", "E forward failed execute 1"])
        #expect(script.isUncertain)
        #expect(script.tracker.expect(.parse, tag: 8) == .refused)
        // Only the early Sync can have brought this one.
        #expect(script.receive("ZI") == ["Z forward ready"])
        #expect(!script.isUncertain)
        #expect(script.isQuiescent)
    }

    @Test func anUncertainReadyForQueryIsSettledByAProbe() {
        for late in [false, true] {
            let script = TrackerScript()
            script.send(.execute, .sync, tag: 1)
            _ = script.receive("GE")
            script.send(.sync, tag: 3)
            #expect(script.receive("ZI") == ["Z forward ready sync 3"])
            #expect(script.isUncertain)
            #expect(!script.isQuiescent)
            script.send(.query, as: .swallow, tag: 9)
            if late { #expect(script.receive("ZI") == ["Z forward ready"]) }
            #expect(script.receive("IZI") == ["I drop statement query 9", "Z drop ready query 9"])
            #expect(!script.isUncertain)
            #expect(script.isQuiescent)
        }
    }

    @Test func whatFollowsAnUncertainErrorIsNotGuessed() {
        let script = TrackerScript()
        script.send(.execute, .sync, tag: 1)
        #expect(script.tracker.copyEnded() == .accepted)
        script.send(.parse, .sync, tag: 3)
        #expect(script.receive("GE") == ["G forward copyIn execute 1", "E violation none"])
    }

    @Test func otherMessagesDuringACopyAreAViolation() {
        for kind in [ResponseKind.query, .parse, .bind, .execute, .close, .functionCall, .describePortal] {
            let script = TrackerScript()
            script.send(.query, kind, tag: 1)
            #expect(script.receive("G") == ["G violation none"])
        }
    }

    @Test func aSwallowedQueryMustNotCopyIn() {
        let script = TrackerScript()
        script.send(.query, as: .swallow, tag: 1)
        #expect(script.receive("G") == ["G violation none"])
    }

    @Test func copyOut() {
        let script = TrackerScript()
        script.send(.query, .execute, .execute, .sync, tag: 1)
        #expect(
            script.receive("HddcCZI") == [
                "H forward copyOut query 1", "d forward none query 1", "d forward none query 1",
                "c forward none query 1", "C forward statement query 1", "Z forward ready query 1",
            ])
        #expect(
            script.receive("HdcCHdEZI") == [
                "H forward copyOut execute 2", "d forward none execute 2", "c forward none execute 2",
                "C forward completed execute 2", "H forward copyOut execute 3", "d forward none execute 3",
                "E forward failed execute 3", "Z forward ready sync 4",
            ])
        #expect(script.isQuiescent)
    }

    @Test func aSwallowedCopyOutIsDropped() {
        let script = TrackerScript()
        script.send(.query, as: .swallow, tag: 1)
        #expect(script.receive("HdcCZI").allSatisfy { $0.contains(" drop ") })
    }

    @Test(arguments: [true, false])
    func copyBoth(clientEndsFirst: Bool) {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        #expect(
            script.receive("Wdd") == [
                "W forward copyBoth query 1", "d forward none query 1", "d forward none query 1",
            ])
        #expect(script.tracker.expect(.query, tag: 2) == .refused)
        #expect(script.tracker.expect(.sync, tag: 2) == .refused)
        if clientEndsFirst {
            #expect(script.tracker.copyEnded() == .accepted)
            #expect(script.receive("dc").count == 2)
        } else {
            #expect(script.receive("c") == ["c forward none query 1"])
            #expect(script.tracker.copyEnded() == .accepted)
        }
        #expect(script.receive("TDCCZI").last == "Z forward ready query 1")
        #expect(script.isQuiescent)
    }

    @Test func baseBackup() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        #expect(script.receive("TDCTDDCHddcHdcTDCCZI").allSatisfy { $0.contains(" forward ") })
        #expect(script.isQuiescent)
    }
}
