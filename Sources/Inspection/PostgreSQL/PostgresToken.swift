/// One lexical element of PostgreSQL's SQL. Comments and white space are no tokens.
public struct PostgresToken: Sendable, Equatable {
    public enum Kind: UInt8, Sendable {
        /// End of the text.
        case end
        /// Can't be lexed: `start` says where. Nothing follows but `.end`.
        case invalid
        /// A name or keyword without quotes.
        case identifier
        /// `"…"`
        case quotedIdentifier
        /// `U&"…"`; an optional `UESCAPE '…'` follows as tokens of its own.
        case unicodeIdentifier
        /// `'…'` without backslash escapes; the token also of `N'…'`.
        case string
        /// `E'…'`, and `'…'` when `standard_conforming_strings` is off.
        case escapeString
        /// `U&'…'`
        case unicodeString
        /// `$tag$…$tag$`
        case dollarString
        /// `B'…'`
        case bitString
        /// `X'…'`
        case hexString
        /// Decimal, `0x`, `0o` or `0b`, with underscores.
        case integer
        /// With a point or an exponent.
        case numeric
        /// `$1`
        case parameter
        /// Any run of operator characters, single ones too.
        case `operator`
        case comma, semicolon, leftParen, rightParen, leftBracket, rightBracket, dot, dotDot, colon
        /// `::`
        case typecast
        /// `:=`
        case assign
        /// `=>`
        case arrow
    }

    public enum Problem: UInt8, Sendable {
        case none, unterminatedString, unterminatedIdentifier, unterminatedComment, unterminatedDollarString
        case emptyIdentifier, unexpectedCharacter
        /// `U&'…'` while `standard_conforming_strings` is off, which the server refuses too.
        case unicodeStringNotAllowed
    }

    public var kind: Kind
    /// Only for `.invalid`.
    public var problem: Problem = .none
    /// False where quoting inside needs decoding (doubled quotes, escapes, a continued string), and for the operators
    /// `+` and `-`, which may be signs.
    public var isPlain = true
    /// Byte offsets of the token in the text.
    public var start: Int
    public var end: Int
    var keyword: PostgresKeyword = .none
    var category: PostgresKeyword.Category = .none

    init(_ kind: Kind, _ start: Int, _ end: Int) {
        self.kind = kind
        self.start = start
        self.end = end
    }

    /// The keyword in lower case, `""` for what is none or none of those this module knows.
    public var keywordName: String { keyword.rawValue }

    /// A constant: string, bit string or number.
    var isLiteral: Bool { kind.rawValue >= Kind.string.rawValue && kind.rawValue <= Kind.numeric.rawValue }

    var isString: Bool { kind.rawValue >= Kind.string.rawValue && kind.rawValue <= Kind.dollarString.rawValue }

    var isName: Bool { kind == .identifier || kind == .quotedIdentifier || kind == .unicodeIdentifier }
}
