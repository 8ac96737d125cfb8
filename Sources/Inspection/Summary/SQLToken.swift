/// A token as the reader of every dialect sees it. Comments and white space are no tokens.
struct SQLToken: Equatable {
    enum Kind: UInt8 {
        /// End of the text.
        case end
        /// Can't be lexed; nothing follows but `.end`.
        case invalid
        /// A name or keyword without quotes.
        case word
        /// A name in quotes, whatever they are.
        case quotedName
        case string, number, bits, hex
        /// A mark that a value is bound to: `$1`, `?`, T-SQL's `@p` as far as it can be told.
        case parameter
        /// `@x`, `@@x`: a variable of the session or of a batch.
        case variable
        /// A run of operator characters that is none of the others.
        case `operator`
        case comma, semicolon, leftParen, rightParen, leftBracket, rightBracket, dot, colon
        /// `::` of PostgreSQL.
        case cast
        /// `:=`
        case assign
        /// `=>`
        case arrow
    }

    /// What a word may be besides a keyword.
    enum Role: UInt8 {
        /// No keyword, or one that may name anything.
        case free
        /// May name a column or relation, but no function.
        case columnName
        /// May name a function or type, but no column, relation or alias.
        case functionName
        /// May name nothing unless it is quoted, stands behind a dot or is a label.
        case reserved
    }

    var kind: Kind
    var role: Role = .free
    /// `.none` for all that is no word, or none that readers know.
    var word: SQLWord = .none
    /// The dialect's own kind, so that it can decode the token.
    var origin: UInt8 = 0
    /// The dialect's own remark: an escape character, whether decoding is needed.
    var detail: UInt8 = 0
    /// The operator `+` or `-` where it may be a number's sign.
    var isSign = false
    /// Byte offsets in the text.
    var start: Int
    var end: Int

    init(_ kind: Kind, _ start: Int, _ end: Int) {
        self.kind = kind
        self.start = start
        self.end = end
    }

    var isName: Bool { kind == .quotedName || kind == .word }
    /// May begin the name of a column, relation or alias.
    var isColumnName: Bool { kind == .quotedName || kind == .word && (role == .free || role == .columnName) }
    var isLiteral: Bool { kind.rawValue >= Kind.string.rawValue && kind.rawValue <= Kind.hex.rawValue }
    var range: Range<Int> { start..<max(start, end) }
}
