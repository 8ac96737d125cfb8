import WirePostgres

/// One message of a random program, with what the server is to make of it.
struct SimulatedMessage {
    enum Kind: Equatable {
        case tracked(ResponseKind)
        case copyData
        case copyDone
        case copyFail
    }

    var kind: Kind
    var disposition = ResponseDisposition.forward
    var id: UInt32 = 0
    /// The letters of the answer. G stands for the whole copy-in: what is behind it comes after the client's CopyDone.
    var answer = ""
    /// A copy-in fails once this many messages of it were read.
    var failsAfterData: Int?
    /// A swallowed message that belongs to a batch of the proxy's own.
    var isOwnBatch = false
    /// The tracker said that this is not to be sent.
    var isDiscarded = false
}

/// Answers messages as PostgreSQL does, and notes down what a client must see and what was ignored.
///
/// It is told of every message, also of those that are not sent because the tracker said so or answers them itself: the
/// first must turn out to be ignored, the others must come out at this very place.
struct SimulatedServer {
    struct Response {
        let letter: Character
        let owner: UInt32
    }

    private(set) var responses: [Response] = []
    private(set) var next = 0
    private var queue: [SimulatedMessage] = []
    private var queued = 0

    /// What the client must get: letters with the number of the message that they answer.
    private(set) var expected: [String] = []
    /// Messages that were accepted and then ignored.
    private(set) var ignored: [UInt32] = []
    /// What must not be.
    private(set) var faults: [String] = []
    /// A copy-in that had read a Sync, or was followed by one, failed: the tracker may give up.
    private(set) var isDoubtful = false

    private var isIgnoring = false
    private var isRefusing = false
    private var isBatchOpen = false
    private var copying: (message: SimulatedMessage, rest: Substring, read: Int)?

    mutating func send(_ message: SimulatedMessage) { queue.append(message) }

    var hasWork: Bool { queued < queue.count }
    var hasResponses: Bool { next < responses.count }

    /// Nothing that could bring a response is on its way or half done.
    var isQuiescent: Bool {
        let onlyNoise = queue[queued...].allSatisfy { message in
            if case .tracked = message.kind { return message.isDiscarded || message.disposition == .synthesize }
            return true
        }
        return onlyNoise && !hasResponses && !isIgnoring && !isBatchOpen && copying == nil
    }

    mutating func takeResponse() -> Response {
        next += 1
        return responses[next - 1]
    }

    mutating func work(_ generator: inout SeededGenerator) {
        let message = queue[queued]
        queued += 1
        if copying != nil { return copyWork(message) }
        guard case .tracked(let kind) = message.kind else { return }
        if kind == .sync {
            isIgnoring = false
            isRefusing = false
        } else if isIgnoring || isRefusing {
            if !message.isDiscarded { ignored.append(message.id) }
            return
        }
        if message.isDiscarded { faults.append("\(message.id) was not sent but would have had an effect") }
        if message.disposition == .synthesize {
            expected.append("\(kind) \(message.id)")
            isRefusing = kind == .refusal
            return
        }
        // An empty query, as probes are, has nothing to notice.
        if message.answer != "I", Int.random(in: 0..<10, using: &generator) == 0 { notice(message, &generator) }
        isBatchOpen = true
        answer(message, message.answer[...])
    }

    private mutating func notice(_ message: SimulatedMessage, _ generator: inout SeededGenerator) {
        let letter = "NSA".randomElement(using: &generator)!
        responses.append(Response(letter: letter, owner: message.id))
        if letter == "A" || message.disposition != .swallow { expected.append("\(letter) \(message.id)") }
    }

    private mutating func emit(_ letter: Character, _ message: SimulatedMessage, always: Bool = false) {
        responses.append(Response(letter: letter, owner: message.id))
        if always || message.disposition == .forward { expected.append("\(letter) \(message.id)") }
    }

    private mutating func answer(_ message: SimulatedMessage, _ letters: Substring) {
        var letters = letters
        while let letter = letters.popFirst() {
            if letter == "E" { return fail(message) }
            emit(letter, message)
            if letter == "G" {
                copying = (message, letters, 0)
                return
            }
        }
        if message.kind == .tracked(.query) || message.kind == .tracked(.functionCall) { ready(message) }
        if message.kind == .tracked(.sync) { ready(message) }
    }

    private mutating func ready(_ message: SimulatedMessage) {
        emit("Z", message)
        isBatchOpen = false
    }

    private mutating func fail(_ message: SimulatedMessage) {
        guard case .tracked(let kind) = message.kind else { return }
        switch kind {
        case .query, .functionCall, .sync:
            emit("E", message)
            ready(message)
        default:
            emit("E", message, always: message.disposition == .swallow && !message.isOwnBatch)
            isIgnoring = true
        }
    }

    private mutating func copyWork(_ message: SimulatedMessage) {
        guard let (owner, rest, read) = copying else { return }
        if message.isDiscarded { faults.append("\(message.id) was not sent during a copy") }
        if let limit = owner.failsAfterData, read >= limit {
            // The error came before this message was read.
            copying = nil
            isDoubtful = true
            fail(owner)
            queued -= 1
            return
        }
        copying?.read += 1
        switch message.kind {
        case .copyData, .tracked(.sync): break
        case .copyDone:
            copying = nil
            isDoubtful = isDoubtful || rest.first == "E"
            answer(owner, rest)
        case .copyFail:
            copying = nil
            isDoubtful = true
            fail(owner)
        case .tracked: faults.append("\(message.id) came during a copy")
        }
    }
}
