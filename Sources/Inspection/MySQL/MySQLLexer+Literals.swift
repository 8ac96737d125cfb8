extension MySQLLexer {
    // MARK: Strings

    /// A string whose first quote stands at `quoteAt`.
    mutating func string(_ start: Int, quoteAt: Int, _ kind: MySQLToken.Kind) -> MySQLToken {
        var token = MySQLToken(kind, start, start)
        guard let end = stringEnd(quoteAt, &token.isPlain) else { return invalid(.unterminatedString, at: start) }
        token.end = end
        position = end
        return token
    }

    /// Behind the quote that ends the string whose first quote stands at `start`.
    ///
    /// A backslash takes the next byte with it, not the next character: in GBK the second byte of a pair behind a
    /// backslash is looked at by itself.
    func stringEnd(_ start: Int, _ isPlain: inout Bool) -> Int? {
        let quote = view[start]
        let escapes = !lexing.mode.contains(.noBackslashEscapes)
        var offset = start &+ 1
        while offset < view.count {
            let byte = view[offset]
            if byte == quote {
                guard view[offset &+ 1] == quote else { return offset &+ 1 }
                isPlain = false
                offset &+= 2
            } else if byte == 0x5C, escapes {
                isPlain = false
                offset &+= 2
            } else {
                offset = characters.following(offset, view)
            }
        }
        return nil
    }

    /// `x'…'` with an even number of digits, `b'…'`
    mutating func bits(_ start: Int, _ kind: MySQLToken.Kind) -> MySQLToken {
        let base: UInt8 = kind == .hexString ? 16 : 2
        var end = start &+ 2
        while let digit = view[end].hexValue, digit < base { end &+= 1 }
        let isEven = (end &- start) & 1 == 0
        guard view[end] == 0x27, kind == .bitString || isEven else { return invalid(.malformedNumber, at: start) }
        return symbol(kind, start, length: end &+ 1 &- start)
    }

    /// `$tag$…$tag$`; nil for a name that begins with `$`.
    mutating func dollarString(_ start: Int) -> MySQLToken? {
        guard lexing.server == .mysql, lexing.version >= Self.firstOddDollars else { return nil }
        var tagEnd = start &+ 1
        while view[tagEnd] != 0x24, characters.isIdentifierPart(view[tagEnd]) {
            tagEnd = characters.following(tagEnd, view)
        }
        guard view[tagEnd] == 0x24 else { return nil }
        if lexing.version < Self.firstSureVersion { return invalid(.ambiguous, at: start) }
        let length = tagEnd &+ 1 &- start
        var offset = tagEnd &+ 1
        while offset < view.count {
            if view[offset] == 0x24, view.equal(offset, start, count: length) {
                return symbol(.dollarString, start, length: offset &+ length &- start)
            }
            offset &+= 1
        }
        return invalid(.unterminatedDollarString, at: start)
    }

    // MARK: Versions

    /// The first version of MySQL that may have dollar strings and six-digit version marks …
    private static let firstOddDollars: UInt32 = 80_028
    /// … and the first that surely has them. What differs between is refused.
    private static let firstSureVersion: UInt32 = 80_400

    enum VersionMark {
        /// The comment's content is code, from this offset on.
        case code(Int)
        case comment
        case ambiguous
    }

    /// What stands at `offset`, directly behind `/*!` or `/*M!`: five or six digits, or none.
    func versionMark(_ offset: Int, isMaria: Bool) -> VersionMark {
        var five: UInt32 = 0
        for index in 0..<5 {
            guard view[offset &+ index].isDigit else { return .code(offset) }
            five = five &* 10 &+ UInt32(view[offset &+ index] &- 48)
        }
        let sixth = view[offset &+ 5]
        let six = sixth.isDigit ? five &* 10 &+ UInt32(sixth &- 48) : five
        if lexing.server == .mariaDB {
            // MySQL 5.7 and later have what MariaDB doesn't understand; up to 99999 a number can only be MySQL's.
            let isOurs = isMaria || six < 50_700 || six > 99_999
            return six <= lexing.version && isOurs ? .code(offset &+ (sixth.isDigit ? 6 : 5)) : .comment
        }
        let old: VersionMark = five <= lexing.version ? .code(offset &+ 5) : .comment
        // The sixth digit counts only before white space.
        guard sixth.isDigit, characters.isSpace(view[offset &+ 6]) else { return old }
        let new: VersionMark = six <= lexing.version ? .code(offset &+ 6) : .comment
        if lexing.version >= Self.firstSureVersion { return new }
        if lexing.version < Self.firstOddDollars { return old }
        if case .comment = old, case .comment = new { return .comment }
        return .ambiguous
    }

    // MARK: Numbers

    mutating func number(_ start: Int) -> MySQLToken {
        if view[start] == 0x30 {
            // In lower case only: `0X1F` is a name.
            if view[start &+ 1] == 0x78 { return prefixed(start, base: 16, .hexNumber) }
            if view[start &+ 1] == 0x62 { return prefixed(start, base: 2, .bitNumber) }
        }
        let end = digitsEnd(start)
        if view[end] == 0x2E, !(lexing.server == .mariaDB && view[end &+ 1] == 0x2E) {
            return fraction(start, from: end &+ 1)
        }
        guard characters.isIdentifierPart(view[end]) else { return symbol(.integer, start, length: end &- start) }
        if view[end] | 0x20 == 0x65 {
            let sign = view[end &+ 1] == 0x2B || view[end &+ 1] == 0x2D ? 1 : 0
            if view[end &+ 1 &+ sign].isDigit {
                return symbol(.float, start, length: digitsEnd(end &+ 1 &+ sign) &- start)
            }
        }
        return name(start, end: nameEnd(end))
    }

    /// `0x…` and `0b…`; a name if a letter follows, or nothing.
    private mutating func prefixed(_ start: Int, base: UInt8, _ kind: MySQLToken.Kind) -> MySQLToken {
        var end = start &+ 2
        while let digit = view[end].hexValue, digit < base { end &+= 1 }
        if end > start &+ 2, !characters.isIdentifierPart(view[end]) {
            return symbol(kind, start, length: end &- start)
        }
        return name(start, end: nameEnd(end))
    }

    private func digitsEnd(_ start: Int) -> Int {
        var end = start
        while view[end].isDigit { end &+= 1 }
        return end
    }

    /// What follows a number's point at `offset`.
    mutating func fraction(_ start: Int, from offset: Int) -> MySQLToken {
        let end = digitsEnd(offset)
        guard view[end] | 0x20 == 0x65 else { return symbol(.decimal, start, length: end &- start) }
        let sign = view[end &+ 1] == 0x2B || view[end &+ 1] == 0x2D ? 1 : 0
        let exponent = end &+ 1 &+ sign
        if view[exponent].isDigit { return symbol(.float, start, length: digitsEnd(exponent) &- start) }
        return brokenExponent(start, at: exponent)
    }

    /// `1.e(`: MySQL forgets the number and goes on with the character that is no exponent, so that `1.e(2)` is `(2)`;
    /// MariaDB refuses it, or did the same in some versions.
    private mutating func brokenExponent(_ start: Int, at offset: Int) -> MySQLToken {
        guard lexing.server == .mysql else { return invalid(.malformedNumber, at: start) }
        switch view[offset] {
        case 0x21, 0x25, 0x26, 0x28...0x2D, 0x2F, 0x3A...0x3F, 0x5E, 0x7B...0x7E:
            return punctuation(offset, view[offset])
        default: return invalid(.malformedNumber, at: start)
        }
    }

    // MARK: Punctuation

    mutating func punctuation(_ start: Int, _ byte: UInt8) -> MySQLToken {
        switch byte {
        case 0x2C: return symbol(.comma, start, length: 1)
        case 0x28: return symbol(.leftParen, start, length: 1)
        case 0x29: return symbol(.rightParen, start, length: 1)
        case 0x3B: return symbol(.semicolon, start, length: 1)
        case 0x7B: return symbol(.leftBrace, start, length: 1)
        case 0x7D: return symbol(.rightBrace, start, length: 1)
        case 0x3A:
            if view[start &+ 1] == 0x3D { return symbol(.assign, start, length: 2) }
            return symbol(.colon, start, length: 1)
        case 0x3F:
            // A name behind it would melt into the value that takes its place in the binary log.
            let isParameter = !characters.isIdentifierPart(view[start &+ 1])
            return isParameter ? symbol(.parameter, start, length: 1) : invalid(.unexpectedCharacter, at: start)
        case 0x5C:
            let isNull = view[start &+ 1] == 0x4E && (lexing.server == .mariaDB || lexing.version < 80_000)
            return isNull ? symbol(.null, start, length: 2) : invalid(.unexpectedCharacter, at: start)
        case 0x21, 0x25, 0x26, 0x2A, 0x2B, 0x2D, 0x2F, 0x3C...0x3E, 0x5E, 0x7C, 0x7E:
            return symbol(.operator, start, length: operatorLength(start, byte))
        default: return invalid(.unexpectedCharacter, at: start)
        }
    }

    private func operatorLength(_ start: Int, _ byte: UInt8) -> Int {
        let second = view[start &+ 1]
        switch (byte, second) {
        case (0x2D, 0x3E) where lexing.server == .mysql: return view[start &+ 2] == 0x3E ? 3 : 2
        case (0x26, 0x26), (0x7C, 0x7C), (0x21, 0x3D), (0x3E, 0x3D), (0x3E, 0x3E), (0x3C, 0x3E), (0x3C, 0x3C): return 2
        case (0x3C, 0x3D): return view[start &+ 2] == 0x3E ? 3 : 2
        default: return 1
        }
    }
}
