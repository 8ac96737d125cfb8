/// Judges whole statements by their structure: tokens, never bytes, so that what stands in a literal counts for nothing.
///
/// A pure function of the text and of how it is lexed: linear in the text, bounded in memory, without an allocation.
/// Prepared text is judged once, when it is prepared; bound values are no text.
public enum InjectionDetector {
    public static func judge(
        postgres text: UnsafeRawBufferPointer, _ lexing: PostgresLexing = .init(), profile: DetectionProfile = .app
    ) -> Detection {
        judge(unsafe PostgresTokens(PostgresLexer(text, lexing)), profile)
    }

    public static func judge(
        mysql text: UnsafeRawBufferPointer, _ lexing: MySQLLexing = .init(), profile: DetectionProfile = .app
    ) -> Detection {
        judge(unsafe MySQLTokens(MySQLLexer(text, lexing)), profile)
    }

    public static func judge(
        mssql text: UnsafeRawBufferPointer, _ lexing: TSQLLexing = .init(), profile: DetectionProfile = .app
    ) -> Detection {
        judge(unsafe TSQLTokens(TSQLLexer(UTF8Units(ByteView(text)), lexing)), profile)
    }

    /// UTF-16, little-endian, as TDS carries it.
    public static func judge(
        mssqlUTF16 text: UnsafeRawBufferPointer, _ lexing: TSQLLexing = .init(), profile: DetectionProfile = .app
    ) -> Detection {
        judge(unsafe TSQLTokens(TSQLLexer(UTF16LittleEndianUnits(ByteView(text)), lexing)), profile)
    }

    /// With the dialect's own defaults.
    public static func judge(
        _ text: [UInt8], as dialect: SQLDialect, profile: DetectionProfile = .app
    ) -> Detection {
        unsafe text.withUnsafeBytes { bytes in
            switch dialect {
            case .postgres: unsafe judge(postgres: bytes, profile: profile)
            case .mysql: unsafe judge(mysql: bytes, profile: profile)
            case .mssql: unsafe judge(mssql: bytes, profile: profile)
            }
        }
    }

    /// The same with what stands in literals and is run: `EXECUTE ('…')`, `PREPARE … FROM '…'`.
    public static func judge(
        _ text: [UInt8], as dialect: SQLDialect, summary: BatchSummary, profile: DetectionProfile = .app
    ) -> Detection {
        var detection = judge(text, as: dialect, profile: profile)
        for statement in summary.statements {
            for object in statement.named where object.meaning == .query {
                guard let inner = object.text else { continue }
                detection = detection.adding(judge(inner.bytes, as: dialect, profile: profile).reasons)
            }
        }
        return detection
    }

    private static func judge(_ source: some DetectorSource, _ profile: DetectionProfile) -> Detection {
        var scan = DetectorScan(source)
        return Detection(scan.run(), profile: profile)
    }
}
