/// Reads a text once and makes its summary. One token of look-ahead; heads of statements that say more than their kind
/// are read by the extensions, the rest by `scan`.
struct SummaryBuilder {
    var lexer: PostgresLexer
    var sink: ShapeHash.Sink<PostgresToken>
    private var folder = ShapeFolder(placeholder: PostgresToken(.end, 0, 0))
    let functions = StatelessFunctions.shared

    /// The token to be read next.
    var token = PostgresToken(.end, 0, 0)
    /// The end of the token before it.
    var lastEnd = 0

    // The text.
    var statements: [StatementSummary.Statement] = []
    var flags: StatementSummary.Flags = []
    var isPlain = true

    // The statement being read.
    var kind = StatementKind.unknown
    var effects: [SessionEffect] = []
    var scope = ScanScope()

    init(_ lexer: PostgresLexer) {
        self.lexer = lexer
        sink = ShapeHash.Sink(view: lexer.view)
    }

    var view: ByteView { lexer.view }
    var shape: ShapeHash { sink.hash }

    mutating func run() {
        advance()
        while token.kind != .end {
            if token.kind == .semicolon {
                advance()
            } else {
                statement()
            }
        }
    }

    /// The text is only a beginning: what its last statement does, or what follows, is not known.
    mutating func markTruncated() {
        isPlain = false
        guard !statements.isEmpty else {
            statements = [.init(kind: .unknown, range: 0..<view.count, effects: [.opaque(.truncated)])]
            return
        }
        statements[statements.count - 1].effects.append(.opaque(.truncated))
    }

    private mutating func statement() {
        let start = token.start
        kind = .unknown
        effects = []
        scope = ScanScope()
        head(isExplained: false)
        scan()
        if token.kind == .invalid {
            effects.append(.opaque(.unparsed))
            lastEnd = token.end
            advance()
        }
        finishCalls()
        finishPrepare()
        if !effects.isEmpty { isPlain = false }
        if kind == .transaction { flags.insert(.controlsTransaction) }
        statements.append(.init(kind: kind, range: start..<max(start, lastEnd), effects: effects))
    }

    // MARK: Tokens

    @inline(__always)
    mutating func advance() {
        lastEnd = token.end
        token = lexer.next()
        folder.push(token, &sink)
    }

    @inline(__always)
    mutating func accept(_ keyword: PostgresKeyword) -> Bool {
        guard token.keyword == keyword else { return false }
        advance()
        return true
    }

    mutating func accept(_ kind: PostgresToken.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    /// Passes over the keywords, each of which may stand here or not.
    mutating func skip(_ keywords: PostgresKeyword...) {
        for keyword in keywords { _ = accept(keyword) }
    }

    mutating func acceptName() -> SQLText? {
        guard token.isName else { return nil }
        let name = token
        advance()
        if name.kind == .unicodeIdentifier, token.keyword == .uescape {
            return lexer.name(name, escape: acceptEscape())
        }
        return lexer.name(name)
    }

    /// `UESCAPE 'x'`
    private mutating func acceptEscape() -> UInt8 {
        advance()
        let escape = lexer.stringValue(token)?.bytes.first ?? 0x5C
        if token.isString { advance() }
        return escape
    }

    mutating func acceptString() -> SQLText? {
        guard token.isString else { return nil }
        let string = token
        advance()
        if string.kind == .unicodeString, token.keyword == .uescape {
            return lexer.stringValue(string, escape: acceptEscape())
        }
        return lexer.stringValue(string)
    }

    /// `a.b.c`: the last part and the one before it.
    mutating func acceptQualifiedName() -> (name: SQLText, qualifier: SQLText?)? {
        guard var name = acceptName() else { return nil }
        var qualifier: SQLText?
        while token.kind == .dot {
            advance()
            guard let next = acceptName() else { break }
            (qualifier, name) = (name, next)
        }
        return (name, qualifier)
    }

    mutating func unparsed() { effects.append(.opaque(.unparsed)) }

    var isAtEnd: Bool { token.kind == .end || token.kind == .semicolon || token.kind == .invalid }
}
