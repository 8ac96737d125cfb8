import Inspection
import Testing

@testable import Policy

/// What is made, or called in passing, needs rights on everything that it names.
@Suite struct DefinitionTests {
    @Test(arguments: [
        "SELECT ts_rewrite('a'::tsquery, 'SELECT a::tsquery, b::tsquery FROM salaries')",
        "SELECT setval('salaries_id_seq', 1)",
        "CREATE TABLE temporary_x (a text DEFAULT spy())", "ALTER TABLE temporary_x ADD COLUMN a text DEFAULT spy()",
        "CREATE INDEX ON temporary_x (spy(a))", "CREATE TABLE temporary_x (a text CHECK (spy() = a))",
        "CREATE TRIGGER t BEFORE INSERT ON temporary_x FOR EACH ROW EXECUTE FUNCTION spy()",
        "CREATE TRIGGER t BEFORE INSERT ON temporary_x FOR EACH ROW EXECUTE PROCEDURE spy()",
        "CREATE RULE r AS ON SELECT TO temporary_x DO INSTEAD SELECT * FROM salaries",
        "ALTER TABLE temporary_x ATTACH PARTITION salaries DEFAULT", "CREATE TABLE temporary_x (LIKE salaries)",
        "CREATE TABLE temporary_x PARTITION OF salaries DEFAULT", "CREATE PUBLICATION p FOR TABLE temporary_x",
        "CREATE POLICY p ON temporary_x USING (spy() = a)", "CREATE EXTENSION dblink", "LOAD 'x'", "CHECKPOINT",
        "CREATE AGGREGATE temporary_a (int) (SFUNC = spy, STYPE = int)",
        "CREATE CAST (int AS text) WITH FUNCTION spy(int)",
        "CREATE OPERATOR === (LEFTARG = int, FUNCTION = spy)", "REASSIGN OWNED BY a TO b", "DROP OWNED BY a",
        "ALTER DATABASE x SET search_path = other", "ALTER ROLE app SET search_path = other", "COMMENT ON ROLE x IS ''",
        "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION spy()",
        "ALTER VIEW salaries RENAME TO temporary_x",
        "COPY temporary_x FROM '/etc/passwd'", "CREATE SCHEMA x CREATE TABLE y (a int)",
        "REFRESH MATERIALIZED VIEW salaries", "SELECT currval('salaries_id_seq')",
        "CREATE STATISTICS s ON a, b FROM salaries",
        "SELECT * FROM ROWS FROM (spy()) x", "SELECT * FROM spy()", "ALTER FUNCTION spy() RENAME TO double",
        "DROP FUNCTION spy()",
        "SELECT pg_relation_size('salaries')", "TABLE salaries", "CREATE TYPE t AS (a int)",
        "CREATE TABLE temporary_x (a int REFERENCES salaries)", "SELECT lo_get(5)",
        "CREATE PROCEDURE double() LANGUAGE sql AS 'DELETE FROM salaries'", "SELECT currtid2('salaries', '(0,1)')",
    ])
    func isRefused(_ text: String) {
        let clerk = AccessPolicyTests.policy([
            AccessPolicyTests.rule(tables: ["temporary*"], [.read, .write, .ddl]),
            AccessPolicyTests.rule(tables: [], functions: ["double"], .execute),
        ])
        #expect(AccessPolicyTests.ruling(text, clerk).refusal != nil)
    }
}
