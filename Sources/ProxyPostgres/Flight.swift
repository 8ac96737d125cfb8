internal import Bytes

/// One request forwarded to a server and not yet answered: what is needed when the answer comes.
struct Flight {
    enum Kind {
        /// A simple query: one answer per statement of the batch, then ReadyForQuery.
        case query
        case parse
        /// `previous` is what its portal was before.
        case bind
        case execute
        /// A Close that the proxy answers itself.
        case close
        /// Close of a statement or portal, and what else needs no book-keeping but its place.
        case other
        /// Sync: ends an implicit transaction.
        case sync
        /// What the proxy asked for itself.
        case settings
        case probe
        case survey
        case cleanUp
        case prepare
    }

    /// What it does to the server connection if it is carried out.
    enum Change {
        case none
        /// It gets `prepared` under its shared name.
        case prepares
        /// It gives up a shared statement, of so many bytes.
        case closes(UInt64, cost: Int)
        /// It forgets the sequence values of a session (see `PostgresServer.sequenceUser`).
        case forgetsSequences(of: UInt64)
    }

    var kind = Kind.other
    var statement: StatementInfo?
    var prepared: PreparedStatement?
    /// Noted down for the server when this was sent.
    var change = Change.none
    /// The client's name for `prepared`, or the portal's where one is bound.
    var name: [UInt8] = []
    /// The client's name for what is bound or described.
    var statementName: [UInt8] = []
    /// What the text's names of prepared statements stand for.
    var naming: Naming?
    /// What the name, or the unnamed statement, meant before; as good as forgotten once this has succeeded.
    var previous: PreparedStatement?
    var previousPortal: BoundPortal?
    /// It is refused: the server's error is not the client's.
    var refusal: RefusalNotice?
    /// Loop clock, ns.
    var startedNs: UInt64 = 0
    var bytesIn = 0
    /// Statements of the batch answered so far.
    var answered = 0

    /// Among the client's statements the place of the one answered last; nil when the proxy added that one.
    var place: Int? { naming.map { $0.clientPlace(answered - 1) } ?? answered - 1 }
}

/// The flights of a server connection, oldest first: a ring that grows and keeps its storage. A flight is moved in, used in
/// place and destroyed there: it holds many references, and copying them cost more than all else done with it.
struct FlightQueue: ~Copyable {
    private var ring = UnsafeMutablePointer<Flight>.allocate(capacity: 8)
    /// A power of two.
    private var capacity = 8
    private var head = 0
    private(set) var count = 0
    /// Number of the oldest; the tags of the response tracker count the same way.
    private(set) var firstTag: UInt32 = 0

    deinit {
        for index in 0..<count { slot(index).deinitialize(count: 1) }
        ring.deallocate()
    }

    @inline(__always)
    private func slot(_ index: Int) -> UnsafeMutablePointer<Flight> { ring + ((head &+ index) & (capacity &- 1)) }

    /// The tag under which the flight is found again.
    @inline(__always)
    mutating func append(_ flight: consuming Flight) -> UInt32 {
        if count == capacity { grow() }
        slot(count).initialize(to: flight)
        count &+= 1
        return firstTag &+ UInt32(truncatingIfNeeded: count &- 1)
    }

    private mutating func grow() {
        let bigger = UnsafeMutablePointer<Flight>.allocate(capacity: capacity * 2)
        for index in 0..<count { (bigger + index).moveInitialize(from: slot(index), count: 1) }
        ring.deallocate()
        (ring, capacity, head) = (bigger, capacity * 2, 0)
    }

    /// Calls `body`, which touches no queue, with the flight of `tag` in place; does nothing when it has landed already.
    @inline(__always)
    func update<T>(_ tag: UInt32, _ body: (inout Flight) -> T) -> T? {
        let offset = Int(tag &- firstTag)
        guard offset < count else { return nil }
        return body(&slot(offset).pointee)
    }

    /// Forgets everything before `tag`, and `tag` itself.
    mutating func land(through tag: UInt32) {
        var landed = Int(tag &- firstTag) + 1
        guard landed <= count else { return }
        firstTag = firstTag &+ UInt32(landed)
        while landed > 0 {
            slot(0).deinitialize(count: 1)
            head = (head &+ 1) & (capacity &- 1)
            count &-= 1
            landed &-= 1
        }
    }

    /// Requests of a later batch, which the server has not discarded, come back to `statement` or `portal` if they fail.
    /// - Returns: whether there is one, so that the name means already what it is to mean.
    func replacePrevious(statement name: [UInt8], _ statement: PreparedStatement?) -> Bool {
        updateNextBatch { flight in
            switch flight.kind {
            case .parse where flight.name == name, .query where name.isEmpty:
                flight.previous = statement
                return true
            default: return false
            }
        }
    }

    func replacePrevious(portal name: [UInt8], _ portal: BoundPortal?) -> Bool {
        updateNextBatch { flight in
            switch flight.kind {
            case .bind where flight.name == name, .query where name.isEmpty:
                flight.previousPortal = portal
                return true
            default: return false
            }
        }
    }

    /// Calls `body` with the flights behind the next Sync, up to the first for which it says true.
    private func updateNextBatch(_ body: (inout Flight) -> Bool) -> Bool {
        var isLater = false
        for offset in 0..<count {
            if isLater, body(&slot(offset).pointee) { return true }
            if slot(offset).pointee.kind == .sync { isLater = true }
        }
        return false
    }

    var first: Flight? { count > 0 ? slot(0).pointee : nil }

    mutating func popFirst() -> Flight? {
        guard let first else { return nil }
        land(through: firstTag)
        return first
    }

    mutating func removeAll() {
        if count > 0 { land(through: firstTag &+ UInt32(count - 1)) }
    }
}
