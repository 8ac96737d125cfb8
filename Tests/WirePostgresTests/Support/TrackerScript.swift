import Testing
import WirePostgres

/// Drives a `ResponseTracker` and writes down what it answers, one line of words per answer.
final class TrackerScript {
    var tracker: ResponseTracker
    private var lines: [String] = []

    init(status: TransactionStatus = .idle) {
        tracker = ResponseTracker(status: status)
    }

    /// Messages to the server, each accepted; tags count up from `tag`.
    func send(
        _ kinds: ResponseKind..., as disposition: ResponseDisposition = .forward, tag: UInt32,
        source: SourceLocation = #_sourceLocation
    ) {
        for (index, kind) in kinds.enumerated() {
            let result = tracker.expect(kind, disposition, tag: tag + UInt32(index))
            #expect(result == .accepted, sourceLocation: source)
            drain()
        }
    }

    /// Messages from the server by their letters; I, T or E behind a Z is its status.
    ///
    /// - Returns: what was answered since the last call.
    func receive(_ letters: String) -> [String] {
        var bytes = Array(letters.utf8)[...]
        while let letter = bytes.popFirst() {
            let type = BackendMessageType(rawValue: letter)!
            let status = type == .readyForQuery ? bytes.popFirst()! : 0
            let action = tracker.received(type, status: status)
            let kind = action.kind.map { " \($0) \(action.tag)" } ?? ""
            lines.append("\(UnicodeScalar(letter)) \(action.delivery) \(action.step)\(kind)")
            drain()
        }
        return flush()
    }

    /// What was answered since the last call.
    func flush() -> [String] {
        defer { lines = [] }
        return lines
    }

    private func drain() {
        while let next = tracker.nextFollowUp() {
            switch next {
            case .synthesize(let entry): lines.append("synthesize \(entry.kind) \(entry.tag)")
            case .discarded(let entry): lines.append("discarded \(entry.kind) \(entry.tag)")
            }
        }
    }

    var isQuiescent: Bool { tracker.isQuiescent }
    var isInBatch: Bool { tracker.isInBatch }
    var isUncertain: Bool { tracker.isUncertain }
    var acceptsCopyData: Bool { tracker.acceptsCopyData }
}
