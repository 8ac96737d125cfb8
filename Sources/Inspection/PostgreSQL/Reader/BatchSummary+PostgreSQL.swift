extension BatchSummary {
    /// What PostgreSQL statements name and call. Linear in the text.
    ///
    /// - Parameters:
    ///   - text: the statements, in the client's encoding, without the terminating zero byte.
    ///   - isTruncated: whether `text` is only the beginning of what was sent.
    public init(postgres text: UnsafeRawBufferPointer, _ lexing: PostgresLexing = .init(), isTruncated: Bool = false) {
        self = unsafe Self.read(PostgresTokens(PostgresLexer(text, lexing)), isTruncated: isTruncated)
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
}
