extension BatchSummary {
    /// What PostgreSQL statements name and call. Linear in the text.
    ///
    /// - Parameters:
    ///   - text: the statements, in the client's encoding, without the terminating zero byte.
    ///   - isTruncated: whether `text` is only the beginning of what was sent.
    public init(postgres text: UnsafeRawBufferPointer, _ lexing: PostgresLexing = .init(), isTruncated: Bool = false) {
        unsafe self.init(postgres: text, lexing, isTruncated: isTruncated, depth: 0)
    }

    private init(postgres text: UnsafeRawBufferPointer, _ lexing: PostgresLexing, isTruncated: Bool, depth: Int) {
        self = unsafe Self.read(PostgresTokens(PostgresLexer(text, lexing)), isTruncated: isTruncated)
        guard depth < SummaryLimits.embedding else { return }
        readQueries { text in
            unsafe text.bytes.withUnsafeBytes { bytes in
                unsafe BatchSummary(postgres: bytes, lexing, isTruncated: false, depth: depth + 1)
            }
        }
    }

    public init(postgres text: [UInt8], _ lexing: PostgresLexing = .init(), isTruncated: Bool = false) {
        self = unsafe text.withUnsafeBytes { unsafe BatchSummary(postgres: $0, lexing, isTruncated: isTruncated) }
    }

    public init(postgres text: String, _ lexing: PostgresLexing = .init()) {
        self.init(postgres: Array(text.utf8), lexing)
    }

    /// For a dialect's initialiser.
    static func read(_ source: some SQLTokenSource, isTruncated: Bool) -> BatchSummary {
        var reader = SummaryReader(source)
        reader.run()
        if isTruncated { reader.markTruncated() }
        return reader.summary
    }

    /// Reads the queries that stand in literals, with the dialect's own reader.
    mutating func readQueries(_ read: (SQLText) -> BatchSummary) {
        for index in statements.indices {
            for place in statements[index].named.indices where statements[index].named[place].meaning == .query {
                guard let text = statements[index].named[place].text else { continue }
                let inner = read(text)
                for statement in inner.statements {
                    statements[index].named[place].relations += statement.relations
                    statements[index].named[place].relations += statement.named.flatMap(\.relations)
                    statements[index].actions.formUnion(statement.actions)
                }
            }
        }
    }
}

extension BatchSummary {
    /// The value of a literal of this text, decoded; of a number or a bit string, what stands between its quotes, if any.
    public static func value(
        postgres literal: LiteralSpan, in text: [UInt8], _ lexing: PostgresLexing = .init()
    ) -> SQLText {
        unsafe text.withUnsafeBytes { bytes in
            var lexer = unsafe PostgresLexer(bytes, lexing)
            lexer.position = min(max(0, literal.range.lowerBound), bytes.count)
            var source = PostgresTokens(lexer)
            let token = source.next()
            if let value = source.value(token) { return value }
            let content = source.view.bytes(token.range)
            guard let quote = content.firstIndex(of: 0x27) else { return SQLText(content) }
            return SQLText(Array(content[(quote + 1)...].dropLast()))
        }
    }
}
