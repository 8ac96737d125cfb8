internal import Bytes
internal import Inspection

/// What the server is told in place of one text of the client's: what its names of prepared statements stand for, and
/// what is said behind a RESET. Confined to its loop.
final class Naming {
    struct Edit {
        /// In the client's text.
        var range: Range<Int>
        /// At the server.
        var name: [UInt8]
    }

    /// In the order of the text.
    var edits: [Edit] = []
    /// Statements that the server must have before the text runs.
    var needed: [PreparedStatement] = []
    /// Made by the text, by the client's names, in the order of the text.
    private var made: [[UInt8]: [PreparedStatement]] = [:]
    /// What the names stand for where they are used.
    private var meant: [[UInt8]: [PreparedStatement]] = [:]
    /// What is called `name` by the client's statement at `place`.
    private var uses: [(place: Int, name: [UInt8], statement: PreparedStatement)] = []

    /// Places among the server's statements, ascending, of those that the client's text does not have.
    private(set) var added: [Int] = []

    /// The text is EXECUTE of one name without arguments: an error's place lies in the prepared statement.
    var executesOnly = false

    // MARK: Meanings

    var allMeant: [PreparedStatement] { meant.values.flatMap(\.self) }

    /// What the statements do that EXECUTE may run.
    var exposure: StatementExposure { allMeant.reduce(into: []) { $0.formUnion($1.statement.exposure) } }

    /// The client's names and what bears them at the server, first as its statement at `place` uses them: one statement
    /// may have several names.
    func names(at place: Int?) -> [([UInt8], PreparedStatement)] {
        (uses.filter { $0.place == place } + uses.filter { $0.place != place }).map { ($0.name, $0.statement) }
    }

    /// The text names a statement, or what bears the name that PREPARE finds taken.
    func use(_ statement: PreparedStatement, _ name: [UInt8], at place: Int) { uses.append((place, name, statement)) }

    func make(_ statement: PreparedStatement, _ name: [UInt8]) { made[name, default: []].append(statement) }

    func mean(_ statement: PreparedStatement, _ name: [UInt8]) { meant[name, default: []].append(statement) }

    func isMade(_ statement: PreparedStatement) -> Bool { made.values.contains { $0.contains { $0 === statement } } }

    /// The statement at `place` runs another text, whose names are these.
    func take(_ inner: Naming, at place: Int) {
        needed += inner.needed
        uses += inner.uses.map { (place, $0.name, $0.statement) }
        made.merge(inner.made) { $0 + $1 }
        meant.merge(inner.meant) { $0 + $1 }
    }

    /// What PREPARE made of the name, the first time it is asked for; nil if nothing.
    func nextMade(_ name: [UInt8]) -> PreparedStatement? { Self.next(&made, name) }

    /// What the name stands for where it is used next.
    func nextMeant(_ name: [UInt8]) -> PreparedStatement? { Self.next(&meant, name) }

    /// The last one stays: a portal may be executed more than once.
    private static func next(
        _ statements: inout [[UInt8]: [PreparedStatement]], _ name: [UInt8]
    ) -> PreparedStatement? {
        guard let all = statements[name] else { return nil }
        if all.count > 1 { statements[name]?.removeFirst() }
        return all.first
    }

    /// What the name stands for where it is used first, without having it used.
    func firstMeant(_ name: [UInt8]) -> PreparedStatement? { meant[name]?.first }

    // MARK: Texts

    /// Puts statements behind the one that ends at `offset` of the text and is the server's statement at `place`.
    func add(_ statements: [SQLText], at offset: Int, behind place: Int) {
        let index = edits.firstIndex { $0.range.lowerBound > offset } ?? edits.count
        let text: [UInt8] = statements.flatMap { [0x3B] + $0.bytes }
        edits.insert(Edit(range: offset..<offset, name: text), at: index)
        added += place + 1...place + statements.count
    }

    /// The place among the client's statements of the server's at `place`; nil for one that was added.
    func clientPlace(_ place: Int) -> Int? {
        var before = 0
        for other in added {
            if other == place { return nil }
            if other > place { break }
            before += 1
        }
        return place - before
    }

    /// The text with the names that the server knows.
    func apply(to text: UnsafeRawBufferPointer) -> [UInt8] {
        var renamed: [UInt8] = []
        var position = 0
        for edit in edits {
            renamed += text[position..<edit.range.lowerBound]
            renamed += edit.name
            position = edit.range.upperBound
        }
        return renamed + text[position...]
    }

    /// The place in the client's text for a place in the server's. Both count from 1.
    func position(_ place: Int) -> Int {
        var shift = 0
        for edit in edits {
            guard edit.range.lowerBound + shift < place - 1 else { break }
            shift += edit.name.count - edit.range.count
        }
        return place - shift
    }
}

/// What a portal runs.
struct BoundPortal {
    var statement: StatementInfo
    var naming: Naming?
}
