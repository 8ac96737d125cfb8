import WirePostgres

/// Random programs of a client and of the proxy in front of it. Each element is sent in one go.
struct SimulatedProgram {
    private(set) var groups: [[SimulatedMessage]] = []
    /// Syncs before a copy's end, as libpq sends them.
    let hasEarlySyncs: Bool
    private var nextID: UInt32 = 1
    private var generator: SeededGenerator

    init(seed: UInt64, hasEarlySyncs: Bool) {
        generator = SeededGenerator(seed: seed)
        self.hasEarlySyncs = hasEarlySyncs
        for _ in 0..<Int.random(in: 1...6, using: &generator) { addBatch() }
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    private mutating func add(_ messages: SimulatedMessage...) {
        groups.append(
            messages.map { message in
                var message = message
                message.id = nextID
                nextID += 1
                return message
            })
    }

    private mutating func message(
        _ kind: ResponseKind, _ answer: String, fails: Int = 6, as disposition: ResponseDisposition = .forward
    ) -> SimulatedMessage {
        let answer = chance(fails) ? "E" : answer
        return SimulatedMessage(kind: .tracked(kind), disposition: disposition, answer: answer)
    }

    private mutating func addBatch() {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<3: addQuery()
        case 3: add(message(.functionCall, "V"))
        case 4: add(message(.query, ["C", "TDDC", "HdcC"].randomElement(using: &generator)!, as: .swallow))
        case 5:
            var batch = [message(.parse, "1", as: .swallow), message(.bind, "2", as: .swallow)]
            for index in batch.indices { batch[index].isOwnBatch = true }
            add(batch[0], batch[1], SimulatedMessage(kind: .tracked(.sync), disposition: .swallow))
        case 6: add(message(.query, "", fails: 0, as: .synthesize))
        default: addPipeline()
        }
    }

    private mutating func addQuery() {
        if chance(30) { return addCopy(.query, ["GC", "CGC", "GCTDC", "GE"].randomElement(using: &generator)!) }
        let answers = ["C", "I", "TDDC", "TCCTDC", "HddcC", "TDE", "CE", "HdE"]
        add(message(.query, answers.randomElement(using: &generator)!))
    }

    private mutating func addPipeline() {
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            switch Int.random(in: 0..<13, using: &generator) {
            case 0: add(message(.parse, "1"))
            case 1: add(message(.parse, "", fails: 0, as: .synthesize))
            case 2: add(message(.close, "3", fails: 0))
            case 3: add(message(.close, "", fails: 0, as: .synthesize))
            case 4: add(message(.parse, "1", as: .swallow), message(.bind, "2"))
            case 5: add(message(.close, "3", fails: 0, as: .swallow), message(.parse, "1"))
            case 6: add(message(.describeStatement, chance(50) ? "tT" : chance(80) ? "tn" : "tE"))
            case 7: add(message(.describePortal, chance(50) ? "T" : "n"))
            case 8: add(message(.query, "TDC"))
            case 9: add(message(.functionCall, "V"))
            case 10 where chance(40): addCopy(.execute, ["GC", "GE"].randomElement(using: &generator)!)
            case 11 where chance(30): add(SimulatedMessage(kind: .tracked(.refusal), disposition: .synthesize))
            default:
                let answers = ["C", "DDC", "Ds", "s", "I", "HdcC", "HdE", "DE"]
                add(message(.bind, "2"))
                add(message(.execute, answers.randomElement(using: &generator)!))
            }
        }
        add(message(.sync, ""))
    }

    /// A copy-in with its data sent blindly, in random pieces.
    private mutating func addCopy(_ kind: ResponseKind, _ answer: String) {
        var copy = message(kind, answer, fails: 15)
        let pieces = Int.random(in: 0...3, using: &generator)
        if chance(30) { copy.failsAfterData = Int.random(in: 0...pieces, using: &generator) }
        add(copy)
        if hasEarlySyncs && kind == .execute { add(message(.sync, "", fails: 0)) }
        for _ in 0..<pieces { add(SimulatedMessage(kind: .copyData)) }
        add(SimulatedMessage(kind: chance(80) ? .copyDone : .copyFail))
        if hasEarlySyncs && kind == .execute { add(message(.sync, "", fails: 0)) }
    }
}
