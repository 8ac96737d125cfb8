/// What of a session changes how its SQL is cut into tokens.
public struct PostgresLexing: Hashable, Sendable {
    /// How characters of the client's encoding are made of bytes: in some that only clients may use, the second byte of
    /// a character can be `\`, a quote's or a letter's. The server converts before it lexes.
    public enum Encoding: UInt8, Sendable {
        /// No byte of a longer character is ASCII: UTF-8, all ISO 8859, EUC, …
        case asciiSafe
        /// BIG5, GBK, UHC, JOHAB; GB18030, whose longer characters are two such pairs.
        case doubleByte
        /// SJIS and SHIFT_JIS_2004, in which 0xA1...0xDF stand alone.
        case shiftJIS

        /// From the name as in `client_encoding`, ASCII letters of any case.
        public init(clientEncoding name: SQLText) {
            let letters = name.bytes.map(\.asciiLowercased).filter { $0 &- 97 < 26 || $0.isDigit }
            switch String(decoding: letters, as: UTF8.self) {
            case "big5", "gbk", "uhc", "johab", "gb18030", "windows949", "win949", "windows950", "win950", "windows936",
                "win936":
                self = .doubleByte
            case "sjis", "shiftjis", "shiftjis2004", "mskanji", "windows932", "win932": self = .shiftJIS
            default: self = .asciiSafe
            }
        }
    }

    /// `off` makes `\` an escape in plain strings.
    public var standardConformingStrings: Bool
    public var encoding: Encoding

    public init(standardConformingStrings: Bool = true, encoding: Encoding = .asciiSafe) {
        self.standardConformingStrings = standardConformingStrings
        self.encoding = encoding
    }
}

/// Cuts SQL text into tokens as PostgreSQL 18 does (`src/backend/parser/scan.l`); text that older servers cut otherwise
/// (`0x1F`, `1_000`) they refuse or take for a column label.
///
/// Linear in the text, allocates nothing, never traps. Borrows the bytes: they must outlive the lexer.
@safe
public struct PostgresLexer {
    let view: ByteView
    let lexing: PostgresLexing
    private let keywords = KeywordTable.shared
    /// Where the next token is looked for.
    var position = 0
    /// Up to here, each byte is an operator of its own (`+` and `-` cut from the end of a longer run).
    private var singleOperatorsEnd = 0

    public init(_ text: UnsafeRawBufferPointer, _ lexing: PostgresLexing = PostgresLexing()) {
        unsafe self.init(view: ByteView(text), lexing)
    }

    init(view: ByteView, _ lexing: PostgresLexing) {
        self.view = view
        self.lexing = lexing
    }

    /// The next token; `.end` for ever once the text is over or could not be lexed.
    public mutating func next() -> PostgresToken {
        guard skipSpace() else { return invalid(.unterminatedComment, at: position) }
        let start = position
        guard start < view.count else { return PostgresToken(.end, view.count, view.count) }
        let byte = view[start]
        if byte.isIdentifierStart { return word(start, byte) }
        if byte.isDigit { return number(start) }
        switch byte {
        case 0x27: return string(start, quoteAt: start, lexing.standardConformingStrings ? .string : .escapeString)
        case 0x22: return quotedIdentifier(start, quoteAt: start, .quotedIdentifier)
        case 0x24: return dollar(start)
        case 0x2C: return single(.comma)
        case 0x28: return single(.leftParen)
        case 0x29: return single(.rightParen)
        case 0x3B: return single(.semicolon)
        case 0x5B: return single(.leftBracket)
        case 0x5D: return single(.rightBracket)
        case 0x2E: return point(start)
        case 0x3A: return colon(start)
        default: return Self.isOperator(byte) ? `operator`(start) : invalid(.unexpectedCharacter, at: start)
        }
    }

    // MARK: Space and comments

    /// Moves behind white space and comments; false and at its start where a comment has no end.
    private mutating func skipSpace() -> Bool {
        while true {
            let byte = view[position]
            if byte.isSpace {
                position &+= 1
            } else if byte == 0x2D, view[position &+ 1] == 0x2D, position >= singleOperatorsEnd {
                skipLine()
            } else if byte == 0x2F, view[position &+ 1] == 0x2A {
                guard let end = commentEnd(position) else { return false }
                position = end
            } else {
                return true
            }
        }
    }

    private mutating func skipLine() {
        while position < view.count, !view[position].isNewline { position = following(position) }
    }

    /// Behind the `*/` that ends the comment at `start`, inner comments included.
    private func commentEnd(_ start: Int) -> Int? {
        var offset = start &+ 2
        var depth = 1
        while offset < view.count {
            let byte = view[offset]
            if byte == 0x2A, view[offset &+ 1] == 0x2F {
                offset &+= 2
                depth &-= 1
                if depth == 0 { return offset }
            } else if byte == 0x2F, view[offset &+ 1] == 0x2A {
                offset &+= 2
                depth &+= 1
            } else {
                offset = following(offset)
            }
        }
        return nil
    }

    /// The offset behind the character at `offset`, never behind the end.
    @inline(__always)
    func following(_ offset: Int) -> Int {
        if view[offset] < 0x80 || lexing.encoding == .asciiSafe { return offset &+ 1 }
        if lexing.encoding == .shiftJIS, view[offset] >= 0xA1, view[offset] <= 0xDF { return offset &+ 1 }
        return min(offset &+ 2, view.count)
    }

    // MARK: Words

    private mutating func word(_ start: Int, _ first: UInt8) -> PostgresToken {
        let quote = view[start &+ 1]
        if quote == 0x27 || quote == 0x26, let token = prefixed(start, first | 0x20) { return token }
        var end = following(start)
        while view[end].isIdentifierPart { end = following(end) }
        position = end
        var token = PostgresToken(.identifier, start, end)
        if end &- start <= KeywordTable.longest, let entry = keywords.find(view, start, end &- start) {
            token.keyword = entry.keyword
            token.category = entry.category
        }
        return token
    }

    /// `E'`, `B'`, `X'`, `N'`, `U&'` and `U&"`.
    private mutating func prefixed(_ start: Int, _ letter: UInt8) -> PostgresToken? {
        if view[start &+ 1] == 0x26 {
            guard letter == 0x75 else { return nil }
            if view[start &+ 2] == 0x22 { return quotedIdentifier(start, quoteAt: start &+ 2, .unicodeIdentifier) }
            guard view[start &+ 2] == 0x27 else { return nil }
            guard lexing.standardConformingStrings else { return invalid(.unicodeStringNotAllowed, at: start) }
            return string(start, quoteAt: start &+ 2, .unicodeString)
        }
        switch letter {
        case 0x65: return string(start, quoteAt: start &+ 1, .escapeString)
        case 0x62: return string(start, quoteAt: start &+ 1, .bitString)
        case 0x78: return string(start, quoteAt: start &+ 1, .hexString)
        case 0x6E:
            return string(start, quoteAt: start &+ 1, lexing.standardConformingStrings ? .string : .escapeString)
        default: return nil
        }
    }

    // MARK: Punctuation

    private mutating func single(_ kind: PostgresToken.Kind) -> PostgresToken {
        position &+= 1
        return PostgresToken(kind, position &- 1, position)
    }

    private mutating func point(_ start: Int) -> PostgresToken {
        if view[start &+ 1] == 0x2E {
            position = start &+ 2
            return PostgresToken(.dotDot, start, position)
        }
        return view[start &+ 1].isDigit ? number(start) : single(.dot)
    }

    private mutating func colon(_ start: Int) -> PostgresToken {
        let kind: PostgresToken.Kind
        switch view[start &+ 1] {
        case 0x3A: kind = .typecast
        case 0x3D: kind = .assign
        default: return single(.colon)
        }
        position = start &+ 2
        return PostgresToken(kind, start, position)
    }

    /// `~ ! @ # ^ & | ` ? + - * / % < > =`
    @inline(__always)
    private static func isOperator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23, 0x25, 0x26, 0x2A, 0x2B, 0x2D, 0x2F, 0x3C...0x40, 0x5E, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Those that let an operator end in `+` or `-`: `~ ! @ # ^ & | ` ? %`
    private static func letsSignEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x7E, 0x21, 0x40, 0x23, 0x5E, 0x26, 0x7C, 0x60, 0x3F, 0x25: true
        default: false
        }
    }

    /// The longest run of operator characters, ended by a comment's start, without `+` and `-` at its end unless it holds
    /// a character SQL's own operators don't use.
    private mutating func `operator`(_ start: Int) -> PostgresToken {
        if start < singleOperatorsEnd {
            var token = single(.operator)
            token.isPlain = false
            return token
        }
        var end = start
        var lastOther = start
        var mayEndInSign = false
        while Self.isOperator(view[end]) {
            let byte = view[end]
            let next = view[end &+ 1]
            if end > start, byte == 0x2D && next == 0x2D || byte == 0x2F && next == 0x2A { break }
            if Self.letsSignEnd(byte) { mayEndInSign = true }
            if byte != 0x2B, byte != 0x2D { lastOther = end }
            end &+= 1
        }
        if !mayEndInSign, end &- 1 > lastOther {
            singleOperatorsEnd = end
            end = lastOther &+ 1
        }
        position = end
        let isArrow = end &- start == 2 && view[start] == 0x3D && view[start &+ 1] == 0x3E
        var token = PostgresToken(isArrow ? .arrow : .operator, start, end)
        token.isPlain = end &- start > 1 || view[start] != 0x2B && view[start] != 0x2D
        return token
    }

    mutating func invalid(_ problem: PostgresToken.Problem, at offset: Int) -> PostgresToken {
        position = view.count
        var token = PostgresToken(.invalid, offset, view.count)
        token.problem = problem
        return token
    }
}
