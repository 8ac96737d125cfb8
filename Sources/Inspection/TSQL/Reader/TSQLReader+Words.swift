/// Words in expressions, and where a statement ends without a semicolon.
extension SummaryReader where Source: TSQLTokenSource {
    func isWord(_ name: SQLText) -> Bool { token.kind == .word && source.functionName(token) == name }

    private static var startsBit: UInt8 { 1 }
    private static var foreignBit: UInt8 { 2 }

    /// Begins a statement wherever one can begin.
    var startsStatement: Bool { token.kind == .word && token.detail & Self.startsBit != 0 }

    mutating func ownWord() -> Bool {
        guard frames.isEmpty else { return innerWord() }
        if token.role == .reserved, startsStatement || token.word == .merge, !belongsHere { return boundary() }
        switch token.word {
        case .output where frame.verb != .none && frame.verb != .select && frame.isQuery: output()
        case .select where isSource: beginSource()
        case .into where frame.flags & Self.outputBit != 0: outputInto()
        case .values where isSource, .default where isSource: beginSource()
        case .set where frame.verb == .update || frame.verb == .merge: assignments()
        case .join where frame.clause == .joinCondition: ownJoin()
        case .inner, .left, .right, .full, .cross, .outer:
            guard frame.clause == .joinCondition, token.role == .reserved else { return false }
            if !ownJoin() { fail(.unexpectedToken) }
        case .apply where frame.clause == .joinCondition: return false
        case .fetch: advance()
        default:
            guard frame.isQuery, token.detail & Self.foreignBit != 0, token.role == .reserved else { return false }
            fail(.unexpectedToken)
        }
        return true
    }

    /// In parentheses no statement begins.
    private mutating func innerWord() -> Bool {
        guard token.role == .reserved else { return false }
        switch token.word {
        case .inner, .left, .right, .full, .cross, .outer, .join, .merge:
            guard frame.clause == .joinCondition else {
                // OPTION (MERGE JOIN)
                if frame.isQuery { return false }
                advance()
                return true
            }
            if !ownJoin() { fail(.unexpectedToken) }
        case .union where !frame.isQuery: advance()
        case .end where frame.openCases > 0, .else, .update, .delete, .insert, .set, .select, .if: return false
        default:
            guard startsStatement, frame.isQuery, token.word != .fetch, token.word != .open else { return false }
            fail(.unexpectedToken)
        }
        return true
    }

    /// A word that begins statements is part of this one.
    private var belongsHere: Bool {
        mutating get {
            switch token.word {
            case .else, .end: return frame.openCases > 0
            case .set: return frame.isQuery && (frame.verb == .update && !isAssigned || previous.word == .update)
            case .insert, .update, .delete:
                if frame.verb == .merge, previous.word == .then { return true }
                return previous.word == .on || previous.word == .for || previous.word == .of
            case .merge: return peek().word == .join
            case .fetch: return frame.isQuery && peek().word == .next || frame.isQuery && peek().word == .first
            case .exec, .execute: return previous.word == .with
            case .select: return isSource
            default: return false
            }
        }
    }

    /// Behind the OUTPUT clause of an INSERT comes where its rows are from, once.
    private var isSource: Bool {
        frame.verb == .insert && frame.flags & Self.outputBit != 0 && frame.flags & Self.sourceBit == 0
    }

    /// The next statement begins, unless this is the source of an INSERT.
    private mutating func boundary() -> Bool {
        if isSource, token.word == .exec || token.word == .execute {
            beginSource()
            return true
        }
        endStatement()
        return true
    }

    private mutating func beginSource() {
        frame.flags |= Self.sourceBit
        frame.state = .insertTail
    }

    static var assignsBit: UInt8 { 1 }
    static var outputBit: UInt8 { 2 }
    static var sourceBit: UInt8 { 4 }
    /// FROM held something else than relations.
    static var derivedBit: UInt8 { 8 }

    private var isAssigned: Bool { frame.flags & Self.assignsBit != 0 }

    private mutating func assignments() {
        advance()
        frame.flags |= Self.assignsBit
        if frame.verb == .update { frame.clause = .assignments }
        frame.state = .expression
    }

    // MARK: OUTPUT and INTO

    /// `OUTPUT inserted.a, … [INTO t [(columns)]]`
    mutating func output() {
        advance()
        frame.flags |= Self.outputBit
        if frame.target >= 0, frame.target < statement.relations.count {
            statement.relations[frame.target].traits.insert(.returned)
        }
        frame.state = .expression
        if frame.verb == .insert { frame.clause = .rest }
    }

    private mutating func outputInto() {
        advance()
        if token.kind == .variable {
            advance()
        } else {
            guard let name = objectName() else { return }
            note(relation: name, .write)
        }
        if token.kind == .leftParen { open(.names, .expression) }
    }

    /// `SELECT … INTO t`
    mutating func selectInto() {
        advance()
        guard let name = objectName() else { return }
        note(relation: name, .ddl)
        if token.word == .on, peek().isName {
            advance()
            advance()
        }
    }
}
