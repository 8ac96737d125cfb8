/// A prepared statement as the proxy keeps it on servers: one for all clients of a loop that prepare the same text with
/// the same parameter types. Confined to its loop; a server connection that moves takes only the number along.
final class PreparedStatement {
    enum Source {
        /// A Parse message; `body` is what follows its name: text, zero byte, Int16 count, that many Int32 type OIDs.
        case parse
        /// The SQL statement PREPARE; `body` is its text with the shared name in place of the client's.
        case sql
        /// A Parse message whose text itself names prepared statements: what they are called at the server is found out
        /// each time it is bound. `body` as for `parse`, with the client's names.
        case naming
    }

    /// Unique in the process: the upper bits are the loop's.
    let number: UInt64
    /// The name on servers, with its zero byte.
    let serverName: [UInt8]
    let source: Source
    let body: [UInt8]
    /// What the statement does when it is executed.
    let statement: StatementInfo
    /// In force when it was parsed, and wherever it is parsed again.
    private(set) var parsing: ParseSettings
    /// What must be added to a position in `body` to have the one in the client's own text.
    let shift: Int
    /// Takes the place of another, and means nothing itself.
    let isStandIn: Bool

    init(number: UInt64, source: Source, body: [UInt8], statement: StatementInfo, parsing: ParseSettings) {
        self.number = number
        self.source = source
        self.body = body
        self.statement = statement
        self.parsing = parsing
        shift = 0
        isStandIn = false
        serverName = Array("\(Self.namePrefix)\(number)".utf8) + [0]
    }

    /// A ROLLBACK with parameters, which a server accepts at any time and can't bind.
    init(standIn number: UInt64, parameters: Int, statement: StatementInfo) {
        self.number = number
        source = .parse
        let count = UInt16(clamping: parameters)
        let int4: [UInt8] = [0, 0, 0, 23]
        body = Array("ROLLBACK".utf8) + [0, UInt8(count >> 8), UInt8(count & 0xFF)] + (0..<count).flatMap { _ in int4 }
        self.statement = statement
        parsing = ParseSettings()
        shift = 0
        isStandIn = true
        serverName = Array("\(Self.namePrefix)\(number)".utf8) + [0]
    }

    /// PREPARE has run: behind others in one text, which is cut into tokens before the first of them runs.
    func ran(under settings: ParseSettings) { parsing = settings.cut(as: parsing) }

    /// Server names start with this; clients' own never reach a server in a pool that shares statements.
    static let namePrefix = "_adbm_"

    /// A statement prepared by SQL.
    /// - Parameters:
    ///   - tail: what follows the name in PREPARE: types, AS, the statement.
    ///   - offset: of the tail in the client's text.
    init(
        sql tail: some Collection<UInt8>, at offset: Int, number: UInt64, statement: StatementInfo,
        parsing: ParseSettings
    ) {
        self.number = number
        source = .sql
        let head = Array("PREPARE \(Self.namePrefix)\(number)".utf8)
        body = head + tail
        shift = offset - head.count
        isStandIn = false
        self.statement = statement
        self.parsing = parsing
        serverName = Array("\(Self.namePrefix)\(number)".utf8) + [0]
    }
}

/// A session's prepared statements by the names that its client gave them. Confined to the session's loop.
///
/// Clients mostly run one statement again and again: the name asked for last is remembered with what it means, and asking
/// for it again with the bytes of a message costs a comparison.
struct PreparedNames: Sequence {
    private(set) var all: [[UInt8]: PreparedStatement] = [:]
    private var lastName: [UInt8] = []
    /// What `lastName` means; nil when that must be looked up.
    private var last: PreparedStatement?

    var count: Int { all.count }

    subscript(name: [UInt8]) -> PreparedStatement? {
        get { all[name] }
        set {
            last = nil
            all[name] = newValue
        }
    }

    /// The name in the bytes of a message.
    mutating func name(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        if lastName.count == bytes.count, lastName.elementsEqual(bytes) { return lastName }
        last = nil
        lastName = Array(bytes)
        return lastName
    }

    mutating func find(_ name: [UInt8]) -> PreparedStatement? {
        guard name == lastName else { return all[name] }
        if last == nil { last = all[name] }
        return last
    }

    mutating func removeValue(forKey name: [UInt8]) -> PreparedStatement? {
        last = nil
        return all.removeValue(forKey: name)
    }

    mutating func removeAll() {
        last = nil
        all.removeAll()
    }

    func makeIterator() -> Dictionary<[UInt8], PreparedStatement>.Iterator { all.makeIterator() }
}

/// Which shared statements a server connection has, least recently used first out. Confined to the connection's loop.
struct PreparedCache {
    private struct Slot {
        var cost: Int
        var lastUse: UInt64
    }

    private var slots: [UInt64: Slot] = [:]
    private var clock: UInt64 = 0
    private(set) var bytes = 0
    /// Statements kept at most, and bytes of their text.
    let limit: Int
    let byteLimit: Int

    init(limit: Int, byteLimit: Int) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    var count: Int { slots.count }

    /// True when the server has it; counts as a use.
    mutating func touch(_ number: UInt64) -> Bool {
        guard let index = slots.index(forKey: number) else { return false }
        clock += 1
        slots.values[index].lastUse = clock
        return true
    }

    func contains(_ number: UInt64) -> Bool { slots[number] != nil }

    mutating func insert(_ number: UInt64, cost: Int) {
        clock += 1
        remove(number)
        slots[number] = Slot(cost: cost, lastUse: clock)
        bytes += cost
    }

    mutating func remove(_ number: UInt64) {
        if let slot = slots.removeValue(forKey: number) { bytes -= slot.cost }
    }

    mutating func removeAll() {
        slots.removeAll()
        bytes = 0
    }

    /// The statements to close so that one of `cost` bytes fits; they are taken out.
    mutating func makeRoom(cost: Int) -> [(number: UInt64, cost: Int)] {
        var victims: [(number: UInt64, cost: Int)] = []
        while !slots.isEmpty, slots.count >= limit || bytes + cost > byteLimit {
            guard let oldest = slots.min(by: { $0.value.lastUse < $1.value.lastUse }) else { break }
            remove(oldest.key)
            victims.append((oldest.key, oldest.value.cost))
        }
        return victims
    }
}
