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

    var kind = Kind.other
    var statement: StatementInfo?
    var prepared: PreparedStatement?
    /// The client's name for `prepared`.
    var name: [UInt8] = []
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
