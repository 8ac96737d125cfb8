import Testing

@testable import WirePostgres

/// Random programs against a simulated server, with the client, the server and the way back running at random speeds:
/// what the client gets must be exactly what the server says it must.
@Suite
struct ResponseTrackerModelTests {
    /// A run's state, and what went wrong in it.
    struct Run: ~Copyable {
        var tracker = ResponseTracker()
        var server = SimulatedServer()
        var client: [String] = []
        var discarded: [UInt32] = []
        var fault: String?
        /// The tracker said that it cannot go on.
        var hasGivenUp = false

        mutating func drain() {
            while let next = tracker.nextFollowUp() {
                switch next {
                case .synthesize(let entry): client.append("\(entry.kind) \(entry.tag)")
                case .discarded(let entry): discarded.append(entry.tag)
                }
            }
        }

        mutating func push(_ message: SimulatedMessage) {
            if message.kind != .tracked(.sync), message.id != 10_000, tracker.needsProbe {
                let probe = SimulatedMessage(kind: .tracked(.query), disposition: .swallow, id: 10_000, answer: "I")
                push(probe)
            }
            var message = message
            let result: ExpectResult
            switch message.kind {
            case .tracked(let kind): result = tracker.expect(kind, message.disposition, tag: message.id)
            case .copyData: result = tracker.acceptsCopyData ? .accepted : .discarded
            case .copyDone, .copyFail: result = tracker.copyEnded()
            }
            hasGivenUp = hasGivenUp || result == .refused
            message.isDiscarded = result == .discarded
            server.send(message)
            drain()
        }

        mutating func receive() {
            let response = server.takeResponse()
            let type = BackendMessageType(rawValue: response.letter.asciiValue!)!
            let action = tracker.received(type, status: UInt8(ascii: "I"))
            switch action.delivery {
            case .forward: client.append("\(response.letter) \(response.owner)")
            case .drop: break
            case .violation: hasGivenUp = true
            }
            // A spare ReadyForQuery may be taken for a later Sync's; the client sees the same either way.
            if action.kind != nil, action.tag != response.owner, !server.isDoubtful {
                fault = "\(response.letter) \(response.owner) was taken for \(action.tag)'s"
            }
            drain()
        }

        mutating func check() {
            if tracker.isQuiescent, !server.isQuiescent { fault = "quiescent too early" }
            if let first = server.faults.first { fault = first }
            // The proxy's own answers may be out before the server has come so far.
            if zip(client, server.expected).contains(where: { $0 != $1 }) { fault = "wrong answer" }
        }
    }

    private func run(seed: UInt64, hasEarlySyncs: Bool) {
        let program = SimulatedProgram(seed: seed, hasEarlySyncs: hasEarlySyncs)
        var generator = SeededGenerator(seed: seed &* 31 &+ 7)
        var run = Run()
        var pushed = 0
        let pace = Int.random(in: 1...9, using: &generator)
        while run.fault == nil, !run.hasGivenUp {
            let choice = Int.random(in: 0..<10, using: &generator)
            if choice < pace, pushed < program.groups.count {
                for message in program.groups[pushed] { run.push(message) }
                pushed += 1
            } else if choice.isMultiple(of: 2), run.server.hasWork {
                run.server.work(&generator)
            } else if run.server.hasResponses {
                run.receive()
            } else if run.server.hasWork {
                run.server.work(&generator)
            } else if pushed == program.groups.count {
                break
            }
            run.check()
        }
        judge(run, seed: seed, hasEarlySyncs: hasEarlySyncs)
    }

    private func judge(_ run: borrowing Run, seed: UInt64, hasEarlySyncs: Bool) {
        if let fault = run.fault {
            Issue.record("seed \(seed): \(fault); got \(run.client.suffix(6)), due \(run.server.expected.suffix(12))")
        }
        if run.hasGivenUp {
            let mayGiveUp = hasEarlySyncs && run.server.isDoubtful
            #expect(mayGiveUp, "seed \(seed): gave up after \(run.client.suffix(6))")
            return
        }
        let (client, due) = (run.client, run.server.expected)
        #expect(client == due, "seed \(seed)")
        let (discarded, ignored) = (run.discarded, run.server.ignored)
        #expect(discarded == ignored, "seed \(seed)")
        let isSettled = run.tracker.isQuiescent || (run.tracker.isUncertain && run.server.isDoubtful)
        #expect(isSettled, "seed \(seed): not quiescent")
    }

    @Test(arguments: 0..<8)
    func withoutEarlySyncs(part: UInt64) {
        for seed in part * 2500..<(part + 1) * 2500 { run(seed: seed, hasEarlySyncs: false) }
    }

    @Test(arguments: 0..<8)
    func withEarlySyncs(part: UInt64) {
        for seed in part * 2500..<(part + 1) * 2500 { run(seed: seed, hasEarlySyncs: true) }
    }

    /// Any messages in any order end in an answer, never in a trap, and never in more than was asked for.
    @Test func nonsenseNeverTraps() {
        var generator = SeededGenerator(seed: 99)
        let kinds = ResponseKind.allCases.filter { $0 != .copyEnd }
        for _ in 0..<20_000 {
            var tracker = ResponseTracker()
            for _ in 0..<30 {
                let kind = kinds.randomElement(using: &generator)!
                let disposition: ResponseDisposition =
                    kind == .refusal
                    ? .synthesize : kind == .sync ? .forward : [.forward, .swallow].randomElement(using: &generator)!
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: _ = tracker.expect(kind, disposition)
                case 1: _ = tracker.copyEnded()
                case 2: while tracker.nextFollowUp() != nil {}
                default:
                    let type = BackendMessageType.allCases.randomElement(using: &generator)!
                    let status = UInt8.random(in: 64...90, using: &generator)
                    let before = tracker.outstanding
                    _ = tracker.received(type, status: status)
                    let after = tracker.outstanding
                    #expect(after <= before)
                }
            }
        }
    }
}
