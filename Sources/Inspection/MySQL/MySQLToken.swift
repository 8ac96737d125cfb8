/// One lexical element of MySQL's or MariaDB's SQL. Comments and white space are no tokens, and neither are the marks
/// around a comment that is code.
public struct MySQLToken: Sendable, Equatable {
    public enum Kind: UInt8, Sendable {
        /// End of the text.
        case end
        /// Can't be lexed: `start` says where. Nothing follows but `.end`.
        case invalid
        /// A name or keyword without quotes; it may begin with a digit.
        case identifier
        /// `` `…` ``, and `"…"` with ANSI_QUOTES.
        case quotedIdentifier
        /// `_utf8mb4` and its like: the character set of the literal that follows.
        case introducer
        /// `'…'`, and `"…"` without ANSI_QUOTES. Strings side by side are one value, and tokens of their own.
        case string
        /// `N'…'`
        case nationalString
        /// `$tag$…$tag$` of MySQL.
        case dollarString
        /// `x'…'`
        case hexString
        /// `b'…'`
        case bitString
        /// `0x…`
        case hexNumber
        /// `0b…`
        case bitNumber
        case integer
        /// With a point.
        case decimal
        /// With an exponent.
        case float
        /// `\N`, which older servers and MariaDB take for NULL.
        case null
        /// `?`
        case parameter
        /// `@name`, ``@`name` ``, `@'name'`, and `@` alone; behind a user's name its host.
        case userVariable
        /// `@@`; the variable's name follows as tokens of its own.
        case systemVariable
        case `operator`
        case comma, semicolon, leftParen, rightParen, leftBrace, rightBrace, dot, dotDot, colon
        /// `:=`
        case assign
    }

    public enum Problem: UInt8, Sendable {
        case none, unterminatedString, unterminatedIdentifier, unterminatedComment, unterminatedDollarString
        case unexpectedCharacter, malformedNumber, malformedVariable
        /// Servers of this version may read it in two ways.
        case ambiguous
    }

    public var kind: Kind
    /// Only for `.invalid`.
    public var problem: Problem = .none
    /// False where quoting inside needs decoding: doubled quotes, escapes.
    public var isPlain = true
    /// Whether an identifier is looked up among the keywords: not behind a point, and not before one.
    public var mayBeKeyword = true
    /// A parenthesis follows an identifier as closely as it must for a built-in function.
    public var isBuiltinCall = false
    /// Byte offsets of the token in the text.
    public var start: Int
    public var end: Int

    init(_ kind: Kind, _ start: Int, _ end: Int) {
        self.kind = kind
        self.start = start
        self.end = end
    }

    /// A constant: string, bits or number.
    var isLiteral: Bool { kind.rawValue >= Kind.string.rawValue && kind.rawValue <= Kind.null.rawValue }

    var isString: Bool { kind.rawValue >= Kind.string.rawValue && kind.rawValue <= Kind.dollarString.rawValue }

    var isName: Bool { kind == .identifier || kind == .quotedIdentifier }
}
