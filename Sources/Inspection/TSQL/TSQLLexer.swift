/// What of a session changes how Transact-SQL is cut into tokens, and of a database how names compare.
public struct TSQLLexing: Hashable, Sendable {
    /// `SET QUOTED_IDENTIFIER`: whether `"…"` is a name; off, it is a string. On unless a client asks for off.
    public var quotedIdentifier: Bool
    /// Whether names compare without regard to case, as in all but a few databases.
    public var ignoresCase: Bool

    public init(quotedIdentifier: Bool = true, ignoresCase: Bool = true) {
        self.quotedIdentifier = quotedIdentifier
        self.ignoresCase = ignoresCase
    }
}

/// Cuts Transact-SQL into tokens as SQL Server does, as far as its documentation and Babelfish's grammar tell. What they
/// leave open, such as a character that may be a letter or white space, is refused rather than guessed.
///
/// Generic over the text's units, so that a batch is read in the UTF-16 it came in, without a copy. Linear in the text,
/// allocates nothing, never traps. Borrows the bytes: they must outlive the lexer.
@safe
struct TSQLLexer<Units: CodeUnits> {
    let units: Units
    /// SET QUOTED_IDENTIFIER changes it in the middle of a text.
    var lexing: TSQLLexing
    /// Where the next token is looked for.
    var position = 0

    init(_ units: Units, _ lexing: TSQLLexing = TSQLLexing()) {
        self.units = units
        self.lexing = lexing
    }

    var view: ByteView { units.view }
    var width: Int { Units.width }

    /// The next token; `.end` for ever once the text is over or could not be lexed.
    mutating func next() -> TSQLToken {
        guard skipSpace() else { return invalid(.unterminatedComment, at: position) }
        let start = position
        guard start < units.count else {
            // Half a character at the end.
            if view.count > units.count, position <= units.count {
                return invalid(.unexpectedCharacter, at: units.count)
            }
            return TSQLToken(.end, view.count, view.count)
        }
        let unit = units[start]
        guard unit < 0x80 else { return wide(start) }
        let byte = UInt8(truncatingIfNeeded: unit)
        if byte.isDigit { return number(start) }
        switch byte {
        case 0x27: return string(start, quoteAt: start, .string)
        case 0x22:
            if lexing.quotedIdentifier { return quotedName(start, 0x22, .quotedIdentifier) }
            return string(start, quoteAt: start, .string)
        case 0x5B: return quotedName(start, 0x5D, .bracketedIdentifier)
        case 0x24: return dollar(start)
        case 0x40: return variable(start)
        case 0x23, 0x5F: return word(start)
        default: return TSQLCharacters.isLetter(byte) ? word(start) : punctuation(start, byte)
        }
    }

    @inline(__always)
    func byte(_ offset: Int) -> UInt8 {
        let unit = units[offset]
        return unit < 0x80 ? UInt8(truncatingIfNeeded: unit) : 0x80
    }

    // MARK: Space and comments

    /// Moves behind white space and comments; false and at its start where a comment has no end.
    private mutating func skipSpace() -> Bool {
        while position < units.count {
            let unit = units[position]
            if unit <= 0x20, unit > 0 {
                position &+= width
            } else if unit == 0x2D, units[position &+ width] == 0x2D {
                skipLine()
            } else if unit == 0x2F, units[position &+ width] == 0x2A {
                guard let end = commentEnd(position) else { return false }
                position = end
            } else if unit >= 0x80 {
                let (scalar, end) = units.character(position)
                guard TSQLCharacters.isWideSpace(scalar) else { return true }
                position = end
            } else {
                return true
            }
        }
        return true
    }

    private mutating func skipLine() {
        while position < units.count, units[position] != 0x0A, units[position] != 0x0D { position &+= width }
    }

    /// Behind the `*/` that ends the comment at `start`, inner comments included.
    private func commentEnd(_ start: Int) -> Int? {
        var offset = start &+ 2 &* width
        var depth = 1
        while offset < units.count {
            let unit = units[offset]
            let next = units[offset &+ width]
            if unit == 0x2A, next == 0x2F {
                offset &+= 2 &* width
                depth &-= 1
                if depth == 0 { return offset }
            } else if unit == 0x2F, next == 0x2A {
                offset &+= 2 &* width
                depth &+= 1
            } else {
                offset &+= width
            }
        }
        return nil
    }

    // MARK: Names

    private mutating func word(_ start: Int) -> TSQLToken {
        let quote = units[start &+ width]
        let isPrefix = byte(start) | 0x20 == 0x6E && (quote == 0x27 || quote == 0x22 && !lexing.quotedIdentifier)
        if isPrefix { return string(start, quoteAt: start &+ width, .nationalString) }
        return symbol(.identifier, start, to: nameEnd(start))
    }

    /// Behind letters, digits, `@`, `$`, `#` and `_`.
    private func nameEnd(_ start: Int) -> Int {
        var offset = start
        while offset < units.count {
            let unit = units[offset]
            if unit < 0x80 {
                guard TSQLCharacters.isNamePart(UInt8(truncatingIfNeeded: unit)) else { return offset }
                offset &+= width
            } else {
                let (scalar, end) = units.character(offset)
                guard TSQLCharacters.isWideLetter(scalar) else { return offset }
                offset = end
            }
        }
        return units.count
    }

    private mutating func quotedName(_ start: Int, _ quote: UInt16, _ kind: TSQLToken.Kind) -> TSQLToken {
        var token = TSQLToken(kind, start, start)
        guard let end = quoteEnd(start, quote, &token.isPlain) else {
            return invalid(.unterminatedIdentifier, at: start)
        }
        if end == start &+ 2 &* width { return invalid(.emptyIdentifier, at: start) }
        position = end
        token.end = end
        return token
    }

    /// Behind the `quote` that ends what begins with one unit at `start`; doubled ones are content.
    func quoteEnd(_ start: Int, _ quote: UInt16, _ isPlain: inout Bool) -> Int? {
        var offset = start &+ width
        while offset < units.count {
            let unit = units[offset]
            offset &+= width
            if unit == 0x5C {
                isPlain = false
            } else if unit == quote {
                guard units[offset] == quote, offset < units.count else { return offset }
                isPlain = false
                offset &+= width
            }
        }
        return nil
    }

    private mutating func variable(_ start: Int) -> TSQLToken {
        let isGlobal = units[start &+ width] == 0x40
        return symbol(isGlobal ? .globalVariable : .variable, start, to: nameEnd(start &+ width))
    }

    /// A character above ASCII: a letter or a currency sign.
    private mutating func wide(_ start: Int) -> TSQLToken {
        let (scalar, end) = units.character(start)
        if TSQLCharacters.isCurrency(scalar) { return money(start, from: end) }
        if TSQLCharacters.isWideLetter(scalar) { return word(start) }
        return invalid(.unexpectedCharacter, at: start)
    }

    mutating func symbol(_ kind: TSQLToken.Kind, _ start: Int, to end: Int) -> TSQLToken {
        position = end
        return TSQLToken(kind, start, end)
    }

    mutating func invalid(_ problem: TSQLToken.Problem, at offset: Int) -> TSQLToken {
        position = view.count &+ width
        var token = TSQLToken(.invalid, offset, view.count)
        token.problem = problem
        return token
    }
}
