extension PostgresLexer {
    // MARK: Quoted

    /// A string whose first quote stands at `quoteAt`, with what continues it on later lines.
    mutating func string(_ start: Int, quoteAt: Int, _ kind: PostgresToken.Kind) -> PostgresToken {
        var token = PostgresToken(kind, start, start)
        var offset = quoteAt &+ 1
        while true {
            guard let end = stringEnd(offset, escapes: kind == .escapeString, &token.isPlain) else {
                return invalid(.unterminatedString, at: start)
            }
            guard let continued = continuation(end) else {
                token.end = end
                if kind == .unicodeString { token.isPlain = false }
                position = end
                return token
            }
            token.isPlain = false
            offset = continued
        }
    }

    /// Behind the quote that ends a string whose content begins at `start`.
    private func stringEnd(_ start: Int, escapes: Bool, _ isPlain: inout Bool) -> Int? {
        var offset = start
        while offset < view.count {
            let byte = view[offset]
            if byte == 0x27 {
                guard view[offset &+ 1] == 0x27 else { return offset &+ 1 }
                isPlain = false
                offset &+= 2
            } else if escapes, byte == 0x5C {
                isPlain = false
                offset = following(offset &+ 1)
            } else {
                offset = following(offset)
            }
        }
        return nil
    }

    /// A string goes on after white space with at least one newline in it; line comments may stand there too.
    private func continuation(_ end: Int) -> Int? {
        var offset = end
        var hasNewline = false
        while offset < view.count {
            let byte = view[offset]
            if byte.isSpace {
                hasNewline = hasNewline || byte.isNewline
                offset &+= 1
            } else if byte == 0x2D, view[offset &+ 1] == 0x2D {
                while offset < view.count, !view[offset].isNewline { offset = following(offset) }
            } else {
                return byte == 0x27 && hasNewline ? offset &+ 1 : nil
            }
        }
        return nil
    }

    mutating func quotedIdentifier(_ start: Int, quoteAt: Int, _ kind: PostgresToken.Kind) -> PostgresToken {
        var offset = quoteAt &+ 1
        var isPlain = kind == .quotedIdentifier
        while offset < view.count {
            guard view[offset] == 0x22 else {
                offset = following(offset)
                continue
            }
            if view[offset &+ 1] == 0x22 {
                isPlain = false
                offset &+= 2
                continue
            }
            if offset == quoteAt &+ 1 { return invalid(.emptyIdentifier, at: start) }
            position = offset &+ 1
            var token = PostgresToken(kind, start, position)
            token.isPlain = isPlain
            return token
        }
        return invalid(.unterminatedIdentifier, at: start)
    }

    // MARK: Dollars

    /// `$1` or `$tag$…$tag$`.
    mutating func dollar(_ start: Int) -> PostgresToken {
        var end = start &+ 1
        if view[end].isDigit {
            while view[end].isDigit { end &+= 1 }
            position = end
            return PostgresToken(.parameter, start, end)
        }
        guard let delimiter = delimiterEnd(start) else { return invalid(.unexpectedCharacter, at: start) }
        let length = delimiter &- start
        var offset = delimiter
        while offset < view.count {
            guard view[offset] == 0x24 else {
                offset = following(offset)
                continue
            }
            // What looks like a delimiter and isn't ends in a dollar that may begin the right one.
            let (candidate, isDelimiter) = tagEnd(offset)
            if isDelimiter, candidate &+ 1 &- offset == length, view.equal(offset, start, count: length) {
                position = candidate &+ 1
                return PostgresToken(.dollarString, start, position)
            }
            offset = candidate
        }
        return invalid(.unterminatedDollarString, at: start)
    }

    /// Behind the second `$` of a delimiter at `start`.
    private func delimiterEnd(_ start: Int) -> Int? {
        let (end, isDelimiter) = tagEnd(start)
        return isDelimiter ? end &+ 1 : nil
    }

    /// The offset behind the tag that follows the `$` at `start`, and whether a `$` stands there.
    private func tagEnd(_ start: Int) -> (Int, Bool) {
        var offset = start &+ 1
        if view[offset].isIdentifierStart {
            while view[offset].isIdentifierPart, view[offset] != 0x24 { offset = following(offset) }
        }
        return (offset, view[offset] == 0x24)
    }

    // MARK: Numbers

    mutating func number(_ start: Int) -> PostgresToken {
        if view[start] == 0x30, let end = prefixedInteger(start) {
            position = end
            return PostgresToken(.integer, start, end)
        }
        var end = digits(start)
        var kind = PostgresToken.Kind.integer
        // `1..10` is a number and two dots.
        if view[end] == 0x2E, view[end &+ 1] != 0x2E {
            kind = .numeric
            end = digits(end &+ 1)
        }
        if view[end] | 0x20 == 0x65 {
            let sign = view[end &+ 1] == 0x2B || view[end &+ 1] == 0x2D ? 1 : 0
            if view[end &+ 1 &+ sign].isDigit {
                kind = .numeric
                end = digits(end &+ 1 &+ sign)
            }
        }
        position = end
        return PostgresToken(kind, start, end)
    }

    /// Behind the digits at `start`, an underscore between two of them allowed.
    private func digits(_ start: Int) -> Int {
        var offset = start
        while view[offset].isDigit || view[offset] == 0x5F && offset > start && view[offset &+ 1].isDigit {
            offset &+= 1
        }
        return offset
    }

    /// `0x1F`, `0o17`, `0b101`; an underscore may stand before each digit.
    private func prefixedInteger(_ start: Int) -> Int? {
        let base: UInt8
        switch view[start &+ 1] | 0x20 {
        case 0x78: base = 16
        case 0x6F: base = 8
        case 0x62: base = 2
        default: return nil
        }
        var offset = start &+ 2
        while true {
            let digit = view[offset] == 0x5F ? offset &+ 1 : offset
            guard let value = view[digit].hexValue, value < base else { break }
            offset = digit &+ 1
        }
        return offset > start &+ 2 ? offset : nil
    }
}
