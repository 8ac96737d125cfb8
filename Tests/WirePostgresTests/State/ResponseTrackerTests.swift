import Testing

@testable import WirePostgres

/// Simple queries, pipelines, errors, and answers of the proxy's own.
@Suite
struct ResponseTrackerTests {
    private func expectQuiescent(
        _ script: TrackerScript, _ expected: Bool = true, source: SourceLocation = #_sourceLocation
    ) {
        #expect(script.isQuiescent == expected, sourceLocation: source)
    }

    @Test func simpleQueryWithSeveralResults() {
        let script = TrackerScript()
        expectQuiescent(script)
        script.send(.query, tag: 1)
        expectQuiescent(script, false)
        #expect(
            script.receive("TDDCCTC") == [
                "T forward none query 1", "D forward none query 1", "D forward none query 1",
                "C forward statement query 1", "C forward statement query 1", "T forward none query 1",
                "C forward statement query 1",
            ])
        expectQuiescent(script, false)
        #expect(script.receive("ZT") == ["Z forward ready query 1"])
        #expect(script.tracker.status == .inTransaction)
        expectQuiescent(script)
    }

    @Test func emptyQueryAndErrors() {
        let script = TrackerScript()
        script.send(.query, .query, .query, tag: 1)
        #expect(script.receive("IZI") == ["I forward statement query 1", "Z forward ready query 1"])
        #expect(script.receive("EZE") == ["E forward failed query 2", "Z forward ready query 2"])
        #expect(script.tracker.status == .failed)
        #expect(
            script.receive("TDEEZI") == [
                "T forward none query 3", "D forward none query 3", "E forward failed query 3",
                "E forward failed query 3", "Z forward ready query 3",
            ])
        expectQuiescent(script)
    }

    @Test func extendedQuery() {
        let script = TrackerScript()
        script.send(.parse, .bind, .describePortal, .execute, .sync, tag: 1)
        #expect(
            script.receive("12TDDCZI") == [
                "1 forward completed parse 1", "2 forward completed bind 2", "T forward completed describePortal 3",
                "D forward none execute 4", "D forward none execute 4", "C forward completed execute 4",
                "Z forward ready sync 5",
            ])
        expectQuiescent(script)
    }

    @Test func describeStatementIsTwoMessages() {
        let script = TrackerScript()
        script.send(.describeStatement, .describeStatement, .describeStatement, .describePortal, .sync, tag: 1)
        #expect(
            script.receive("tTtntEZI") == [
                "t forward none describeStatement 1", "T forward completed describeStatement 1",
                "t forward none describeStatement 2", "n forward completed describeStatement 2",
                "t forward none describeStatement 3", "E forward failed describeStatement 3",
                "discarded describePortal 4", "Z forward ready sync 5",
            ])
    }

    @Test func portalsAreSuspendedAndResumed() {
        let script = TrackerScript()
        script.send(.bind, .execute, .execute, .execute, .sync, tag: 1)
        #expect(
            script.receive("2DsDsIZI") == [
                "2 forward completed bind 1", "D forward none execute 2", "s forward suspended execute 2",
                "D forward none execute 3", "s forward suspended execute 3", "I forward completed execute 4",
                "Z forward ready sync 5",
            ])
    }

    @Test func aBatchIsOpenUntilItsSync() {
        let script = TrackerScript()
        #expect(!script.isInBatch)
        script.send(.query, tag: 1)
        #expect(!script.isInBatch)
        script.send(.parse, tag: 2)
        #expect(script.isInBatch)
        _ = script.receive("CZI1")
        #expect(script.isInBatch, "answered, and still open")
        script.send(.sync, tag: 3)
        #expect(!script.isInBatch)
        _ = script.receive("ZI")
        script.send(.parse, tag: 4)
        _ = script.receive("E")
        #expect(script.isInBatch, "skipped to its Sync")
    }

    @Test func answersAfterFlushLeaveTheBatchOpen() {
        let script = TrackerScript()
        script.send(.parse, tag: 1)
        #expect(script.receive("1") == ["1 forward completed parse 1"])
        expectQuiescent(script, false)
        script.send(.sync, tag: 2)
        #expect(script.receive("ZI") == ["Z forward ready sync 2"])
        expectQuiescent(script)
    }

    @Test func anErrorDiscardsUpToTheSync() {
        let script = TrackerScript()
        script.send(.parse, .bind, .execute, .query, .functionCall, .close, .sync, .parse, .sync, tag: 1)
        #expect(
            script.receive("1E") == [
                "1 forward completed parse 1", "E forward failed bind 2", "discarded execute 3", "discarded query 4",
                "discarded functionCall 5", "discarded close 6",
            ])
        #expect(
            script.receive("ZI1ZI") == [
                "Z forward ready sync 7", "1 forward completed parse 8", "Z forward ready sync 9",
            ])
        expectQuiescent(script)
    }

    @Test func anErrorBeforeTheSyncIsSentDiscardsWhatFollows() {
        let script = TrackerScript()
        script.send(.parse, .bind, tag: 1)
        #expect(script.receive("E") == ["E forward failed parse 1", "discarded bind 2"])
        let isSkipping = script.tracker.isSkippingToSync
        #expect(isSkipping)
        expectQuiescent(script, false)
        #expect(script.tracker.expect(.execute, tag: 3) == .discarded)
        #expect(script.tracker.expect(.parse, .synthesize, tag: 4) == .discarded)
        #expect(script.tracker.expect(.query, tag: 5) == .discarded)
        #expect(script.tracker.copyEnded() == .discarded)
        #expect(script.receive("NS") == ["N forward none", "S forward none"])
        script.send(.sync, .parse, tag: 6)
        #expect(script.receive("ZI1") == ["Z forward ready sync 6", "1 forward completed parse 7"])
    }

    @Test func anErrorAtSyncStillGetsReadyForQuery() {
        let script = TrackerScript()
        script.send(.bind, .execute, .sync, .bind, .sync, tag: 1)
        #expect(
            script.receive("2CEZI2ZI") == [
                "2 forward completed bind 1", "C forward completed execute 2", "E forward failed sync 3",
                "Z forward ready sync 3", "2 forward completed bind 4", "Z forward ready sync 5",
            ])
        expectQuiescent(script)
    }

    @Test func aQueryInABatchDoesNotSkip() {
        let script = TrackerScript()
        script.send(.parse, .query, .bind, .sync, tag: 1)
        #expect(
            script.receive("1EZI2ZI") == [
                "1 forward completed parse 1", "E forward failed query 2", "Z forward ready query 2",
                "2 forward completed bind 3", "Z forward ready sync 4",
            ])
    }

    @Test func functionCalls() {
        let script = TrackerScript()
        script.send(.functionCall, .functionCall, tag: 1)
        #expect(
            script.receive("VZIEZI") == [
                "V forward statement functionCall 1", "Z forward ready functionCall 1",
                "E forward failed functionCall 2", "Z forward ready functionCall 2",
            ])
        expectQuiescent(script)
    }

    // MARK: The proxy's own

    @Test func aWholeQueryIsSwallowed() {
        let script = TrackerScript()
        script.send(.query, as: .swallow, tag: 9)
        script.send(.query, tag: 1)
        #expect(
            script.receive("SNATDCZI") == [
                "S drop none", "N drop none", "A forward none", "T drop none query 9", "D drop none query 9",
                "C drop statement query 9", "Z drop ready query 9",
            ])
        #expect(
            script.receive("NCZI") == [
                "N forward none", "C forward statement query 1", "Z forward ready query 1",
            ])
    }

    @Test func aSwallowedQueryMayFail() {
        let script = TrackerScript()
        script.send(.query, as: .swallow, tag: 9)
        script.send(.query, tag: 1)
        #expect(script.receive("EZI") == ["E drop failed query 9", "Z drop ready query 9"])
        #expect(script.receive("CZI") == ["C forward statement query 1", "Z forward ready query 1"])
    }

    @Test func injectedParseThenTheClientsBind() {
        let script = TrackerScript()
        script.send(.parse, as: .swallow, tag: 9)
        script.send(.close, as: .swallow, tag: 8)
        script.send(.bind, .execute, .sync, tag: 1)
        #expect(
            script.receive("132CZI") == [
                "1 drop completed parse 9", "3 drop completed close 8", "2 forward completed bind 1",
                "C forward completed execute 2", "Z forward ready sync 3",
            ])
    }

    @Test func theErrorOfAnInjectedParseIsTheClients() {
        let script = TrackerScript()
        script.send(.parse, as: .swallow, tag: 9)
        script.send(.bind, .execute, .sync, tag: 1)
        #expect(
            script.receive("EZI") == [
                "E forward failed parse 9", "discarded bind 1", "discarded execute 2", "Z forward ready sync 3",
            ])
    }

    @Test func theErrorOfAnInjectedBatchIsNot() {
        let script = TrackerScript()
        script.send(.parse, .bind, .sync, as: .swallow, tag: 7)
        script.send(.bind, .sync, tag: 1)
        #expect(
            script.receive("EZI2ZI") == [
                "E drop failed parse 7", "discarded bind 8", "Z drop ready sync 9", "2 forward completed bind 1",
                "Z forward ready sync 2",
            ])
    }

    @Test func anErrorThatCostsTheClientAnAnswerIsTheClients() {
        let script = TrackerScript()
        script.send(.parse, as: .swallow, tag: 7)
        script.send(.bind, tag: 1)
        script.send(.sync, as: .swallow, tag: 8)
        #expect(script.receive("EZI") == ["E forward failed parse 7", "discarded bind 1", "Z drop ready sync 8"])
    }

    @Test func synthesisedAnswersKeepTheirPlace() {
        let script = TrackerScript()
        script.send(.parse, as: .synthesize, tag: 1)
        #expect(script.flush() == ["synthesize parse 1"])
        script.send(.bind, tag: 2)
        script.send(.parse, .close, as: .synthesize, tag: 3)
        script.send(.execute, tag: 5)
        script.send(.close, as: .synthesize, tag: 6)
        script.send(.sync, tag: 7)
        script.send(.parse, as: .synthesize, tag: 8)
        #expect(script.flush() == [])
        #expect(
            script.receive("2DCZI") == [
                "2 forward completed bind 2", "synthesize parse 3", "synthesize close 4", "D forward none execute 5",
                "C forward completed execute 5", "synthesize close 6", "Z forward ready sync 7", "synthesize parse 8",
            ])
        expectQuiescent(script)
    }

    @Test func synthesisedAnswersAreDiscardedByAnErrorToo() {
        let script = TrackerScript()
        script.send(.bind, tag: 1)
        script.send(.parse, as: .synthesize, tag: 2)
        script.send(.sync, tag: 3)
        script.send(.close, as: .synthesize, tag: 4)
        #expect(script.receive("E") == ["E forward failed bind 1", "discarded parse 2"])
        #expect(script.receive("ZI") == ["Z forward ready sync 3", "synthesize close 4"])
    }

    @Test func aRefusalDiscardsUpToTheClientsSync() {
        let script = TrackerScript()
        script.send(.bind, .execute, tag: 1)
        script.send(.refusal, as: .synthesize, tag: 3)
        #expect(script.tracker.expect(.bind, tag: 4) == .discarded)
        #expect(script.tracker.expect(.query, tag: 5) == .discarded)
        script.send(.sync, .bind, tag: 6)
        #expect(
            script.receive("2CZI2") == [
                "2 forward completed bind 1", "C forward completed execute 2", "synthesize refusal 3",
                "Z forward ready sync 6", "2 forward completed bind 7",
            ])
    }

    @Test func aServerErrorBeforeARefusalIsTheOnlyOne() {
        let script = TrackerScript()
        script.send(.bind, .execute, tag: 1)
        script.send(.refusal, as: .synthesize, tag: 3)
        script.send(.sync, tag: 4)
        #expect(
            script.receive("EZI") == [
                "E forward failed bind 1", "discarded execute 2", "discarded refusal 3", "Z forward ready sync 4",
            ])
    }

    @Test func aQueryAnsweredByTheProxyWaitsItsTurn() {
        let script = TrackerScript()
        script.send(.query, tag: 1)
        script.send(.query, as: .synthesize, tag: 2)
        script.send(.query, tag: 3)
        #expect(
            script.receive("CZTCZI") == [
                "C forward statement query 1", "Z forward ready query 1", "synthesize query 2",
                "C forward statement query 3", "Z forward ready query 3",
            ])
    }

    // MARK: What does not fit

    @Test func nothingIsExpected() {
        let fits = Set("NSAE")
        for type in BackendMessageType.allCases {
            let script = TrackerScript()
            let letter = Character(UnicodeScalar(type.rawValue))
            let action = script.tracker.received(type, status: UInt8(ascii: "I"))
            #expect(action.delivery == (fits.contains(letter) ? .forward : .violation), "\(type)")
            #expect(action.step == (letter == "E" ? .unsolicited : .none))
        }
    }

    /// Every message in answer to every kind of request: only those of the protocol fit.
    @Test func onlyTheRightAnswersFit() {
        let fits: [ResponseKind: String] = [
            .query: "TCIGHWE", .parse: "1E", .bind: "2E", .describeStatement: "tE", .describePortal: "TnE",
            .execute: "DCIsGHE", .close: "3E", .sync: "ZE", .functionCall: "VE",
        ]
        for (kind, letters) in fits {
            for type in BackendMessageType.allCases {
                let script = TrackerScript()
                script.send(kind, tag: 1)
                let action = script.tracker.received(type, status: UInt8(ascii: "T"))
                let fits = letters.utf8.contains(type.rawValue) || type.isAsynchronous
                #expect(action.delivery == (fits ? .forward : .violation), "\(kind) \(type)")
            }
        }
    }

    /// Likewise in the middle of answers.
    @Test func onlyTheRightContinuationsFit() {
        let fits: [(ResponseKind, String, String)] = [
            (.query, "T", "DCE"), (.query, "TD", "DCE"), (.query, "C", "TCGHWZE"), (.query, "I", "TCGHWZE"),
            (.query, "E", "ZE"), (.query, "G", "E"), (.query, "H", "dcE"), (.query, "Hd", "dcE"),
            (.query, "Hc", "CTHE"), (.query, "W", "dcE"), (.query, "Wc", "dE"), (.execute, "D", "DCsE"),
            (.execute, "G", "E"), (.execute, "H", "dcE"), (.execute, "Hc", "CE"), (.describeStatement, "t", "TnE"),
            (.functionCall, "V", "ZE"), (.functionCall, "E", "ZE"),
        ]
        for (kind, before, letters) in fits {
            for type in BackendMessageType.allCases {
                let script = TrackerScript()
                script.send(kind, tag: 1)
                _ = script.receive(before)
                let action = script.tracker.received(type, status: UInt8(ascii: "I"))
                // "C" may follow "C" in a query; "I" stands for the whole text and may not.
                let fits = letters.utf8.contains(type.rawValue) || type.isAsynchronous
                #expect(action.delivery == (fits ? .forward : .violation), "\(kind) \(before) \(type)")
            }
        }
    }

    @Test func onlyThreeStatusesExist() {
        for byte in UInt8.min...UInt8.max {
            var tracker = ResponseTracker()
            _ = tracker.expect(.sync)
            let action = tracker.received(.readyForQuery, status: byte)
            #expect((action.delivery == .forward) == "ITE".utf8.contains(byte))
        }
    }

    @Test func untakenFollowUpsAreAViolationNotATrap() {
        var tracker = ResponseTracker()
        _ = tracker.expect(.parse, .synthesize, tag: 1)
        _ = tracker.expect(.bind, tag: 2)
        let early = tracker.received(.bindComplete)
        #expect(early.delivery == .violation)
    }

    @Test func theQueueGrowsAndWraps() {
        let script = TrackerScript()
        var next: UInt32 = 0
        var answered: UInt32 = 0
        for round in 0..<200 {
            for _ in 0..<(round % 37) {
                script.send(.parse, tag: next)
                next += 1
            }
            while answered + 11 < next {
                #expect(script.receive("1") == ["1 forward completed parse \(answered)"])
                answered += 1
            }
        }
        #expect(script.tracker.outstanding == Int(next - answered))
        script.tracker.reset(status: .inTransaction)
        expectQuiescent(script)
        #expect(script.tracker.status == .inTransaction)
    }
}
