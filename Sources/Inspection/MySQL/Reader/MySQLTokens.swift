/// MySQL's and MariaDB's tokens for the reader: a system variable with its scope is one, a character set before a
/// literal none.
struct MySQLTokens {
    var lexer: MySQLLexer
    private let words = MySQLWord.table

    init(_ lexer: MySQLLexer) { self.lexer = lexer }

    var view: ByteView { lexer.view }
    var server: MySQLLexing.Server { lexer.lexing.server }

    private static let plainBit: UInt8 = 0x80

    mutating func next() -> SQLToken {
        let lexed = lexer.next()
        switch lexed.kind {
        case .identifier: return word(lexed)
        case .systemVariable: return systemVariable(lexed)
        case .introducer:
            var ahead = lexer
            let literal = ahead.next()
            guard literal.isLiteral else { return word(lexed) }
            lexer = ahead
            return token(literal)
        default: return token(lexed)
        }
    }

    private func token(_ lexed: MySQLToken) -> SQLToken {
        var token = SQLToken(Self.kind(lexed.kind), lexed.start, lexed.end)
        token.origin = lexed.kind.rawValue | (lexed.isPlain ? Self.plainBit : 0)
        if lexed.kind == .null { token.role = .reserved }
        if lexed.kind == .operator { token.isSign = isOperator(token, 0x2B) || isOperator(token, 0x2D) }
        return token
    }

    private func word(_ lexed: MySQLToken) -> SQLToken {
        var token = token(lexed)
        token.kind = .word
        guard lexed.mayBeKeyword, let found = words.find(view, token.start, token.end &- token.start) else {
            return token
        }
        token.word = found.word
        guard found.traits.contains(server == .mysql ? .reservedByMySQL : .reservedByMariaDB) else { return token }
        token.role = .reserved
        if found.traits.contains(.function), isCalled {
            token.role = .functionName
            token.word = .none
        }
        return token
    }

    private var isCalled: Bool {
        var ahead = lexer
        return ahead.next().kind == .leftParen
    }

    /// `@@global.x`
    private mutating func systemVariable(_ sign: MySQLToken) -> SQLToken {
        var token = token(sign)
        var ahead = lexer
        var name = ahead.next()
        while name.isName {
            token.end = name.end
            lexer = ahead
            guard ahead.next().kind == .dot else { break }
            name = ahead.next()
        }
        return token
    }

    private static func kind(_ kind: MySQLToken.Kind) -> SQLToken.Kind {
        switch kind {
        case .end: .end
        case .invalid: .invalid
        case .identifier, .introducer, .null: .word
        case .quotedIdentifier: .quotedName
        case .string, .nationalString, .dollarString: .string
        case .bitString, .bitNumber: .bits
        case .hexString, .hexNumber: .hex
        case .integer, .decimal, .float: .number
        case .parameter: .parameter
        case .userVariable, .systemVariable: .variable
        case .operator, .dotDot, .leftBrace, .rightBrace: .operator
        case .comma: .comma
        case .semicolon: .semicolon
        case .leftParen: .leftParen
        case .rightParen: .rightParen
        case .dot: .dot
        case .colon: .colon
        case .assign: .assign
        }
    }

    private func lexed(_ token: SQLToken) -> MySQLToken {
        let kind = MySQLToken.Kind(rawValue: token.origin & ~Self.plainBit) ?? .invalid
        var lexed = MySQLToken(kind, token.start, token.end)
        lexed.isPlain = token.origin & Self.plainBit != 0
        return lexed
    }

    /// As databases and tables compare; columns and aliases, which no one looks up, are treated alike.
    func name(_ token: SQLToken) -> SQLText { lexer.tableName(lexed(token)) }

    func functionName(_ token: SQLToken) -> SQLText { lexer.name(lexed(token)).lowercased }

    func value(_ token: SQLToken) -> SQLText? { lexer.stringValue(lexed(token)) }
}
