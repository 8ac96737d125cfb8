extension BatchSummary {
    /// What statements of MySQL or MariaDB name and call. Linear in the text.
    ///
    /// - Parameters:
    ///   - text: the statements, in the client's character set.
    ///   - isTruncated: whether `text` is only the beginning of what was sent.
    public init(mysql text: UnsafeRawBufferPointer, _ lexing: MySQLLexing = .init(), isTruncated: Bool = false) {
        unsafe self.init(mysql: text, lexing, isTruncated: isTruncated, depth: 0)
    }

    private init(mysql text: UnsafeRawBufferPointer, _ lexing: MySQLLexing, isTruncated: Bool, depth: Int) {
        self = unsafe Self.read(MySQLTokens(MySQLLexer(text, lexing)), isTruncated: isTruncated)
        guard depth < SummaryLimits.embedding else { return }
        readQueries { text in
            unsafe text.bytes.withUnsafeBytes { bytes in
                unsafe BatchSummary(mysql: bytes, lexing, isTruncated: false, depth: depth + 1)
            }
        }
    }

    public init(mysql text: [UInt8], _ lexing: MySQLLexing = .init(), isTruncated: Bool = false) {
        self = unsafe text.withUnsafeBytes { unsafe BatchSummary(mysql: $0, lexing, isTruncated: isTruncated) }
    }

    public init(mysql text: String, _ lexing: MySQLLexing = .init()) { self.init(mysql: Array(text.utf8), lexing) }
}
