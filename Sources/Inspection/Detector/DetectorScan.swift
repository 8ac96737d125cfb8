/// One pass over the tokens of a text: a stack of frames, and in each an operator-precedence reader that keeps only what
/// its operands are made of. Whatever it does not understand it passes over.
struct DetectorScan<Source: DetectorSource> {
    /// Open parentheses that are looked into; deeper ones are a reason of their own, and count as part of the last.
    static var depthLimit: Int { 256 }
    /// Those that need no memory of their own.
    private static var shallow: Int { 8 }

    var source: Source
    var reasons: DetectionReasons = []

    var frame = DetectorFrame(.root, .other)
    private var outer = InlineArray<8, DetectorFrame>(repeating: DetectorFrame(.inert, .other))
    private var deeper: [DetectorFrame] = []
    private(set) var depth = 0
    /// Parentheses beyond the limit.
    private var excess = 0

    var token = SQLToken(.end, 0, 0)
    var previous = SQLToken(.end, 0, 0)
    /// A name whose meaning the next token decides.
    var name = DetectorName.none
    var nameStart: Int32 = 0
    var nameEnd: Int32 = 0
    var isNamePending = false
    /// The pending name is a word that no column can have for a name.
    var isNameReserved = false
    /// Behind `::` or AS in a cast.
    var isTyping = false

    // The statement.
    var verb = SQLWord.none
    var verbCount = 0
    var isStacked = false
    var firstVerb = SQLWord.none
    var firstIsExposed = false
    var isExposedStatement = false
    var wordCount = 0
    var emptyComments = 0
    var characterCodes = 0
    var hasTruncated = false

    private let names = DetectorName.table

    init(_ source: Source) { self.source = source }

    @inline(__always)
    var view: ByteView { source.view }

    @inline(__always)
    func meaning(_ token: SQLToken) -> DetectorName { source.meaning(token, names) }

    mutating func run() -> DetectionReasons {
        while true {
            previous = token
            token = source.next()
            if token.kind == .end || token.kind == .invalid { break }
            if token.start &- previous.end > Source.unitWidth { gap(previous.end, token.start) }
            take()
        }
        if token.kind == .invalid {
            invalid()
        } else if token.start > previous.end {
            gap(previous.end, token.start)
        }
        endStatement()
        if emptyComments > 1, isExposedStatement { reasons.insert(.hiddenWords) }
        if characterCodes > 2 { reasons.insert(.characterCodes) }
        return reasons
    }

    private mutating func invalid() {
        if isExposedStatement { reasons.insert(.unfinished) }
    }

    @inline(__always)
    private mutating func take() {
        if isNamePending, token.kind != .dot, token.kind != .leftParen, previous.kind != .dot { settleName() }
        switch token.kind {
        case .word: word()
        case .quotedName: takeName()
        case .string, .number, .bits, .hex: literal()
        case .parameter: operand(.parameter)
        case .variable: variable()
        case .operator: takeOperator()
        case .comma: comma()
        case .semicolon: semicolon()
        case .leftParen: open()
        case .rightParen: close()
        case .leftBracket: openBracket()
        case .rightBracket: if frame.role == .inert || frame.role == .group { close() }
        case .cast: castOperator()
        case .dot, .colon, .assign, .arrow, .end, .invalid: break
        }
    }

    // MARK: Frames

    mutating func push(_ role: DetectorFrame.Role, _ clause: DetectorFrame.Clause) {
        guard depth < Self.depthLimit else {
            excess += 1
            reasons.insert(.tooDeep)
            return
        }
        if depth < Self.shallow { outer[depth] = frame } else { deeper.append(frame) }
        depth += 1
        var inner = DetectorFrame(role, clause)
        inner.isExposed = frame.isExposed
        inner.isInherited = frame.isExposed
        inner.isInCatalog = frame.readsCatalog || frame.isInCatalog
        if role == .group, frame.comparisons == 0, frame.termCount == 0 {
            inner.outerConnective = frame.connective == .none ? frame.outerConnective : frame.connective
        }
        frame = inner
    }

    /// Back to the frame around; what the inner one was is the caller's to use.
    mutating func pop() {
        guard depth > 0 else { return }
        depth -= 1
        if depth < Self.shallow {
            frame = outer[depth]
        } else if let last = deeper.popLast() {
            frame = last
        }
    }

    mutating func leaveExcess() -> Bool {
        guard excess > 0 else { return false }
        excess -= 1
        return true
    }

    /// The query here, or one around it, reads the catalogue.
    @inline(__always)
    var isInCatalog: Bool { frame.readsCatalog || frame.isInCatalog }

    @inline(__always)
    var isAtRoot: Bool { depth == 0 }

    @inline(__always)
    func isOperator(_ byte: UInt8) -> Bool { source.isOperator(token, byte) }

    /// The byte of an operator's nth character.
    @inline(__always)
    func operatorByte(_ index: Int) -> UInt8 {
        let offset = token.start &+ index &* Source.unitWidth
        return offset < token.end ? view[offset] : 0
    }
}
