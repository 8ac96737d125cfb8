extension BatchSummary {
    /// What a batch of Transact-SQL in UTF-8 names and calls. Linear in the text.
    ///
    /// - Parameter isTruncated: whether `text` is only the beginning of what was sent.
    public init(mssql text: UnsafeRawBufferPointer, _ lexing: TSQLLexing = .init(), isTruncated: Bool = false) {
        let units = unsafe UTF8Units(ByteView(text))
        self.init(mssql: units, lexing, isTruncated: isTruncated, depth: 0)
    }

    /// The same for UTF-16, little-endian, as TDS carries it; all offsets are in bytes.
    public init(mssqlUTF16 text: UnsafeRawBufferPointer, _ lexing: TSQLLexing = .init(), isTruncated: Bool = false) {
        let units = unsafe UTF16LittleEndianUnits(ByteView(text))
        self.init(mssql: units, lexing, isTruncated: isTruncated, depth: 0)
    }

    /// Statements in literals are decoded to UTF-8.
    private init(mssql units: some CodeUnits, _ lexing: TSQLLexing, isTruncated: Bool, depth: Int) {
        self = Self.read(TSQLTokens(TSQLLexer(units, lexing)), isTruncated: isTruncated)
        guard depth < SummaryLimits.embedding else { return }
        readQueries { text in
            unsafe text.bytes.withUnsafeBytes { bytes in
                let units = unsafe UTF8Units(ByteView(bytes))
                return BatchSummary(mssql: units, lexing, isTruncated: false, depth: depth + 1)
            }
        }
    }

    public init(mssql text: [UInt8], _ lexing: TSQLLexing = .init(), isTruncated: Bool = false) {
        self = unsafe text.withUnsafeBytes { unsafe BatchSummary(mssql: $0, lexing, isTruncated: isTruncated) }
    }

    public init(mssqlUTF16 text: [UInt8], _ lexing: TSQLLexing = .init(), isTruncated: Bool = false) {
        self = unsafe text.withUnsafeBytes { unsafe BatchSummary(mssqlUTF16: $0, lexing, isTruncated: isTruncated) }
    }

    public init(mssql text: String, _ lexing: TSQLLexing = .init()) { self.init(mssql: Array(text.utf8), lexing) }
}
