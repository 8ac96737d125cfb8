/// Transact-SQL's tokens for the reader.
struct TSQLTokens<Units: CodeUnits> {
    private(set) var lexer: TSQLLexer<Units>
    private let words = TSQLWord.table
    /// Where in `SET QUOTED_IDENTIFIER, … ON` the last token was.
    private var setting = Setting.none

    private enum Setting {
        case none, set
        /// Behind a name; whether it was one that counts.
        case name(Bool)
        case comma(Bool)
    }

    init(_ lexer: TSQLLexer<Units>) { self.lexer = lexer }

    private static var plainBit: UInt8 { 0x80 }
    /// Remarks on a word: it begins a statement; it can't stand in a query.
    static var startsBit: UInt8 { 1 }
    static var foreignBit: UInt8 { 2 }

    private mutating func word(_ token: inout SQLToken) {
        guard let found = find(token) else { return }
        token.word = found.word
        guard found.traits.contains(.reserved) else { return }
        token.role = .reserved
        if found.traits.contains(.starts) { token.detail |= Self.startsBit }
        if found.traits.contains(.foreign) { token.detail |= Self.foreignBit }
        if found.traits.contains(.function), isCalled {
            token.role = .functionName
            token.word = .none
            token.detail = 0
        }
    }

    private var isCalled: Bool {
        var ahead = lexer
        return ahead.next().kind == .leftParen
    }

    private func find(_ token: SQLToken) -> TSQLWord? {
        if Units.width == 1 { return words.find(view, token.start, token.end &- token.start) }
        guard let packed = packed(token) else { return nil }
        return words.find(packed.0, packed.1, packed.2)
    }

    /// A word of ASCII characters for a `WordTable`; nil for one that can't be in it.
    func packed(_ token: SQLToken) -> (UInt64, UInt64, UInt64)? {
        let length = (token.end &- token.start) / Units.width
        guard length > 1, length <= WordTable<TSQLWord>.longest else { return nil }
        var packed: (UInt64, UInt64, UInt64) = (0, 0, 0)
        for index in 0..<length {
            let unit = lexer.units[token.start &+ index &* Units.width]
            guard unit < 0x80 else { return nil }
            let byte = UInt64(unit | 0x20) << UInt64(index % 8 &* 8)
            switch index / 8 {
            case 0: packed.0 |= byte
            case 1: packed.1 |= byte
            default: packed.2 |= byte
            }
        }
        return packed
    }

    // MARK: SET QUOTED_IDENTIFIER

    /// It takes effect where it stands, before anything is run.
    private mutating func follow(_ token: SQLToken) {
        switch (setting, token.word) {
        case (_, .set): setting = .set
        case (.set, .quotedIdentifier), (.set, .ansiDefaults): setting = .name(true)
        case (.comma, .quotedIdentifier), (.comma, .ansiDefaults): setting = .name(true)
        case (.comma(let counts), _) where token.kind == .word: setting = .name(counts)
        case (.set, _) where token.kind == .word: setting = .name(false)
        case (.name(let counts), _) where token.kind == .comma: setting = .comma(counts)
        case (.name(true), .on), (.name(true), .off):
            lexer.lexing.quotedIdentifier = token.word == .on
            setting = .none
        default: setting = .none
        }
    }

    private static func kind(_ kind: TSQLToken.Kind) -> SQLToken.Kind {
        switch kind {
        case .end: .end
        case .invalid: .invalid
        case .identifier, .dollarWord: .word
        case .bracketedIdentifier, .quotedIdentifier: .quotedName
        case .string, .nationalString: .string
        case .binary: .hex
        case .integer, .decimal, .float, .money: .number
        case .parameter: .parameter
        case .variable, .globalVariable: .variable
        case .operator, .leftBrace, .rightBrace: .operator
        case .comma: .comma
        case .semicolon: .semicolon
        case .leftParen: .leftParen
        case .rightParen: .rightParen
        case .dot: .dot
        case .colon: .colon
        case .doubleColon: .cast
        }
    }

    private func lexed(_ token: SQLToken) -> TSQLToken {
        let kind = TSQLToken.Kind(rawValue: token.origin & ~Self.plainBit) ?? .invalid
        var lexed = TSQLToken(kind, token.start, token.end)
        lexed.isPlain = token.origin & Self.plainBit != 0
        return lexed
    }
}

/// What the reader's extensions for Transact-SQL ask of its tokens, whatever the units.
protocol TSQLTokenSource: SQLTokenSource {}

extension TSQLTokens: TSQLTokenSource {
    static var dialect: SQLDialect { .mssql }
    static var allowsEmptyParts: Bool { true }
    static var commonTablesSeeThemselves: Bool { true }
    static var unitWidth: Int { Units.width }

    var view: ByteView { lexer.view }

    func text(_ range: Range<Int>) -> SQLText { lexer.text(range) }

    mutating func next() -> SQLToken {
        let lexed = lexer.next()
        var token = SQLToken(Self.kind(lexed.kind), lexed.start, lexed.end)
        token.origin = lexed.kind.rawValue | (lexed.isPlain ? Self.plainBit : 0)
        if lexed.kind == .identifier { word(&token) }
        if lexed.kind == .operator { token.isSign = isOperator(token, 0x2B) || isOperator(token, 0x2D) }
        follow(token)
        return token
    }

    func name(_ token: SQLToken) -> SQLText {
        let name = lexer.name(lexed(token))
        guard lexer.lexing.ignoresCase else { return name }
        if name.bytes.contains(where: { $0 >= 0x80 }), let text = String(validating: name.bytes, as: UTF8.self) {
            return SQLText(text.lowercased())
        }
        return name.lowercased
    }

    func functionName(_ token: SQLToken) -> SQLText { name(token).lowercased }

    func value(_ token: SQLToken) -> SQLText? { lexer.stringValue(lexed(token)) }
}
