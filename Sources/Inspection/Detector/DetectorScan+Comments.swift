extension DetectorScan {
    // MARK: Comments

    /// What lies between two tokens: white space, and perhaps comments.
    mutating func gap(_ start: Int, _ end: Int) {
        let width = Source.unitWidth
        if end &- start == width, view[start] != 0x23 { return }
        var offset = start
        while offset < end, view[offset].isSpace || view[offset] == 0 { offset &+= width }
        guard offset < end else { return }
        let first = view[offset]
        let second = view[offset &+ width]
        if first == 0x2F, second == 0x2A {
            block(offset, end)
        } else if token.kind == .end, first == 0x2D && second == 0x2D || first == 0x23 && Source.hasHashComments {
            tail(offset, from: start)
        }
    }

    /// A comment in the midst of a statement: `/**/` for a blank, `/*!50000UNION*/` for a word.
    private mutating func block(_ offset: Int, _ end: Int) {
        let width = Source.unitWidth
        let third = view[offset &+ 2 &* width]
        if third == 0x2A, view[offset &+ 3 &* width] == 0x2F { emptyComments &+= 1 }
        if third == 0x21, Source.dialect == .mysql, isExposedStatement, frame.clause != .from {
            reasons.insert(.hiddenWords)
        }
        guard token.kind == .end else { return }
        // Behind a block comment a line comment may be the end.
        var place = offset &+ 2 &* width
        while place < end, !(view[place] == 0x2A && view[place &+ width] == 0x2F) { place &+= width }
        place &+= 2 &* width
        while place < end, view[place].isSpace || view[place] == 0 { place &+= width }
        let first = view[place]
        let isLine = first == 0x2D && view[place &+ width] == 0x2D || first == 0x23 && Source.hasHashComments
        if place < end, isLine { tail(place, from: offset) }
    }

    /// A line comment as the last thing of the text: what did it cut off?
    private mutating func tail(_ offset: Int, from start: Int) {
        guard isExposedStatement || isStacked || depth > 0 else { return }
        let width = Source.unitWidth
        let content = offset &+ (view[offset] == 0x23 ? width : 2 &* width)
        let remains = remainder(content)
        let isSameLine = !hasNewline(start, offset)
        if remains.isUnquoted || remains.letters <= 1 || isSameLine && (remains.isOpen || startsLikeSQL(content)) {
            reasons.insert(.commentTruncation)
        } else if isSameLine, offset == start {
            reasons.insert(.commentTail)
        }
    }

    /// What a comment's text would do if it were none: end a string, close a parenthesis.
    private func remainder(_ start: Int) -> (isUnquoted: Bool, isOpen: Bool, letters: Int) {
        let width = Source.unitWidth
        var (singles, doubles, open, letters) = (0, 0, 0, 0)
        var isOpen = false
        var before: UInt8 = 0
        var place = start
        while place < view.count {
            let byte = view[place]
            switch byte {
            case 0x27:
                // Not in `don't`.
                if !before.isIdentifierPart || !view[place &+ width].isIdentifierStart { singles &+= 1 }
            case 0x22: doubles &+= 1
            case 0x28: open &+= 1
            case 0x29: if open == 0 { isOpen = true } else { open &-= 1 }
            default: if byte.isIdentifierStart { letters &+= 1 }
            }
            before = byte
            place &+= width
        }
        return (singles & 1 == 1 || doubles & 1 == 1, isOpen, letters)
    }

    private func hasNewline(_ start: Int, _ end: Int) -> Bool {
        var offset = start
        while offset < end {
            if view[offset] == 0x0A { return true }
            offset &+= 1
        }
        return false
    }

    /// AND, OR, ORDER BY, LIMIT, …: what follows a condition.
    private func startsLikeSQL(_ start: Int) -> Bool {
        let width = Source.unitWidth
        var offset = start
        while view[offset] == 0x20 || view[offset] == 0x2D || view[offset] == 0x2B { offset &+= width }
        var word: UInt64 = 0
        var length = 0
        while view[offset].isIdentifierStart, length < 8 {
            word |= UInt64(view[offset] | 0x20) << UInt64(length &* 8)
            offset &+= width
            length &+= 1
        }
        return detectorFollowers.contains(word)
    }
}

/// Words of up to 8 letters, the first one lowest.
private let detectorFollowers: [UInt64] = [
    "and", "or", "order", "limit", "group", "having", "where", "union", "from", "set", "values", "returnin", "for",
    "offset",
].map { $0.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
