/// Bodies of routines, which are not looked into: only their end is found, since further statements may follow.
extension SummaryReader<MySQLTokens> {
    /// To the semicolon behind the last END, or to the first one where there is no block. What never ends is in error.
    mutating func skipBody() {
        var depth = 0
        var isAtStart = true
        var cases = 0
        while token.kind != .end, token.kind != .invalid, !hasFailed {
            if token.kind == .semicolon {
                if depth == 0, cases == 0 { break }
                isAtStart = true
                advance()
                continue
            }
            switch token.word {
            case .case:
                cases &+= isAtStart ? 0 : 1
                depth &+= isAtStart ? 1 : 0
            case .end where cases > 0: cases &-= 1
            case .end where depth > 0 && endsBlock(isAtStart):
                depth &-= 1
                passOverEnd()
                isAtStart = false
                continue
            case .begin where isAtStart || beginsBlock, .loop where isAtStart, .repeat where isAtStart,
                .while where isAtStart, .if where isAtStart:
                depth &+= 1
            default: break
            }
            if depth > SummaryLimits.depth { return fail(.tooDeep) }
            isAtStart = startsStatement(isAtStart)
            advance()
        }
        if token.kind == .invalid || depth > 0 || cases > 0 { return fail(.unexpectedEnd) }
        frame.state = .finished
    }

    /// BEGIN elsewhere than at a statement's beginning: behind the head of a routine, or a handler's conditions.
    private var beginsBlock: Bool {
        switch previous.kind {
        case .dot, .comma, .operator, .assign, .variable: false
        default: previous.word != .select && previous.word != .from && previous.word != .as && previous.word != .by
        }
    }

    /// END closes a block behind a semicolon, BEGIN, or before the word of a loop.
    private mutating func endsBlock(_ isAtStart: Bool) -> Bool {
        if isAtStart { return true }
        switch peek().word {
        case .repeat, .loop, .while, .if, .case: return true
        default: return false
        }
    }

    private mutating func passOverEnd() {
        advance()
        switch token.word {
        case .if, .loop, .while, .repeat, .case, .for: advance()
        default: break
        }
        if token.isName, token.word == .none { advance() }
    }

    /// Whether a statement begins behind the current token.
    private func startsStatement(_ isAtStart: Bool) -> Bool {
        switch token.word {
        case .begin, .loop, .repeat: isAtStart || beginsBlock
        case .then, .else, .do: true
        default: token.kind == .colon
        }
    }
}
