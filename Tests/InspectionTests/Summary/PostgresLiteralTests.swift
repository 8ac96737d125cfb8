import Testing

@testable import Inspection

private func read(_ text: String) -> BatchSummary { BatchSummary(postgres: text) }

private func only(_ text: String) -> BatchSummary.Statement {
    let statements = read(text).statements
    return statements.count == 1 ? statements[0] : BatchSummary.Statement()
}

/// What stands in literals, and what is called.
@Suite struct PostgresLiteralTests {
    @Test(arguments: [
        ("SELECT nextval('s.q')", NamedObject.Meaning.sequence, "s.q", "nextval", ActionSet.write),
        ("SELECT currval('q')", .sequence, "q", "currval", .read),
        ("SELECT 't'::regclass", .relation, "t", "regclass", .read),
        ("SELECT CAST('t' AS regclass)", .relation, "t", "regclass", .read),
        ("SELECT regclass 't'", .relation, "t", "regclass", .read),
        ("SELECT pg_catalog.regclass 't'", .relation, "t", "regclass", .read),
        ("SELECT E't\\u0061' :: pg_catalog.regclass", .relation, "ta", "regclass", .read),
        ("SELECT to_regclass($$t$$)", .relation, "t", "to_regclass", .read),
        ("SELECT pg_get_serial_sequence('t', 'a')", .relation, "t", "pg_get_serial_sequence", .read),
        ("SELECT setval('q'::text, 1)", .sequence, "q", "setval", .write),
        ("SELECT nextval($1)", .sequence, "", "nextval", .write),
        ("SELECT nextval('a' || b)", .sequence, "", "nextval", .write),
        ("SELECT nextval(f('a'))", .sequence, "", "nextval", .write),
    ])
    func nameObjects(
        _ text: String, _ meaning: NamedObject.Meaning, _ object: String, _ taker: String, _ actions: ActionSet
    ) {
        let named = only(text).named
        #expect(named.count == 1)
        #expect(named.first?.meaning == meaning)
        #expect((named.first?.text?.description ?? "") == object)
        #expect(named.first?.taker.description == taker)
        #expect(named.first?.actions == actions)
    }

    @Test func queriesInLiteralsAreRead() {
        let statement = only("SELECT query_to_xml('SELECT * FROM a WHERE b = ''c''', true, true, '')")
        #expect(statement.named[0].relations.map(\.name) == ["a"])
        #expect(statement.actions == .read)
        #expect(statement.opaque.map(\.reason) == [.dynamicSQL])
        let routine = only("CREATE FUNCTION f() RETURNS int AS $$ DELETE FROM a $$ LANGUAGE SQL")
        #expect(routine.named[0].relations.map(\.actions) == [.write])
        let nested = only("SELECT dblink('x', 'SELECT dblink(''x'', ''DELETE FROM a'')')")
        #expect(nested.named[1].relations.map(\.name) == ["a"])
        #expect(nested.actions.contains(.write))
    }

    @Test func literalsAndParametersAreListed() {
        let text = "SELECT 'it''s', E'a\\n', 1.5, X'1F', B'01', $1 FROM t WHERE a = $2"
        let summary = read(text)
        let bytes = Array(text.utf8)
        #expect(summary.literals.map(\.kind) == [.string, .string, .number, .hex, .bits])
        #expect(
            summary.literals.map { String(decoding: bytes[$0.range], as: UTF8.self) } == [
                "'it''s'", "E'a\\n'", "1.5", "X'1F'", "B'01'",
            ])
        #expect(
            summary.literals.map { BatchSummary.value(postgres: $0, in: bytes) } == ["it's", "a\n", "1.5", "1F", "01"])
        #expect(summary.parameters.map { String(decoding: bytes[$0], as: UTF8.self) } == ["$1", "$2"])
        #expect(!summary.isCut)
    }

    @Test func listsOfLiteralsAreBounded() {
        let summary = read("SELECT " + Array(repeating: "1", count: SummaryLimits.literals + 1).joined(separator: ","))
        #expect(summary.literals.count == SummaryLimits.literals)
        #expect(summary.isCut)
        #expect(summary.unparsed == nil)
    }

    @Test(arguments: [
        ("SELECT f(1), s.g(2), \"H\"(3), lower(x)", "f s.g H lower"),
        ("SELECT count(*) FILTER (WHERE f(a)) OVER (PARTITION BY g(b))", "count f g"),
        (
            "SELECT coalesce(a, f(b)), substring(c FROM 1), extract(year FROM d), x::varchar(10), y::numeric(3)",
            "coalesce f substring extract"
        ),
        ("SELECT a IN (1), b LIKE ('x'), EXISTS (SELECT 1), ROW (1), ARRAY (SELECT 1), CAST (a AS int)", ""),
        ("SELECT * FROM f(1) x (a), t y (a, b), LATERAL g(2) AS (c int)", "f g"),
        ("INSERT INTO t (a) VALUES (f(1)) ON CONFLICT (a) DO UPDATE SET (b) = ROW (g(2))", "f g"),
        ("CREATE TABLE t (a varchar(10) DEFAULT f(1), b s.geo(2)) PARTITION BY RANGE (g(a))", "f g"),
        ("CREATE INDEX i ON t USING gin (f(a)) INCLUDE (b)", "f"), ("SELECT DISTINCT ON (a) f(b)", "f"),
        ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f(a))", "percentile_cont f"),
        ("DROP FUNCTION f(int)", ""), ("COMMENT ON FUNCTION f(int) IS 'x'", ""), ("SELECT (f)(1)", ""),
        ("CALL p(f(1))", "p f"), ("EXECUTE p(f(1))", "f"), ("SELECT a.b.c(1)", "b.c"),
    ])
    func calls(_ text: String, _ names: String) {
        #expect(only(text).calls.map(\.qualifiedName).joined(separator: " ") == names)
    }

    @Test func operators() {
        #expect(
            only("SELECT a + b, c || d, e + f, g OPERATOR(s.@@) h, -1 <-> 2").operators == [
                "+", "||", "@@", "-", "<->",
            ])
    }
}
