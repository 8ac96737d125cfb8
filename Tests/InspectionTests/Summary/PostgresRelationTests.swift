import Testing

@testable import Inspection

private func read(_ text: String) -> BatchSummary { BatchSummary(postgres: text) }

private func only(_ text: String) -> BatchSummary.Statement {
    let statements = read(text).statements
    return statements.count == 1 ? statements[0] : BatchSummary.Statement()
}

@Suite struct PostgresRelationTests {
    @Test(arguments: examples("postgres_statements"))
    func findsRelations(_ example: StatementExample) {
        let summary = read(example.text)
        #expect(summary.unparsed == nil)
        #expect(summary.relationText == example.relations)
    }

    /// Cut off anywhere: no trap, and nothing outside of what is left.
    @Test(arguments: examples("postgres_statements"))
    func prefixesStayInside(_ example: StatementExample) {
        let bytes = Array(example.text.utf8)
        for end in bytes.indices {
            let summary = BatchSummary(postgres: Array(bytes[..<end]))
            for statement in summary.statements {
                #expect(statement.range.upperBound <= end)
                #expect(statement.relations.allSatisfy { $0.range.upperBound <= end })
                #expect((statement.unparsed?.offset ?? 0) <= end)
            }
        }
    }

    @Test func relationsHaveAllTheirParts() {
        let statement = only(#"SELECT * FROM "Db".s.T AS "X y" JOIN u v ON true"#)
        #expect(statement.relations.map(\.database) == ["Db", nil])
        #expect(statement.relations.map(\.schema) == ["s", nil])
        #expect(statement.relations.map(\.name) == ["t", "u"])
        #expect(statement.relations.map(\.alias) == ["X y", "v"])
        #expect(statement.relations[0].range == 14..<22)
    }

    @Test func rowsThatComeBackAreMarked() {
        #expect(only("INSERT INTO t VALUES (1) RETURNING a").relations[0].traits.contains(.returned))
        #expect(!only("INSERT INTO t VALUES (1)").relations[0].traits.contains(.returned))
        #expect(only("DELETE FROM t WHERE a = 1 RETURNING *").relations[0].traits.contains(.returned))
    }

    @Test(arguments: [
        ("SELECT 1", SQLStatementKind.select), ("WITH a AS (SELECT 1) DELETE FROM t", .delete), ("TABLE t", .select),
        ("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", .select), ("(VALUES (1))", .select),
        ("INSERT INTO t DEFAULT VALUES", .insert), ("UPDATE t SET a = 1", .update), ("COPY t FROM STDIN", .copyIn),
        ("COPY t TO STDOUT", .copyOut), ("COPY (SELECT 1) TO STDOUT", .copyOut), ("TRUNCATE t", .truncate),
        ("CREATE TABLE t AS SELECT 1", .create), ("EXPLAIN ANALYZE DELETE FROM t", .explain), ("LOCK t", .lock),
        ("PREPARE p AS SELECT 1", .prepare), ("PREPARE TRANSACTION 'x'", .transaction), ("EXECUTE p", .execute),
        ("DO 'x'", .block), ("CALL p()", .call), ("SET a = 1", .set), ("SHOW a", .show), ("VACUUM", .maintenance),
        ("GRANT a TO b", .grant), ("REVOKE a FROM b", .revoke), ("DECLARE c CURSOR FOR SELECT 1", .declare),
        ("MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", .merge), ("COMMENT ON TABLE t IS 'x'", .comment),
    ])
    func kinds(_ text: String, _ kind: SQLStatementKind) {
        #expect(only(text).kind == kind)
        #expect(only(text).unparsed == nil)
    }

    /// What PostgreSQL refuses, or this reader does not know, is never read as something else.
    @Test(arguments: [
        ("SELECT * FROM t)", 15, Unparsed.Reason.unbalancedParenthesis), ("SELECT * FROM", 13, .unexpectedEnd),
        ("SELECT (1", 9, .unbalancedParenthesis), ("FROB t", 0, .unknownStatement), ("SELECT 'x", 7, .invalidToken),
        ("SELECT 1 SELECT 2", 9, .unexpectedToken), ("SELECT * FROM a b c", 18, .unexpectedToken),
        ("SELECT * FROM t WHERE (a FROM u)", 25, .unexpectedToken), ("INSERT t VALUES (1)", 7, .unexpectedToken),
        ("UPDATE t, u SET a = 1", 8, .unexpectedToken), ("DELETE t", 7, .unexpectedToken),
        ("WITH a AS SELECT 1", 10, .unexpectedToken), ("WITH a AS (VALUES (1)", 21, .unbalancedParenthesis),
        ("SELECT 1 UNION", 14, .unexpectedEnd), ("SELECT 1 UNION DELETE FROM t", 15, .unexpectedToken),
        ("SELECT * FROM a.b.c.d.e", 23, .unexpectedToken), ("EXPLAIN EXPLAIN SELECT 1", 8, .unexpectedToken),
        ("SELECT * FROM t ON CONFLICT DO NOTHING", 16, .unexpectedToken), ("COPY t SIDEWAYS", 7, .unexpectedToken),
        ("INSERT INTO t SELECT 1 ON CONFLICT (a), b", 38, .unexpectedToken),
    ])
    func saysWhatItDoesNotUnderstand(_ text: String, _ offset: Int, _ reason: Unparsed.Reason) {
        #expect(only(text).unparsed == Unparsed(offset: offset, reason: reason))
    }

    @Test func statementsBehindAnUnparsedOneAreRead() {
        let statements = read("SELECT 1 SELECT 2; DELETE FROM t").statements
        #expect(statements.map { $0.unparsed == nil } == [false, true])
        #expect(statements[1].relations.map(\.name) == ["t"])
    }

    @Test func limits() {
        let deep = SummaryLimits.depth
        #expect(read("SELECT " + String(repeating: "(", count: deep + 1) + "1").unparsed?.reason == .tooDeep)
        let fits = "SELECT " + String(repeating: "(", count: deep) + "1" + String(repeating: ")", count: deep)
        #expect(read(fits).unparsed == nil)
        let tables = "SELECT * FROM " + Array(repeating: "t", count: SummaryLimits.relations + 1).joined(separator: ",")
        #expect(read(tables).unparsed?.reason == .tooManyRelations)
        let names = (0...SummaryLimits.commonTables).map { "c\($0) AS (SELECT 1)" }.joined(separator: ",")
        #expect(read("WITH \(names) SELECT 1").unparsed?.reason == .tooManyNames)
        let locks = String(repeating: " FOR UPDATE", count: SummaryLimits.locks + 1)
        #expect(read("SELECT * FROM t" + locks).unparsed?.reason == .tooManyNames)
    }

    @Test func truncatedTextIsNotUnderstood() {
        let summary = BatchSummary(postgres: Array("SELECT * FROM t".utf8), isTruncated: true)
        #expect(summary.unparsed?.reason == .truncated)
        #expect(summary.statements[0].relations.map(\.name) == ["t"])
    }

    @Test func wideStatementsSaySo() {
        func wide(_ text: String) -> [WideReference] { only(text).wide }
        #expect(
            wide("GRANT SELECT ON ALL TABLES IN SCHEMA a, b TO r") == [
                WideReference(scope: .schema, name: "a", actions: .admin),
                WideReference(scope: .schema, name: "b", actions: .admin),
            ])
        #expect(wide("DROP SCHEMA s CASCADE") == [WideReference(scope: .schema, name: "s", actions: .ddl)])
        #expect(wide("DROP OWNED BY r") == [WideReference(scope: .owner, name: "r", actions: [.ddl, .admin])])
        #expect(wide("VACUUM") == [WideReference(scope: .database, name: nil, actions: .admin)])
        #expect(wide("REINDEX DATABASE d") == [WideReference(scope: .database, name: "d", actions: .admin)])
        #expect(
            wide("CREATE PUBLICATION p FOR ALL TABLES") == [
                WideReference(scope: .database, name: nil, actions: .admin)
            ])
        #expect(
            wide("IMPORT FOREIGN SCHEMA r FROM SERVER s INTO l") == [
                WideReference(scope: .schema, name: "l", actions: .ddl)
            ])
    }

    @Test func opaquePartsAndOutsideAccess() {
        func opaque(_ text: String) -> [OpaquePart.Reason] { only(text).opaque.map(\.reason) }
        #expect(opaque("DO $$ BEGIN END $$") == [.codeBlock])
        #expect(opaque("CALL p()") == [.procedure])
        #expect(opaque("EXECUTE p") == [.preparedStatement])
        #expect(opaque("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'") == [.routineBody])
        #expect(opaque("SELECT query_to_xml(a, true, true, '') FROM t") == [.dynamicSQL])
        #expect(opaque("SELECT 1").isEmpty)
        #expect(only("COPY t TO PROGRAM 'x'").outside == .program)
        #expect(only("COPY t TO '/x'").outside == .serverFile)
        #expect(only("COPY t TO STDOUT").outside.isEmpty)
        #expect(only("LOAD 'x'").outside == .library)
        #expect(only("SELECT pg_read_file('x')").outside == .serverFile)
        #expect(only("SELECT dblink('a', 'b')").outside == .network)
    }

    @Test func settingsThatChangeNames() {
        for text in ["SET search_path = a", "SET LOCAL search_path TO a", "SET SCHEMA 'a'", "SET ROLE r", "RESET ALL"] {
            #expect(only(text).changesNames, "\(text)")
        }
        for text in ["SET work_mem = 1", "SHOW search_path", "SELECT 1", "SET TIME ZONE 'UTC'"] {
            #expect(!only(text).changesNames, "\(text)")
        }
    }

    @Test func preparedNames() {
        #expect(only("PREPARE \"P\" AS SELECT 1").preparedName == "P")
        #expect(only("EXECUTE p(1)").preparedName == "p")
        #expect(only("DEALLOCATE PREPARE p").preparedName == "p")
        #expect(only("DEALLOCATE ALL").preparedName == nil)
        #expect(only("FETCH 10 FROM c").preparedName == "c")
        #expect(only("DECLARE c CURSOR FOR SELECT 1").preparedName == "c")
    }
}
