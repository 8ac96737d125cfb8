internal import WirePostgres

/// What the requests on their way to a server may change of that by which later ones are read.
///
/// Most of it is assumed when it is sent, and undone if it fails: in one batch whatever follows fails too, so only another
/// batch has to wait until the server is ready. What texts do is known when they are answered, and not before.
struct Doubts {
    struct Subject: OptionSet {
        let rawValue: UInt8
        /// What names of prepared statements stand for.
        static let names = Subject(rawValue: 1)
        /// Settings that texts are read under.
        static let parsing = Subject(rawValue: 2)
    }

    /// What a request has to wait for.
    enum Wait {
        case nothing
        case ready
        /// To everything that was sent, if it is a part of a batch only.
        case answers
    }

    private var mayFail: Subject = []
    private var isUntold: Subject = []

    var isEmpty: Bool { mayFail.isEmpty }

    @inline(__always)
    mutating func note(_ flight: Flight, _ kind: ResponseKind) {
        if let exposure = flight.statement?.exposure, flight.kind != .parse { note(exposure) }
        if let naming = flight.naming {
            note(naming.exposure)
            tellLater(.names)
        }
        if !flight.name.isEmpty, kind == .parse || kind == .close { mayFail.insert(.names) }
    }

    private mutating func note(_ exposure: StatementExposure) {
        if exposure.contains(.parsing) { tellLater(.parsing) }
        if exposure.contains(.forgetsNames) { tellLater(.names) }
    }

    private mutating func tellLater(_ subject: Subject) {
        mayFail.formUnion(subject)
        isUntold.formUnion(subject)
    }

    @inline(__always)
    func wait(for subject: Subject, _ tracker: borrowing ResponseTracker) -> Wait {
        if mayFail.isDisjoint(with: subject) { return .nothing }
        if tracker.awaitsReady { return .ready }
        if isUntold.isDisjoint(with: subject) || tracker.outstanding == 0 || tracker.isCopyingIn { return .nothing }
        return .answers
    }
}

extension PostgresSession {
    /// False while `subject` may change by requests that the server has not answered.
    @inline(__always)
    func isSettled(_ subject: Doubts.Subject, _ cursor: inout FrameCursor) -> Bool {
        guard let server else { return true }
        wait = doubts.wait(for: subject, server.tracker)
        if wait == .nothing { return true }
        isInputBlocked = true
        if wait == .answers {
            cutRun(&cursor)
            server.output.appendEmptyMessage(FrontendMessageType.flush)
        }
        return false
    }

    /// False while the server is to be ready once more.
    var isAnswered: Bool {
        guard let server, server.tracker.awaitsReady else { return true }
        wait = .ready
        isInputBlocked = true
        return false
    }
}
