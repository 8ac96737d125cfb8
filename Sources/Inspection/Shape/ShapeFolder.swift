enum ShapeElement<Token> {
    case token(Token)
    /// A constant, with the sign before it, or a parameter.
    case literal(Token)
    /// What follows the first literal of a parenthesis: `, literal` any number of times.
    case listOfLiterals
    /// Further parentheses of literals after such a one.
    case moreRows
}

protocol ShapeSink<Token> {
    associatedtype Token: ShapeToken
    mutating func absorb(_ element: ShapeElement<Token>)
}

/// Turns tokens into elements of a shape: constants and parameters become literals, lists of them one element, rows of
/// them one; semicolons at the beginning and the end are dropped.
///
/// A few tokens are held back until it is known what they are, so that it costs some compares a token and no memory.
struct ShapeFolder<Token: ShapeToken> {
    private enum State: UInt8 {
        case outside
        /// Behind `(`; then behind literals, and a comma, in it.
        case open, value, comma
        /// Behind `( literals )`; and a comma; and another `(`; and literals, and a comma, in that.
        case behindRow, rowComma, rowOpen, rowValue, rowValueComma
    }

    private var state = State.outside
    private var isMany = false
    private var isRowMany = false
    private var hasMoreRows = false
    private var allowsSign = true
    private var isBegun = false
    private var sign: Token?
    private var semicolon: Token?
    private var held: (comma: Token, open: Token)
    private var row: (value: Token, comma: Token)

    /// - Parameter placeholder: any token; fills the places of those that are held back.
    init(placeholder: Token) {
        held = (placeholder, placeholder)
        row = (placeholder, placeholder)
    }

    @inline(__always)
    mutating func push(_ token: Token, _ sink: inout some ShapeSink<Token>) {
        if state == .outside, sign == nil, semicolon == nil, isBegun, token.isShapeWord {
            // Names and keywords, which most tokens are.
            allowsSign = token.isReserved
            sink.absorb(.token(token))
            return
        }
        pushAny(token, &sink)
    }

    private mutating func pushAny(_ token: Token, _ sink: inout some ShapeSink<Token>) {
        let kind = token.shapeKind
        if kind == .semicolon || kind == .end {
            flush(&sink)
            if kind == .semicolon, isBegun { semicolon = token }
            allowsSign = true
            return
        }
        if let held = semicolon {
            sink.absorb(.token(held))
            semicolon = nil
        }
        isBegun = true
        if let held = sign {
            sign = nil
            if kind != .number { step(held, isValue: false, &sink) }
        } else if allowsSign, token.isSign {
            sign = token
            allowsSign = false
            return
        }
        step(token, isValue: kind == .value || kind == .number, &sink)
        switch kind {
        case .leftParen, .comma, .opening: allowsSign = true
        default: allowsSign = token.isReserved
        }
    }

    private mutating func step(_ token: Token, isValue: Bool, _ sink: inout some ShapeSink<Token>) {
        switch state {
        case .outside: outside(token, isValue, &sink)
        case .open:
            if isValue { (isMany, state) = (false, .value) } else { state = .outside }
            outside(token, isValue, &sink)
        case .value:
            if token.shapeKind == .comma {
                (held.comma, state) = (token, .comma)
            } else {
                outside(token, isValue, &sink)
                (state, hasMoreRows) = (token.shapeKind == .rightParen ? .behindRow : .outside, false)
            }
        case .comma:
            guard isValue else { return release(token, isValue, &sink) }
            if !isMany { sink.absorb(.listOfLiterals) }
            (isMany, state) = (true, .value)
        case .behindRow, .rowComma, .rowOpen, .rowValue, .rowValueComma: nextRow(token, isValue, &sink)
        }
    }

    private mutating func outside(_ token: Token, _ isValue: Bool, _ sink: inout some ShapeSink<Token>) {
        if token.shapeKind == .leftParen { state = .open }
        sink.absorb(isValue ? .literal(token) : .token(token))
    }

    private mutating func nextRow(_ token: Token, _ isValue: Bool, _ sink: inout some ShapeSink<Token>) {
        switch (state, token.shapeKind) {
        case (.behindRow, .comma): (held.comma, state) = (token, .rowComma)
        case (.rowComma, .leftParen): (held.open, state) = (token, .rowOpen)
        case (.rowOpen, _) where isValue: (row.value, isRowMany, state) = (token, false, .rowValue)
        case (.rowValue, .comma): (row.comma, state) = (token, .rowValueComma)
        case (.rowValueComma, _) where isValue: (isRowMany, state) = (true, .rowValue)
        case (.rowValue, .rightParen):
            if !hasMoreRows { sink.absorb(.moreRows) }
            (hasMoreRows, state) = (true, .behindRow)
        default: release(token, isValue, &sink)
        }
    }

    /// What was held is no list after all: out with it, then the token from the beginning.
    private mutating func release(_ token: Token, _ isValue: Bool, _ sink: inout some ShapeSink<Token>) {
        let wasOpen = state == .rowOpen
        releaseHeld(&sink)
        state = wasOpen ? .open : .outside
        step(token, isValue: isValue, &sink)
    }

    private mutating func releaseHeld(_ sink: inout some ShapeSink<Token>) {
        switch state {
        case .outside, .open, .value, .behindRow: break
        case .comma, .rowComma: sink.absorb(.token(held.comma))
        case .rowOpen, .rowValue, .rowValueComma:
            sink.absorb(.token(held.comma))
            sink.absorb(.token(held.open))
            if state == .rowOpen { return }
            sink.absorb(.literal(row.value))
            if isRowMany { sink.absorb(.listOfLiterals) }
            if state == .rowValueComma { sink.absorb(.token(row.comma)) }
        }
    }

    private mutating func flush(_ sink: inout some ShapeSink<Token>) {
        if let held = sign {
            sign = nil
            step(held, isValue: false, &sink)
        }
        releaseHeld(&sink)
        state = .outside
    }
}
