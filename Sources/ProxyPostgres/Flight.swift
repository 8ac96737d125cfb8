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
    /// Loop clock, ns.
    var startedNs: UInt64 = 0
    var bytesIn = 0
    /// Bytes of the reply so far, to the client.
    var bytesOut = 0
    /// Statements of the batch answered so far.
    var answered = 0

    /// Among the client's statements the place of the one answered last; nil when the proxy added that one.
    var place: Int? { naming.map { $0.clientPlace(answered - 1) } ?? answered - 1 }
}

/// The flights of a server connection, oldest first: a ring that keeps its storage.
struct FlightQueue {
    private var ring: [Flight] = []
    private var head = 0
    private(set) var count = 0
    /// Number of the oldest; the tags of the response tracker count the same way.
    private(set) var firstTag: UInt32 = 0

    /// The tag under which the flight is found again.
    mutating func append(_ flight: Flight) -> UInt32 {
        if count == ring.count {
            ring = (0..<count).map { ring[(head + $0) % ring.count] }
            ring += Array(repeating: Flight(), count: max(8, count))
            head = 0
        }
        ring[(head + count) & (ring.count - 1)] = flight
        count += 1
        return firstTag &+ UInt32(count - 1)
    }

    /// Calls `body` with the flight of `tag` in place; does nothing when it has landed already.
    @inline(__always)
    mutating func update<T>(_ tag: UInt32, _ body: (inout Flight) -> T) -> T? {
        let offset = Int(tag &- firstTag)
        guard offset < count else { return nil }
        return body(&ring[(head + offset) & (ring.count - 1)])
    }

    /// Forgets everything before `tag`, and `tag` itself.
    mutating func land(through tag: UInt32) {
        var landed = Int(tag &- firstTag) + 1
        guard landed <= count else { return }
        firstTag = firstTag &+ UInt32(landed)
        count -= landed
        while landed > 0 {
            ring[head].statement = nil
            ring[head].prepared = nil
            ring[head].naming = nil
            ring[head].previous = nil
            ring[head].previousPortal = nil
            head = (head + 1) & (ring.count - 1)
            landed -= 1
        }
    }

    /// Requests of a later batch, which the server has not discarded, come back to `statement` or `portal` if they fail.
    /// - Returns: whether there is one, so that the name means already what it is to mean.
    mutating func replacePrevious(statement name: [UInt8], _ statement: PreparedStatement?) -> Bool {
        updateNextBatch { flight in
            switch flight.kind {
            case .parse where flight.name == name, .query where name.isEmpty:
                flight.previous = statement
                return true
            default: return false
            }
        }
    }

    mutating func replacePrevious(portal name: [UInt8], _ portal: BoundPortal?) -> Bool {
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
    private mutating func updateNextBatch(_ body: (inout Flight) -> Bool) -> Bool {
        var isLater = false
        for offset in 0..<count {
            let index = (head + offset) & (ring.count - 1)
            if isLater, body(&ring[index]) { return true }
            if ring[index].kind == .sync { isLater = true }
        }
        return false
    }

    var first: Flight? { count > 0 ? ring[head] : nil }

    mutating func popFirst() -> Flight? {
        guard count > 0 else { return nil }
        let first = ring[head]
        land(through: firstTag)
        return first
    }

    mutating func removeAll() {
        if count > 0 { land(through: firstTag &+ UInt32(count - 1)) }
    }
}
