import Testing

@testable import Inspection

@Suite struct InjectionDetectorTests {
    private static func judge(_ text: String, _ dialect: SQLDialect = .postgres, _ profile: DetectionProfile = .app)
        -> Detection
    {
        InjectionDetector.judge(Array(text.utf8), as: dialect, profile: profile)
    }

    private static func reasons(_ text: String, _ dialect: SQLDialect = .postgres) -> [String] {
        judge(text, dialect).reasons.names.map(\.description)
    }

    /// A statement for each reason; each one's twin is what an application may well send.
    @Test(arguments: [
        ("delay", "SELECT a FROM t WHERE b = pg_sleep(5)", "SELECT pg_sleep FROM t WHERE b = 'pg_sleep(5)'"),
        ("file_access", "SELECT pg_read_file('x')", "SELECT length('pg_read_file(x)')"),
        ("program_access", "COPY t FROM PROGRAM 'x'", "COPY t FROM STDIN"),
        ("network_access", "SELECT dblink('x', 'y')", "SELECT dblink FROM t"),
        ("administrative_call", "SELECT pg_terminate_backend(1)", "SELECT pg_backend_pid()"),
        ("dynamic_sql", "SELECT query_to_xml('SELECT 1', true, false, '')", "SELECT to_jsonb('SELECT 1')"),
        ("routine_definition", "CREATE FUNCTION f() RETURNS int AS ''", "CREATE TABLE f (function int)"),
        ("grant", "GRANT ALL ON t TO u", "SELECT 'GRANT'"),
        (
            "error_leak", "SELECT a FROM t WHERE b = CAST(version() AS int)",
            "SELECT a FROM t WHERE b = CAST('1' AS int)"
        ),
        ("server_info", "SELECT a FROM t WHERE b = 1 AND 'x' = version()", "SELECT a FROM t WHERE b = current_user"),
        ("union_constants", "SELECT a, b FROM t WHERE c = 1 UNION SELECT 1, NULL", "SELECT 1 UNION SELECT 2"),
        (
            "union_probe", "SELECT a, b, c FROM t WHERE d = 1 UNION SELECT 1, x, 3 FROM u",
            "SELECT 'a', b FROM t UNION SELECT 'b', c FROM u"
        ),
        ("union_mismatch", "SELECT a, b FROM t UNION SELECT c FROM u", "SELECT a, b FROM t UNION SELECT * FROM u"),
        (
            "union_catalog", "SELECT a FROM t UNION SELECT relname FROM pg_class",
            "SELECT relname FROM pg_class UNION SELECT typname FROM pg_type"
        ),
        (
            "union_secrets", "SELECT a FROM t UNION SELECT password FROM u",
            "SELECT password FROM t UNION SELECT password FROM u"
        ),
        (
            "misplaced_union", "SELECT a FROM t WHERE b IN (1 UNION SELECT 2)",
            "SELECT a FROM t WHERE b IN (SELECT 1 UNION SELECT 2)"
        ),
        (
            "stacked_statement", "SELECT a FROM t WHERE b = 1; SELECT c FROM u WHERE d = 2",
            "BEGIN; SELECT c FROM u WHERE d = 2"
        ),
        ("stacked_change", "SELECT a FROM t WHERE b = 1; DROP TABLE t", "INSERT INTO t VALUES (1); SELECT lastval()"),
        ("tautology", "SELECT a FROM t WHERE b = 1 OR 1 = 1", "SELECT a FROM t WHERE b = 1 OR c = 1"),
        ("constant_condition", "SELECT a FROM t WHERE b = 1 AND 2 = 3", "SELECT a FROM t WHERE b = 1 AND c = 3"),
        ("plain_constant_condition", "SELECT a FROM t WHERE b = 1 AND 1 = 1", "SELECT a FROM t WHERE b = 1 AND 0 = 1"),
        ("leading_constant", "SELECT a FROM t WHERE 1 = 1 AND b = 1", "SELECT a FROM t WHERE b = 1"),
        ("self_comparison", "SELECT a FROM t WHERE b = 1 OR c = c", "SELECT a FROM t x, t y WHERE b = 1 OR x.c = y.c"),
        (
            "constant_case", "SELECT a FROM t WHERE b = CASE WHEN 1 = 2 THEN 3 END",
            "SELECT a FROM t WHERE b = CASE WHEN c = 2 THEN 3 END"
        ),
        ("constant_comparison", "UPDATE t SET a = 'x' LIKE 'y' WHERE b = 1", "UPDATE t SET a = c LIKE 'y' WHERE b = 1"),
        ("chained_comparison", "DELETE FROM t WHERE a = 'x' > b", "DELETE FROM t WHERE a = 'x' AND 'y' > b"),
        ("constant_order", "SELECT a FROM t ORDER BY 1 + 1", "SELECT a FROM t ORDER BY a + 1"),
        (
            "comment_truncation", "SELECT a FROM t WHERE b = 'x'--' AND c = 1",
            "SELECT a FROM t WHERE b = 'x' -- don't ask"
        ),
        ("comment_tail", "SELECT a FROM t WHERE b = 1--hello", "SELECT a FROM t WHERE b = 1 -- hello"),
        ("unfinished", "SELECT a FROM t WHERE b = 1 /* c", "SELECT a FROM t WHERE b = 1 /* c */"),
        ("literal_adjacency", "SELECT a FROM t WHERE (b = 1, 2)", "SELECT a FROM t WHERE (b, c) = (1, 2)"),
        (
            "blind_extraction", "SELECT a FROM t WHERE b = 1 AND ascii(substr((SELECT c FROM u), 1, 1)) > 64",
            "SELECT a FROM t WHERE substr(b, 1, 1) = 'x'"
        ),
        (
            "code_extraction", "SELECT a FROM t WHERE b = 1 AND ascii(substr(c, 1, 1)) > 64",
            "SELECT ascii(substr(c, 1, 1)) FROM t"
        ),
        (
            "query_operand", "SELECT a FROM t WHERE b = 1 AND 1 = (SELECT count(*) FROM u)",
            "SELECT a FROM t WHERE b > (SELECT 0.5 * max(c) FROM u)"
        ),
        (
            "catalog_query", "SELECT a FROM t WHERE b = 1 AND EXISTS (SELECT 1 FROM pg_class)",
            "SELECT relname FROM pg_class WHERE oid = 1 AND EXISTS (SELECT 1 FROM pg_type)"
        ),
        (
            "heavy_query", "SELECT a FROM t WHERE b = (SELECT count(*) FROM generate_series(1, 9000000))",
            "SELECT count(*) FROM generate_series(1, 9000000)"
        ),
        (
            "character_codes", "SELECT a FROM t WHERE b = chr(1) || chr(2) || chr(3)",
            "SELECT a FROM t WHERE b = 'x' || chr(10)"
        ),
        (
            "hidden_words", "SELECT a FROM t WHERE b = 1/**/AND/**/c = 2",
            "SELECT /* a */ a FROM t /* b */ WHERE b = 1 /* c */"
        ),
        (
            "too_deep", "SELECT a FROM t WHERE b = \(String(repeating: "(", count: 300))1",
            "SELECT a FROM t WHERE b = \(String(repeating: "(", count: 200))1"
        ),
    ])
    func eachReasonAndItsTwin(_ name: String, _ attack: String, _ twin: String) {
        #expect(Self.reasons(attack).contains(name), "\(attack): \(Self.reasons(attack))")
        #expect(!Self.reasons(twin).contains(name), "\(twin): \(Self.reasons(twin))")
    }

    /// Reasons of one dialect only.
    @Test(arguments: [
        ("server_control", SQLDialect.mssql, "EXEC sp_configure 'a', 1"),
        ("program_access", .mssql, "SELECT a FROM t WHERE b = '' EXEC master..xp_cmdshell 'x'"),
        ("delay", .mssql, "SELECT a FROM t WHERE b = 1 WAITFOR DELAY '0:0:5'"),
        ("hidden_words", .mysql, "SELECT a FROM t WHERE b = 1 /*!50000AND*/ c = 2"),
        ("tautology", .mysql, "SELECT a FROM t WHERE b = 1 || 2"),
        ("file_access", .mysql, "SELECT a FROM t INTO OUTFILE 'x'"),
        ("error_leak", .mysql, "SELECT a FROM t WHERE b = updatexml(1, 2, 3)"),
    ])
    func ofOneDialect(_ name: String, _ dialect: SQLDialect, _ text: String) {
        #expect(Self.reasons(text, dialect).contains(name))
    }

    @Test func everyReasonHasANameAndAWeight() {
        let entries = DetectionReasons.entries
        #expect(Set(entries.map { $0.name.description }).count == entries.count)
        #expect(entries.allSatisfy { (1...100).contains($0.weight) })
        let all = entries.reduce(into: DetectionReasons()) { $0.formUnion($1.reason) }
        #expect(all.rawValue == (1 << UInt64(entries.count)) - 1)
        #expect(all.names.count == entries.count)
    }

    @Test func scoresAddUpToAHundred() {
        let both = Detection([.tautology, .commentTruncation])
        #expect(both.score == 100)
        #expect(Detection([.leadingConstant, .queryOperand]).score == 55)
        #expect(Detection([]).verdict() == .allow)
        #expect(Detection(.queryOperand).verdict() == .alert)
        #expect(Detection(.tautology).verdict() == .block)
        #expect(Detection(.tautology).verdict(DetectionThresholds(alert: 90, block: 95)) == .allow)
    }

    @Test func administratorsMayDoWhatTheyDo() {
        #expect(Self.judge("SELECT pg_sleep(1)", .postgres, .app).verdict() == .block)
        #expect(Self.judge("SELECT pg_sleep(1)", .postgres, .dba).verdict() == .allow)
        #expect(Self.judge("SELECT a FROM t WHERE b = 1 OR 1 = 1", .postgres, .dba).verdict() == .block)
    }

    @Test func whatTheSessionTellsIsAdded() {
        let alone = Self.judge("SELECT a FROM t WHERE b = 1 AND 1 = 1")
        #expect(alone.verdict() == .alert)
        #expect(alone.adding(.sessionErrors).verdict() == .block)
    }

    @Test(arguments: [
        "' OR 1=1 --", "1; DROP TABLE users", "x' UNION SELECT password FROM users #", "'; EXEC xp_cmdshell 'dir'--",
        "1 AND SLEEP(5)", "/*!50000UNION*/",
    ])
    func quotedTextCountsForNothing(_ payload: String) {
        let quoted = payload.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        for dialect in SQLDialect.allCases {
            for text in [
                "INSERT INTO t (a) VALUES ('\(quoted)')", "SELECT a FROM t WHERE b = '\(quoted)' AND c = 1",
                "UPDATE t SET a = '\(quoted)' WHERE b = 1",
            ] {
                #expect(Self.judge(text, dialect).score == 0, "\(text)")
            }
        }
    }

    @Test func howTextIsLexedDecides() {
        let text = Array(#"SELECT a FROM t WHERE b = '\' OR 1=1 -- '"#.utf8)
        text.withUnsafeBytes { bytes in
            #expect(InjectionDetector.judge(mysql: bytes).score == 0)
            let plain = MySQLLexing(mode: .noBackslashEscapes)
            #expect(InjectionDetector.judge(mysql: bytes, plain).verdict() == .block)
        }
        let pipes = Array("SELECT a FROM t WHERE b = 'x' || 'y'".utf8)
        pipes.withUnsafeBytes { bytes in
            #expect(InjectionDetector.judge(mysql: bytes).verdict() == .block)
            #expect(InjectionDetector.judge(mysql: bytes, MySQLLexing(mode: .pipesAsConcat)).score == 0)
        }
    }

    @Test func utf16IsJudgedAlike() {
        for text in [
            "SELECT a FROM t WHERE b = 1 OR 1=1", "SELECT a FROM t WHERE b = '' EXEC master..xp_cmdshell 'x'--'",
            "SELECT a FROM t WHERE b = N'ü' AND c = 1 -- ok", "SELECT a FROM t WHERE b = @@version",
            "SELECT a, b FROM t WHERE c = 1 UNION SELECT NULL, 1--",
        ] {
            let wide = utf16(text)
            let detection = wide.withUnsafeBytes { InjectionDetector.judge(mssqlUTF16: $0) }
            #expect(detection == Self.judge(text, .mssql), "\(text)")
        }
    }

    @Test func statementsInLiteralsThatAreRun() {
        let text = "EXEC sp_executesql N'SELECT a FROM t WHERE b = 1 OR 1=1'"
        let bytes = Array(text.utf8)
        #expect(InjectionDetector.judge(bytes, as: .mssql).score == 0)
        let summary = BatchSummary(mssql: bytes)
        #expect(InjectionDetector.judge(bytes, as: .mssql, summary: summary).verdict() == .block)
    }
}
