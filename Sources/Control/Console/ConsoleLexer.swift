/// Cuts console text into statements of words, as PostgreSQL would: quotes, comments, semicolons.
struct ConsoleLexer {
    enum Token: Equatable {
        /// Unquoted, its case kept.
        case word(String)
        /// From double quotes.
        case identifier(String)
        /// From single quotes.
        case literal(String)
        /// A lone character such as `=` or `(`.
        case symbol(Character)

        /// A name or a value.
        var text: String {
            switch self {
            case .word(let text), .identifier(let text), .literal(let text): text
            case .symbol(let character): String(character)
            }
        }
    }

    /// Words of one statement; more is not a command.
    static let longest = 1024

    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The statements that are not empty.
    /// - Throws: `syntax` for a quote or comment without end, and for a statement that is too long.
    static func statements(_ text: String) throws(ControlError) -> [[Token]] {
        var lexer = ConsoleLexer(text)
        var statements: [[Token]] = []
        var tokens: [Token] = []
        while try lexer.skipSpace() {
            if lexer.bytes[lexer.position] == UInt8(ascii: ";") {
                lexer.position += 1
                if !tokens.isEmpty { statements.append(tokens) }
                tokens = []
            } else {
                guard tokens.count < longest else { throw ControlError(.syntax, "the statement is too long") }
                tokens.append(try lexer.token())
            }
        }
        if !tokens.isEmpty { statements.append(tokens) }
        return statements
    }

    /// False at the end.
    private mutating func skipSpace() throws(ControlError) -> Bool {
        while position < bytes.count {
            if bytes[position] <= 0x20 {
                position += 1
            } else if starts("--") {
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            } else if starts("/*") {
                try skipComment()
            } else {
                return true
            }
        }
        return false
    }

    /// Comments nest, as in PostgreSQL.
    private mutating func skipComment() throws(ControlError) {
        var depth = 0
        repeat {
            guard position < bytes.count else { throw ControlError(.syntax, "a comment does not end") }
            if starts("/*") {
                depth += 1
                position += 2
            } else if starts("*/") {
                depth -= 1
                position += 2
            } else {
                position += 1
            }
        } while depth > 0
    }

    private mutating func token() throws(ControlError) -> Token {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "\""): return .identifier(try quoted(by: byte))
        case UInt8(ascii: "'"): return .literal(try quoted(by: byte))
        default: break
        }
        let start = position
        while position < bytes.count, Self.isWordByte(bytes[position]), !starts("--"), !starts("/*") { position += 1 }
        guard position == start else { return .word(String(decoding: bytes[start..<position], as: UTF8.self)) }
        position += 1
        return .symbol(Character(Unicode.Scalar(byte)))
    }

    /// Text up to the closing quote; a quote in it is doubled.
    private mutating func quoted(by quote: UInt8) throws(ControlError) -> String {
        var text: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == quote else {
                text.append(byte)
                continue
            }
            guard position < bytes.count, bytes[position] == quote else { return String(decoding: text, as: UTF8.self) }
            text.append(quote)
            position += 1
        }
        throw ControlError(.syntax, "a quoted string does not end")
    }

    private func starts(_ text: StaticString) -> Bool {
        position + 1 < bytes.count && bytes[position] == text.utf8Start[0] && bytes[position + 1] == text.utf8Start[1]
    }

    /// More than an identifier's: database names and numbers need no quotes.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "$"), UInt8(ascii: "*"),
            UInt8(ascii: "@"),
            0x80...0xFF:
            true
        default: false
        }
    }
}
