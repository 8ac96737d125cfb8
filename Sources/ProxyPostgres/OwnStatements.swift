internal import Inspection

/// What the names of prepared statements may stand for at the server, where a client has a connection and the server's
/// own names: every text said of a name stays until the name is given up, since which of them the server took is known
/// only with its answer. Each of them must be allowed for the name to be. Bounded.
struct OwnStatements {
    struct Text {
        let bytes: [UInt8]
        let lexing: PostgresLexing
        /// Loop clock, ns: the last time.
        var saidNs: UInt64
    }

    /// Texts of a session, and their bytes.
    static let limit = 10_000
    static let byteLimit = 8 << 20

    /// Every name is here that the server can have; otherwise one that is not may stand for anything.
    private(set) var isComplete: Bool
    private var texts: [[UInt8]: [Text]] = [:]
    private var count = 0
    private var bytes = 0

    /// Something was prepared that gives names itself when it is run, whenever that may be.
    mutating func mayMakeOthers() { isComplete = false }

    init(isComplete: Bool) { self.isComplete = isComplete }

    /// Empty for a name that is not known.
    subscript(name: [UInt8]) -> [Text] { texts[name] ?? [] }

    mutating func insert(_ name: [UInt8], _ text: UnsafeRawBufferPointer, _ lexing: PostgresLexing, now: UInt64) {
        func isSame(_ known: Text) -> Bool { known.lexing == lexing && known.bytes.elementsEqual(text) }
        if let place = texts[name]?.firstIndex(where: isSame) {
            texts[name]?[place].saidNs = now
            return
        }
        if count >= Self.limit || bytes + text.count > Self.byteLimit { self = OwnStatements(isComplete: false) }
        guard text.count <= Self.byteLimit else { return }
        texts[name, default: []].append(Text(bytes: Array(text), lexing: lexing, saidNs: now))
        count += 1
        bytes += text.count
    }

    /// The server gave the name up, asked at `then`; what was said of it since is on its way.
    mutating func remove(_ name: [UInt8], before then: UInt64) {
        guard let known = texts.removeValue(forKey: name) else { return }
        let kept = known.filter { $0.saidNs >= then }
        if !kept.isEmpty { texts[name] = kept }
        count -= known.count - kept.count
        bytes -= known.reduce(0) { $0 + $1.bytes.count } - kept.reduce(0) { $0 + $1.bytes.count }
    }

    mutating func removeAll(before then: UInt64) {
        for name in Array(texts.keys) { remove(name, before: then) }
    }
}
