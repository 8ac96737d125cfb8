/// Reads a text once and makes its summary: one pass, a stack of frames instead of recursion, every count limited.
///
/// What it does not understand ends the reading of that statement with its place and the reason, never a guess; it goes
/// on behind the next semicolon.
struct SummaryReader<Source: SQLTokenSource> {
    var source: Source
    /// The token to be read next, and the one before it.
    var token = SQLToken(.end, 0, 0)
    var previous = SQLToken(.end, 0, 0)
    private var ahead: SQLToken?
    /// Steps since a token was read: a reader that stands still is in error.
    private var stalls = 0

    var summary = BatchSummary(Source.dialect)

    // The statement being read.
    var statement = BatchSummary.Statement()
    var frame = ReaderFrame(.root, .finished)
    var frames: [ReaderFrame] = []
    /// Common table expressions in scope, the innermost last.
    var commonTables: [SQLText] = []
    var commonTableCount = 0
    var lockCount = 0
    /// The string that is the body of a routine being defined.
    var body: SQLToken?
    /// Names given behind WITH whose body is being read, one for each frame that has such a list.
    var pendingNames: [SQLText] = []
    /// What bears an alias in FROM and is no relation, for locking clauses.
    var derivedTables: [DerivedTable] = []
    private var isDone = false

    init(_ source: Source) { self.source = source }

    var view: ByteView { source.view }

    mutating func run() {
        advance()
        while token.kind != .end {
            if token.kind == .semicolon { advance() } else { readStatement() }
        }
    }

    private mutating func readStatement() {
        statement = BatchSummary.Statement()
        frame = ReaderFrame(.root, .statement)
        frames.removeAll(keepingCapacity: true)
        commonTables.removeAll(keepingCapacity: true)
        pendingNames.removeAll(keepingCapacity: true)
        derivedTables.removeAll(keepingCapacity: true)
        commonTableCount = 0
        lockCount = 0
        body = nil
        isDone = false
        stalls = 0
        let start = token.start
        if token.kind == .invalid { fail(.invalidToken) } else { Source.head(&self) }
        while !isDone, statement.unparsed == nil { step() }
        while statement.unparsed != nil, token.kind != .semicolon, token.kind != .end { advance() }
        Source.finish(&self)
        statement.range = start..<max(start, previous.end)
        for relation in statement.relations { statement.actions.formUnion(relation.actions) }
        for wide in statement.wide { statement.actions.formUnion(wide.actions) }
        summary.statements.append(statement)
    }

    /// Ends the statement here, where a dialect needs no semicolon to do so. The token that follows is the next one's.
    mutating func endStatement() {
        guard frames.isEmpty || frame.role == .block, frame.openBrackets == 0 else {
            return fail(.unbalancedParenthesis)
        }
        switch frame.state {
        case .expression, .fromTail, .finished, .dialect: isDone = true
        default: fail(.unexpectedEnd)
        }
    }

    /// The text is only the beginning of what was sent.
    mutating func markTruncated() {
        if summary.statements.isEmpty { summary.statements = [BatchSummary.Statement()] }
        let last = summary.statements.count - 1
        if summary.statements[last].unparsed == nil {
            summary.statements[last].unparsed = Unparsed(offset: view.count, reason: .truncated)
        }
    }

    private mutating func step() {
        stalls &+= 1
        if stalls > 8 { return fail(.unexpectedToken) }
        switch token.kind {
        case .invalid: return fail(.invalidToken)
        case .end:
            if frame.state == .dialect { Source.resume(&self) } else { endStatement() }
            return
        case .semicolon:
            if frame.role == .block { return Source.blockSeparator(&self) }
            if frame.state == .dialect { Source.resume(&self) } else { endStatement() }
            return
        default: break
        }
        switch frame.state {
        case .operand: operand()
        case .expression: expression()
        case .fromItem: fromItem()
        case .fromTail: fromTail()
        case .setOperand: setOperand()
        case .withName: withName()
        case .withTail: withTail()
        case .statement: beginQuery()
        case .insertTail: insertTail()
        case .finished: if token.kind == .rightParen { close() } else { fail(.unexpectedToken) }
        case .dialect: Source.resume(&self)
        }
    }

    // MARK: Failure

    /// Ends the reading of this statement at the current token. The first failure stands.
    mutating func fail(_ reason: Unparsed.Reason) {
        guard statement.unparsed == nil else { return }
        statement.unparsed = Unparsed(offset: token.start, reason: token.kind == .invalid ? .invalidToken : reason)
    }

    var hasFailed: Bool { statement.unparsed != nil }
    var isAtEnd: Bool { token.kind == .end || token.kind == .semicolon || token.kind == .invalid }

    // MARK: Tokens

    mutating func advance() {
        previous = token
        if token.isLiteral { note(literal: token) } else if token.kind == .parameter { note(parameter: token) }
        stalls = 0
        if let next = ahead {
            token = next
            ahead = nil
        } else {
            token = source.next()
        }
    }

    /// The token behind the current one.
    mutating func peek() -> SQLToken {
        if let next = ahead { return next }
        let next = source.next()
        ahead = next
        return next
    }

    /// The token behind `peek()`.
    mutating func peekSecond() -> SQLToken {
        _ = peek()
        var copy = source
        return copy.next()
    }

    mutating func accept(_ word: SQLWord) -> Bool {
        guard token.word == word else { return false }
        advance()
        return true
    }

    mutating func accept(_ kind: SQLToken.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    /// Passes over the words, each of which may stand here or not.
    mutating func skip(_ words: SQLWord...) {
        for word in words { _ = accept(word) }
    }

    /// A word that must stand here; the statement has failed if it does not.
    mutating func expect(_ word: SQLWord) {
        if !accept(word) { fail(.unexpectedToken) }
    }

    /// A single operator character.
    func isOperator(_ byte: UInt8) -> Bool { source.isOperator(token, byte) }

    var isStar: Bool { isOperator(0x2A) }

    // MARK: Frames

    /// Opens a parenthesis, at the token behind which it begins: reads that token.
    mutating func open(_ role: ReaderFrame.Role, _ state: ReaderFrame.State) {
        guard frames.count < SummaryLimits.depth else { return fail(.tooDeep) }
        advance()
        frames.append(frame)
        var inner = ReaderFrame(role, state)
        inner.expressionDepth = frame.expressionDepth &+ (role == .fromItem ? 0 : 1)
        inner.queryLevel = frame.queryLevel
        inner.isInert = frame.isInert || role == .names
        inner.isDefining = role == .definition
        inner.nameMark = commonTables.count
        inner.fromMark = statement.relations.count
        frame = inner
    }

    /// At `)`: back to what it was opened in.
    mutating func close() {
        guard frame.openBrackets == 0, let outer = frames.popLast() else { return fail(.unbalancedParenthesis) }
        switch frame.state {
        case .expression, .fromTail, .finished, .dialect, .operand: break
        default: return fail(.unexpectedToken)
        }
        let inner = frame
        frame = outer
        commonTables.removeLast(commonTables.count - min(inner.nameMark, commonTables.count))
        advance()
        if inner.role == .commonTable { declarePending() }
        if let meaning = inner.meaning, !inner.isMeaningKnown { noteUnknown(meaning, inner.call) }
        // `((SELECT 1) UNION …)`: what holds a query may go on as one.
        guard inner.isQuery, frame.clause == .none else { return }
        if frame.state == .expression && frame.role != .root || frame.role == .fromItem { frame.isQuery = true }
    }
}
