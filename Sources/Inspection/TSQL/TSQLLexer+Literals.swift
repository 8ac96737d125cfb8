extension TSQLLexer {
    /// A string whose first quote stands at `quoteAt`.
    mutating func string(_ start: Int, quoteAt: Int, _ kind: TSQLToken.Kind) -> TSQLToken {
        var token = TSQLToken(kind, start, start)
        guard let end = quoteEnd(quoteAt, units[quoteAt], &token.isPlain) else {
            return invalid(.unterminatedString, at: start)
        }
        position = end
        token.end = end
        return token
    }

    // MARK: Numbers

    mutating func number(_ start: Int) -> TSQLToken {
        if byte(start) == 0x30, byte(start &+ width) | 0x20 == 0x78 { return binary(start) }
        let end = digitsEnd(start)
        if units[end] == 0x2E { return fraction(start, at: end) }
        return exponent(start, at: end) ?? symbol(.integer, start, to: end)
    }

    /// `0x…`; a line can be continued in it.
    private mutating func binary(_ start: Int) -> TSQLToken {
        var end = start &+ 2 &* width
        while end < units.count {
            if byte(end).hexValue != nil {
                end &+= width
            } else if let continued = continuedLine(end) {
                end = continued
            } else {
                break
            }
        }
        return symbol(.binary, start, to: end)
    }

    /// Behind a backslash and the end of a line, which count as nothing.
    func continuedLine(_ offset: Int) -> Int? {
        guard units[offset] == 0x5C else { return nil }
        let isReturn = units[offset &+ width] == 0x0D
        let newline = offset &+ (isReturn ? 2 : 1) &* width
        return units[newline] == 0x0A ? newline &+ width : nil
    }

    private func digitsEnd(_ start: Int) -> Int {
        var end = start
        while byte(end).isDigit { end &+= width }
        return end
    }

    /// The point of a number stands at `offset`.
    private mutating func fraction(_ start: Int, at offset: Int) -> TSQLToken {
        let end = digitsEnd(offset &+ width)
        return exponent(start, at: end) ?? symbol(.decimal, start, to: end)
    }

    /// `e` may stand without digits, `1e` is 1.
    private mutating func exponent(_ start: Int, at offset: Int) -> TSQLToken? {
        guard byte(offset) | 0x20 == 0x65 else { return nil }
        let sign = units[offset &+ width] == 0x2B || units[offset &+ width] == 0x2D
        let signEnd = offset &+ width &+ (sign && !isComment(offset &+ width) ? width : 0)
        return symbol(.float, start, to: digitsEnd(signEnd))
    }

    private func isComment(_ offset: Int) -> Bool { units[offset] == 0x2D && units[offset &+ width] == 0x2D }

    // MARK: Money

    /// `$` begins a word of its own kind, or an amount of money.
    mutating func dollar(_ start: Int) -> TSQLToken {
        let next = start &+ width
        var end = next
        while TSQLCharacters.isNamePart(byte(end)) { end &+= width }
        if end > next, !byte(next).isDigit { return symbol(.dollarWord, start, to: end) }
        return money(start, from: next)
    }

    /// Behind a currency sign: blanks, a sign and a number, each of which may be missing.
    mutating func money(_ start: Int, from offset: Int) -> TSQLToken {
        var number = offset
        while units[number] == 0x20 { number &+= width }
        if units[number] == 0x2B || units[number] == 0x2D && !isComment(number) { number &+= width }
        var end = digitsEnd(number)
        if units[end] == 0x2E, end > number || byte(end &+ width).isDigit { end = digitsEnd(end &+ width) }
        return symbol(.money, start, to: end > number ? end : offset)
    }

    // MARK: Punctuation

    mutating func punctuation(_ start: Int, _ byte: UInt8) -> TSQLToken {
        let next = start &+ width
        switch byte {
        case 0x2C: return symbol(.comma, start, to: next)
        case 0x28: return symbol(.leftParen, start, to: next)
        case 0x29: return symbol(.rightParen, start, to: next)
        case 0x3B: return symbol(.semicolon, start, to: next)
        case 0x7B: return symbol(.leftBrace, start, to: next)
        case 0x7D: return symbol(.rightBrace, start, to: next)
        case 0x3F: return symbol(.parameter, start, to: next)
        case 0x2E: return self.byte(next).isDigit ? fraction(start, at: start) : symbol(.dot, start, to: next)
        case 0x3A:
            let isDouble = units[next] == 0x3A
            return symbol(isDouble ? .doubleColon : .colon, start, to: isDouble ? next &+ width : next)
        case 0x21, 0x25, 0x26, 0x2A, 0x2B, 0x2D, 0x2F, 0x3C...0x3E, 0x5E, 0x7C, 0x7E:
            return symbol(.operator, start, to: next &+ (isDoubled(byte, self.byte(next)) ? width : 0))
        default: return invalid(.unexpectedCharacter, at: start)
        }
    }

    /// `+=` and its kin, `<>`, `<=`, `>=`, `!=`, `!<`, `!>`, `=*`, `||`.
    private func isDoubled(_ first: UInt8, _ second: UInt8) -> Bool {
        switch (first, second) {
        case (0x3D, 0x2A), (0x3C, 0x3E), (0x21, 0x3C), (0x21, 0x3E), (0x7C, 0x7C): true
        case (0x3D, 0x3D), (0x7E, 0x3D): false
        default: second == 0x3D
        }
    }
}
