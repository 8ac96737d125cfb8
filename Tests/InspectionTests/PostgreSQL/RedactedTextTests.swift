import Inspection
import Testing

@Suite struct RedactedTextTests {
    @Test(arguments: [
        ("SELECT  a -- c\n FROM t /* d */ WHERE b = 'x'", "SELECT a FROM t WHERE b = ?"),
        ("select * from t where a in (1, 2, $3) and b = -5", "select * from t where a in (?, …) and b = ?"),
        ("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, E'c\\'')", "INSERT INTO t VALUES (?, …), …"),
        ("VALUES (1, now()), (2, now())", "VALUES (?, now()), (?, now())"),
        ("VALUES (1, 2), (3, now())", "VALUES (?, …), (?, now())"),
        ("VALUES (1, 2), (3, 4), (5, x, 6)", "VALUES (?, …), …, (?, x, ?)"),
        ("VALUES (1), ((2))", "VALUES (?), ((?))"),
        ("SELECT f(1, 2, 3), g(-1), a - 1, a -1", "SELECT f(?, …), g(?), a - ?, a -?"),
        ("CREATE ROLE r PASSWORD 'secret'", "CREATE ROLE r PASSWORD ?"),
        ("COPY t FROM PROGRAM 'curl x'", "COPY t FROM PROGRAM ?"),
        ("DO $body$ select 'x' $body$;", "DO ?"),
        ("SET my.token = abc, def", "SET my.token = ?, ?"),
        ("SET work_mem = abc", "SET work_mem = abc"),
        ("SELECT 'secret", "SELECT ?…"),
        ("SELECT 1 /* open", "SELECT ? ?…"),
        ("SELECT \"A b\".c, U&\"d\" , X'ff', 1.5e3", "SELECT \"A b\".c, U&\"d\", ?, ?"),
        (";; SELECT 1;; SELECT 2 ;", "SELECT ?; SELECT ?"),
        ("", ""),
    ])
    func redacts(_ text: String, _ expected: String) {
        #expect(RedactedText.make(text) == expected)
    }

    @Test func isBounded() {
        #expect(RedactedText.make("SELECT größe FROM t", limit: 10) == "SELECT gr…")
        #expect(RedactedText.make("SELECT a", limit: 8) == "SELECT a")
        #expect(RedactedText.make(String(repeating: "a ", count: 10_000), limit: 100).utf8.count <= 103)
    }

    @Test func hashesTheShape() {
        func hash(_ text: String) -> UInt64 { StatementSummary(text).shapeHash }
        #expect(hash("SELECT a FROM t WHERE b = 1") == hash("select  A\nfrom T where b='x' -- c\n;"))
        #expect(hash("SELECT 1 IN (1, 2)") == hash("SELECT 2 IN (1, 2, 3, 4)"))
        #expect(hash("INSERT INTO t VALUES (1, 2)") != hash("INSERT INTO t VALUES (1, 2), (3, 4)"))
        #expect(hash("INSERT INTO t VALUES (1, 2), (3, 4), (5, 6)") == hash("INSERT INTO t VALUES (1, 2), (3, 4)"))
        #expect(hash("SELECT $1") == hash("SELECT 5"))
        #expect(hash("SELECT a") != hash("SELECT b"))
        #expect(hash("SELECT \"A\"") != hash("SELECT \"a\""))
        #expect(hash("SELECT a; SELECT b") != hash("SELECT a SELECT b"))
        #expect(hash("SELECT aé") != hash("SELECT aê"))
        // Stable over releases: a stored hash must be found again.
        #expect(hash("SELECT abalance FROM pgbench_accounts WHERE aid = 123;") == 0x90e8_82b8_04fa_20a2)
    }
}
