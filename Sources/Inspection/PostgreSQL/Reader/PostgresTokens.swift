/// PostgreSQL's tokens for the reader, with `UESCAPE '…'` taken into the token it belongs to.
struct PostgresTokens {
    var lexer: PostgresLexer
    private let words = SQLWord.lookup

    init(_ lexer: PostgresLexer) { self.lexer = lexer }

    var view: ByteView { lexer.view }

    private static let plainBit: UInt8 = 0x80
    /// The remark that a word which can't name a function is called like one.
    static let calledBit: UInt8 = 1

    mutating func next() -> SQLToken {
        let lexed = lexer.next()
        var token = SQLToken(Self.kind(lexed.kind), lexed.start, lexed.end)
        token.origin = lexed.kind.rawValue | (lexed.isPlain ? Self.plainBit : 0)
        switch lexed.kind {
        case .identifier:
            token.role = Self.role(lexed.category)
            token.word = words.find(view, token.start, token.end &- token.start) ?? .none
            if lexed.category == .columnName, Self.isCalled(lexed.keyword) { token.detail = Self.calledBit }
        case .unicodeIdentifier, .unicodeString: takeEscape(&token)
        case .operator: token.isSign = lexed.isSign
        default: break
        }
        return token
    }

    private mutating func takeEscape(_ token: inout SQLToken) {
        token.detail = 0x5C
        var ahead = lexer
        guard ahead.next().keyword == .uescape else { return }
        let escape = ahead.next()
        guard escape.isString, let character = ahead.stringValue(escape)?.bytes.first else { return }
        token.detail = character
        token.end = escape.end
        lexer = ahead
    }

    /// SQL's own functions with a syntax of their own; the other such words are types.
    private static func isCalled(_ keyword: PostgresKeyword) -> Bool {
        switch keyword {
        case .coalesce, .extract, .greatest, .grouping, .least, .normalize, .nullif, .overlay, .position, .substring,
            .treat, .trim, .xmlattributes, .xmlconcat, .xmlelement, .xmlexists, .xmlforest, .xmlnamespaces, .xmlparse,
            .xmlpi, .xmlroot, .xmlserialize, .xmltable, .jsonArray, .jsonArrayagg, .jsonExists, .jsonObject,
            .jsonObjectagg, .jsonQuery, .jsonScalar, .jsonSerialize, .jsonTable, .jsonValue, .mergeAction:
            true
        default: false
        }
    }

    private static func role(_ category: PostgresKeyword.Category) -> SQLToken.Role {
        switch category {
        case .none, .unreserved: .free
        case .columnName: .columnName
        case .typeOrFunction: .functionName
        case .reserved: .reserved
        }
    }

    private static func kind(_ kind: PostgresToken.Kind) -> SQLToken.Kind {
        switch kind {
        case .end: .end
        case .invalid: .invalid
        case .identifier: .word
        case .quotedIdentifier, .unicodeIdentifier: .quotedName
        case .string, .escapeString, .unicodeString, .dollarString: .string
        case .bitString: .bits
        case .hexString: .hex
        case .integer, .numeric: .number
        case .parameter: .parameter
        case .operator, .dotDot: .operator
        case .comma: .comma
        case .semicolon: .semicolon
        case .leftParen: .leftParen
        case .rightParen: .rightParen
        case .leftBracket: .leftBracket
        case .rightBracket: .rightBracket
        case .dot: .dot
        case .colon: .colon
        case .typecast: .cast
        case .assign: .assign
        case .arrow: .arrow
        }
    }

    /// The token as the lexer made it, without what `takeEscape` added.
    private func lexed(_ token: SQLToken) -> PostgresToken {
        var lexed = PostgresToken(
            PostgresToken.Kind(rawValue: token.origin & ~Self.plainBit) ?? .invalid, token.start, token.end)
        lexed.isPlain = token.origin & Self.plainBit != 0
        if lexed.kind == .unicodeIdentifier || lexed.kind == .unicodeString {
            var again = lexer
            again.position = token.start
            lexed.end = again.next().end
        }
        return lexed
    }

    func name(_ token: SQLToken) -> SQLText {
        lexer.name(lexed(token), escape: token.detail)
    }

    func value(_ token: SQLToken) -> SQLText? {
        lexer.stringValue(lexed(token), escape: token.detail)
    }
}
