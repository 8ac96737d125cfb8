/// Up to four names with dots between them. A part that was left out (`a..b`) has the kind `.end`.
struct NameChain {
    private(set) var count = 1
    private var parts: (SQLToken, SQLToken, SQLToken, SQLToken)
    /// More parts than are kept; those in front are gone.
    private(set) var isTooLong = false

    init(_ first: SQLToken) { parts = (first, first, first, first) }

    mutating func append(_ token: SQLToken) {
        if count == SummaryLimits.nameParts {
            isTooLong = true
            parts = (parts.1, parts.2, parts.3, token)
            return
        }
        switch count {
        case 1: parts.1 = token
        case 2: parts.2 = token
        default: parts.3 = token
        }
        count &+= 1
    }

    /// Part `index` from the end: 0 is the name itself, 1 its schema; nil where there is none.
    func fromEnd(_ index: Int) -> SQLToken? {
        let part: SQLToken
        switch count &- 1 &- index {
        case 0: part = parts.0
        case 1: part = parts.1
        case 2: part = parts.2
        case 3: part = parts.3
        default: return nil
        }
        return part.kind == .end ? nil : part
    }

    /// Without the last part, for `schema.table.column`; nil if it has only one.
    var withoutLast: NameChain? {
        guard count > 1 else { return nil }
        var shorter = self
        shorter.count &-= 1
        return shorter
    }

    var first: SQLToken { parts.0 }
    var last: SQLToken { fromEnd(0) ?? parts.0 }
    var range: Range<Int> { parts.0.start..<max(parts.0.start, last.end) }
}
