/// One lexical element of Transact-SQL. Comments and white space are no tokens.
public struct TSQLToken: Sendable, Equatable {
    public enum Kind: UInt8, Sendable {
        /// End of the text.
        case end
        /// Can't be lexed: `start` says where. Nothing follows but `.end`.
        case invalid
        /// A name or keyword without quotes, `#temp` and `##temp` among them.
        case identifier
        /// `[…]`
        case bracketedIdentifier
        /// `"…"` with QUOTED_IDENTIFIER on.
        case quotedIdentifier
        /// `$action`, `$identity`, `$rowguid` and their like.
        case dollarWord
        /// `'…'`, and `"…"` with QUOTED_IDENTIFIER off.
        case string
        /// `N'…'`
        case nationalString
        /// `0x…`
        case binary
        case integer
        /// With a point.
        case decimal
        /// With an exponent, which may be empty.
        case float
        /// A currency sign, with a number or without.
        case money
        /// `?`, which only drivers put in.
        case parameter
        /// `@name`; one of the batch, or a parameter of it.
        case variable
        /// `@@name`
        case globalVariable
        case `operator`
        case comma, semicolon, leftParen, rightParen, leftBrace, rightBrace, dot, colon
        /// `::`
        case doubleColon
    }

    public enum Problem: UInt8, Sendable {
        case none, unterminatedString, unterminatedIdentifier, unterminatedComment, emptyIdentifier
        case unexpectedCharacter
    }

    public var kind: Kind
    /// Only for `.invalid`.
    public var problem: Problem = .none
    /// False where quoting inside needs decoding: doubled quotes, continued lines.
    public var isPlain = true
    /// Byte offsets of the token in the text.
    public var start: Int
    public var end: Int

    init(_ kind: Kind, _ start: Int, _ end: Int) {
        self.kind = kind
        self.start = start
        self.end = end
    }

    /// A constant: string, binary or number.
    var isLiteral: Bool { kind.rawValue >= Kind.string.rawValue && kind.rawValue <= Kind.money.rawValue }

    var isString: Bool { kind == .string || kind == .nationalString }

    var isName: Bool {
        kind.rawValue >= Kind.identifier.rawValue && kind.rawValue <= Kind.quotedIdentifier.rawValue
    }
}
