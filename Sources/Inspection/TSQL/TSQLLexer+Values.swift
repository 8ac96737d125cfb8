/// What names and strings stand for, in UTF-8 whatever the text is in.
extension TSQLLexer {
    /// A name without its quotes, as it is written; a variable's with its `@`.
    func name(_ token: TSQLToken) -> SQLText {
        switch token.kind {
        case .bracketedIdentifier: return content(token.start, token.end, quote: 0x5D, token.isPlain, joinsLines: false)
        case .quotedIdentifier: return content(token.start, token.end, quote: 0x22, token.isPlain, joinsLines: false)
        default: return text(token.start..<max(token.start, token.end))
        }
    }

    /// A string's value; nil for what is no string.
    func stringValue(_ token: TSQLToken) -> SQLText? {
        switch token.kind {
        case .string: return content(token.start, token.end, quote: units[token.start], token.isPlain, joinsLines: true)
        case .nationalString:
            let start = token.start &+ width
            return content(start, token.end, quote: units[start], token.isPlain, joinsLines: true)
        default: return nil
        }
    }

    /// What stands between the quotes of `[start, end)`.
    private func content(_ start: Int, _ end: Int, quote: UInt16, _ isPlain: Bool, joinsLines: Bool) -> SQLText {
        let first = start &+ width
        let last = end &- width
        guard first < last else { return SQLText() }
        if isPlain { return text(first..<last) }
        var bytes: [UInt8] = []
        var offset = first
        while offset < last {
            if units[offset] == quote {
                append(offset, to: &bytes)
                offset &+= 2 &* width
            } else if joinsLines, let continued = continuedLine(offset) {
                offset = continued
            } else {
                offset = append(offset, to: &bytes)
            }
        }
        return SQLText(bytes)
    }

    func text(_ range: Range<Int>) -> SQLText {
        if width == 1 { return view.text(range) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count / 2)
        var offset = range.lowerBound
        while offset < range.upperBound { offset = append(offset, to: &bytes) }
        return SQLText(bytes)
    }

    /// Adds the character at `offset` and returns the offset behind it. Half a pair becomes U+FFFD.
    @discardableResult
    private func append(_ offset: Int, to bytes: inout [UInt8]) -> Int {
        let (scalar, end) = units.character(offset)
        if scalar < 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: scalar))
        } else if width == 1 {
            bytes += view.bytes(offset..<end)
        } else {
            bytes += Array(String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8)
        }
        return end
    }
}
