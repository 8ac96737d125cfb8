/// Cuts SQL text into tokens as MySQL and MariaDB do (`lex_one_token` in their `sql/sql_lex.cc`), odd corners included:
/// what one server takes for code and another for a comment, a string or a name is decided by `MySQLLexing`.
///
/// Linear in the text, allocates nothing, never traps. Borrows the bytes: they must outlive the lexer.
@safe
public struct MySQLLexer {
    let view: ByteView
    let lexing: MySQLLexing
    let characters: MySQLCharacters
    /// Where the next token is looked for.
    var position = 0
    /// Inside `/*! … */` that is code. There is no depth: the first `*/` ends it.
    private var isInCodeComment = false
    /// What the token at `position` must be, whatever it looks like.
    private var expected = Expected.any

    private enum Expected {
        case any
        /// The point between two names: `a.1` is two names, `` `a`.1 `` a name and a number.
        case separator
        /// A name directly behind a point: `t.select`, `t.1`.
        case qualifiedName
        /// A name directly behind `@@`.
        case systemName
    }

    public init(_ text: UnsafeRawBufferPointer, _ lexing: MySQLLexing = MySQLLexing()) {
        unsafe self.init(view: ByteView(text), lexing)
    }

    init(view: ByteView, _ lexing: MySQLLexing) {
        self.view = view
        self.lexing = lexing
        characters = MySQLCharacters(lexing.charset)
    }

    /// The next token; `.end` for ever once the text is over or could not be lexed.
    public mutating func next() -> MySQLToken {
        if expected != .any { return expectedToken() }
        let problem = skipSpace()
        guard problem == .none else { return invalid(problem, at: position) }
        let start = position
        guard start < view.count else {
            if isInCodeComment { return invalid(.unterminatedComment, at: start) }
            return MySQLToken(.end, view.count, view.count)
        }
        let byte = view[start]
        if characters.isIdentifierPart(byte) { return byte.isDigit ? number(start) : word(start, byte) }
        switch byte {
        case 0x27: return string(start, quoteAt: start, .string)
        case 0x22:
            return lexing.mode.contains(.ansiQuotes) ? quotedIdentifier(start) : string(start, quoteAt: start, .string)
        case 0x60: return quotedIdentifier(start)
        case 0x40: return variable(start)
        case 0x2E: return point(start)
        default: return punctuation(start, byte)
        }
    }

    // MARK: Space and comments

    /// Moves behind white space, comments and the marks of comments that are code; stays at the start of a comment that
    /// has no end.
    private mutating func skipSpace() -> MySQLToken.Problem {
        while true {
            let byte = view[position]
            if characters.isSpace(byte) {
                position &+= 1
            } else if byte == 0x23 || byte == 0x2D && isDashComment(position) {
                skipLine()
            } else if byte == 0x2F, view[position &+ 1] == 0x2A {
                let problem = skipComment()
                if problem != .none { return problem }
            } else if byte == 0x2A, view[position &+ 1] == 0x2F, isInCodeComment {
                isInCodeComment = false
                position &+= 2
            } else {
                return .none
            }
        }
    }

    /// Two hyphens begin a comment only before white space, a control character or the end.
    private func isDashComment(_ offset: Int) -> Bool {
        view[offset &+ 1] == 0x2D && characters.isSpaceOrControl(view[offset &+ 2])
    }

    /// To the newline; a carriage return doesn't end the comment, a zero byte does (and is refused then).
    private mutating func skipLine() {
        while position < view.count, view[position] != 0x0A, view[position] != 0 { position &+= 1 }
    }

    /// Moves behind the comment that begins here, or behind the mark of one that is code.
    private mutating func skipComment() -> MySQLToken.Problem {
        let isMaria = lexing.server == .mariaDB && view[position &+ 2] == 0x4D && view[position &+ 3] == 0x21
        guard isMaria || view[position &+ 2] == 0x21 else { return skip(to: plainCommentEnd(position &+ 2)) }
        let inside = position &+ (isMaria ? 4 : 3)
        switch versionMark(inside, isMaria: isMaria) {
        case .code(let offset):
            isInCodeComment = true
            return skip(to: offset)
        case .comment: return skip(to: skippedCommentEnd(inside))
        case .ambiguous: return .ambiguous
        }
    }

    private mutating func skip(to end: Int?) -> MySQLToken.Problem {
        guard let end else { return .unterminatedComment }
        position = end
        return .none
    }

    /// Behind the first `*/` from `offset` on.
    private func plainCommentEnd(_ offset: Int) -> Int? {
        var offset = offset
        while offset < view.count {
            if view[offset] == 0x2A, view[offset &+ 1] == 0x2F { return offset &+ 2 }
            offset &+= 1
        }
        return nil
    }

    /// Behind the end of a comment for another version, which may hold plain ones.
    private func skippedCommentEnd(_ offset: Int) -> Int? {
        var offset = offset
        while offset < view.count {
            if view[offset] == 0x2A, view[offset &+ 1] == 0x2F { return offset &+ 2 }
            if view[offset] == 0x2F, view[offset &+ 1] == 0x2A {
                guard let end = plainCommentEnd(offset &+ 2) else { return nil }
                offset = end
            } else {
                offset &+= 1
            }
        }
        return nil
    }

    // MARK: Names

    private mutating func word(_ start: Int, _ first: UInt8) -> MySQLToken {
        if view[start &+ 1] == 0x27 {
            switch first | 0x20 {
            case 0x78: return bits(start, .hexString)
            case 0x62: return bits(start, .bitString)
            case 0x6E: return string(start, quoteAt: start &+ 1, .nationalString)
            default: break
            }
        }
        if first == 0x24, let token = dollarString(start) { return token }
        let token = name(start, end: nameEnd(start))
        if first == 0x5F, token.mayBeKeyword, isIntroducer(token) { return introducer(token) }
        return token
    }

    private mutating func expectedToken() -> MySQLToken {
        let start = position
        let what = expected
        expected = .any
        switch what {
        case .any: return next()
        case .separator:
            if characters.isIdentifierPart(view[start &+ 1]) { expected = .qualifiedName }
            return symbol(.dot, start, length: 1)
        case .qualifiedName:
            var token = name(start, end: nameEnd(start))
            token.mayBeKeyword = false
            return token
        case .systemName:
            // Byte by byte, also where the second of a pair is no letter.
            var end = start
            while characters.isIdentifierPart(view[end]) { end &+= 1 }
            var token = name(start, end: end)
            token.mayBeKeyword = true
            if view[end] == 0x2E { expected = .separator }
            return token
        }
    }

    /// The name in `[start, end)`, which looks at what follows directly.
    mutating func name(_ start: Int, end: Int) -> MySQLToken {
        position = end
        var token = MySQLToken(.identifier, start, end)
        if view[end] == 0x2E, characters.isIdentifierPart(view[end &+ 1]) {
            token.mayBeKeyword = false
            expected = .separator
        } else {
            token.isBuiltinCall = isCall(end)
        }
        return token
    }

    func nameEnd(_ start: Int) -> Int {
        var end = start
        while end < view.count, characters.isIdentifierPart(view[end]) { end = characters.following(end, view) }
        return min(end, view.count)
    }

    private func isCall(_ end: Int) -> Bool {
        guard lexing.mode.contains(.ignoreSpace) else { return view[end] == 0x28 }
        var offset = end
        while offset < view.count, characters.isSpace(view[offset]) { offset &+= 1 }
        return view[offset] == 0x28
    }

    private func isIntroducer(_ token: MySQLToken) -> Bool {
        token.end &- token.start <= 10 && MySQLCharset.isIntroducer(view.text(token.start &+ 1..<token.end))
    }

    private func introducer(_ name: MySQLToken) -> MySQLToken { MySQLToken(.introducer, name.start, name.end) }

    private mutating func quotedIdentifier(_ start: Int) -> MySQLToken {
        var token = MySQLToken(.quotedIdentifier, start, start)
        guard let end = quotedNameEnd(start, &token.isPlain) else { return invalid(.unterminatedIdentifier, at: start) }
        token.end = end
        position = end
        return token
    }

    /// Behind the quote that ends the name whose first quote stands at `start`; a zero byte can't be in one.
    private func quotedNameEnd(_ start: Int, _ isPlain: inout Bool) -> Int? {
        let quote = view[start]
        var offset = start &+ 1
        while offset < view.count, view[offset] != 0 {
            if view[offset] != quote {
                offset = characters.following(offset, view)
            } else if view[offset &+ 1] == quote {
                isPlain = false
                offset &+= 2
            } else {
                return offset &+ 1
            }
        }
        return nil
    }

    /// `@…` and `@@`
    private mutating func variable(_ start: Int) -> MySQLToken {
        var token = MySQLToken(.userVariable, start, start)
        switch view[start &+ 1] {
        case 0x40:
            position = start &+ 2
            token.kind = .systemVariable
            // Nothing but a name may follow, and that directly.
            if view[position] != 0x60 {
                guard characters.isIdentifierPart(view[position]) else { return invalid(.malformedVariable, at: start) }
                expected = .systemName
            }
        case 0x60, 0x22, 0x27:
            let isName = view[start &+ 1] == 0x60 || view[start &+ 1] == 0x22 && lexing.mode.contains(.ansiQuotes)
            guard
                let end = isName
                    ? quotedNameEnd(start &+ 1, &token.isPlain) : stringEnd(start &+ 1, &token.isPlain)
            else { return invalid(isName ? .unterminatedIdentifier : .unterminatedString, at: start) }
            position = end
        default:
            position = start &+ 1
            while isHostPart(view[position]) { position &+= 1 }
        }
        token.end = position
        return token
    }

    /// Letters, digits, `.`, `_`, `$`.
    private func isHostPart(_ byte: UInt8) -> Bool {
        byte == 0x2E || byte < 0x80 && byte.isIdentifierPart
            || byte >= 0x80 && lexing.charset.isSingleByte
                && characters.isIdentifierPart(byte)
    }

    // MARK: Points

    private mutating func point(_ start: Int) -> MySQLToken {
        if view[start &+ 1].isDigit { return fraction(start, from: start &+ 1) }
        if lexing.server == .mariaDB, view[start &+ 1] == 0x2E { return symbol(.dotDot, start, length: 2) }
        if characters.isIdentifierPart(view[start &+ 1]) { expected = .qualifiedName }
        return symbol(.dot, start, length: 1)
    }

    mutating func symbol(_ kind: MySQLToken.Kind, _ start: Int, length: Int) -> MySQLToken {
        position = start &+ length
        return MySQLToken(kind, start, position)
    }

    mutating func invalid(_ problem: MySQLToken.Problem, at offset: Int) -> MySQLToken {
        position = view.count
        expected = .any
        isInCodeComment = false
        var token = MySQLToken(.invalid, offset, view.count)
        token.problem = problem
        return token
    }
}
