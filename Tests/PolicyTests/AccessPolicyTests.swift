import Core
import Inspection
import Testing

@testable import Policy

@Suite struct AccessPolicyTests {
    static let now: Int64 = 1_000

    static func rule(
        tables: [String] = ["*"], schemas: [String] = ["public"], functions: [String] = [],
        databases: [String] = ["*"], _ actions: AccessAction, from: Int64? = nil, until: Int64? = nil
    ) -> AccessRule {
        AccessRule(
            id: "rule", databases: databases.map { NamePattern($0) }, schemas: schemas.map { NamePattern($0) },
            tables: tables.map { NamePattern($0) }, functions: functions.map { NamePattern($0) }, actions: actions,
            from: from, until: until)
    }

    static func policy(
        _ grants: [AccessRule], deny denials: [AccessRule] = [], allowsUnparsed: Bool = false
    ) -> AccessPolicy {
        AccessPolicy(
            grants: grants, denials: denials, allowsUnparsed: allowsUnparsed, searchPath: ["public"], number: 1)
    }

    /// Orders may be read and changed, items read.
    static let clerk = policy(
        [rule(tables: ["orders*"], [.read, .write]), rule(tables: ["items"], .read)],
        deny: [rule(tables: ["orders_secret"], schemas: ["*"], .all)])

    static func ruling(
        _ text: String, _ policy: AccessPolicy = clerk, path: [String]? = ["public"], database: String = "shop",
        now: Int64 = now
    ) -> Ruling {
        policy.judge(
            BatchSummary(postgres: Array(text.utf8)),
            at: PolicyPlace(database: database, serverDatabase: "shop_prod", searchPath: path), now: now)
    }

    @Test(arguments: [
        "SELECT * FROM orders o JOIN items USING (id) WHERE o.total > 5",
        "WITH x AS (SELECT * FROM orders) SELECT count(*), max(total), coalesce(sum(total), 0) FROM x",
        "INSERT INTO orders SELECT * FROM items RETURNING id", "UPDATE public.orders_open SET a = 1",
        "SELECT x::numeric(10,2), cast(a AS varchar(5)), extract(year FROM b), trim(both 'x' from d) FROM orders",
        "SELECT substring(c FROM 1 FOR 2), position('a' in e), interval '1 day', greatest(1, 2) FROM orders",
        "SELECT row_number() OVER (PARTITION BY a ORDER BY b), array_agg(c), generate_series(1, 2) FROM orders",
        "BEGIN", "COMMIT", "SET application_name = 'x'", "SHOW search_path", "SELECT 1", "",
        "SELECT now(), current_user, lower('X') || upper('y')", "DECLARE c CURSOR FOR SELECT * FROM orders",
        "PREPARE p AS SELECT * FROM orders WHERE id = $1", "EXECUTE p(1)", "FETCH 5 FROM c",
        "COPY orders TO STDOUT", "COPY orders FROM STDIN", "EXPLAIN SELECT * FROM items",
        "SELECT typname FROM pg_type WHERE oid = 'orders'::regclass", "SELECT * FROM pg_catalog.pg_class",
        "SELECT table_name FROM information_schema.tables", "SELECT nextval('orders_id_seq')",
        "SELECT * FROM shop_prod.public.orders", "SELECT 'salaries', $$DROP TABLE salaries$$ FROM orders",
    ])
    func mayPass(_ text: String) {
        #expect(Self.ruling(text).refusal == nil)
    }

    /// Every way to a table goes through its rules.
    @Test(
        arguments: [
            ("SELECT * FROM salaries", "salaries"), ("SELECT * FROM \"Orders\"", "Orders"),
            ("SELECT (SELECT max(x) FROM salaries) FROM orders", "salaries"),
            ("WITH orders AS (SELECT * FROM salaries) SELECT * FROM orders", "salaries"),
            ("SELECT * FROM orders UNION ALL TABLE salaries", "salaries"),
            ("SELECT * FROM orders WHERE EXISTS (SELECT FROM salaries)", "salaries"),
            ("SELECT/**/*FROM/*x*/salaries", "salaries"), ("SELECT * FROM U&\"salarie\\0073\"", "salaries"),
            ("SELECT * FROM other.orders", "other.orders"),
            ("SELECT * FROM elsewhere.public.orders", "elsewhere.public.orders"),
            ("SELECT 1; SELECT * FROM salaries", "salaries"), ("PREPARE p AS SELECT * FROM salaries", "salaries"),
            ("DECLARE c CURSOR FOR SELECT * FROM salaries", "salaries"), ("COPY salaries TO STDOUT", "salaries"),
            ("COPY (SELECT * FROM salaries) TO STDOUT", "salaries"),
            ("EXPLAIN ANALYZE SELECT * FROM salaries", "salaries"),
            ("UPDATE items SET a = 1", "items"), ("DELETE FROM orders USING salaries WHERE true", "salaries"),
            ("INSERT INTO orders SELECT * FROM salaries", "salaries"),
            ("SELECT * INTO orders_copy FROM orders", "orders_copy"),
            ("CREATE VIEW orders_view AS SELECT * FROM orders", "orders_view"), ("DROP TABLE orders", "orders"),
            ("ALTER TABLE orders RENAME TO items", "orders"), ("TRUNCATE items", "items"),
            ("SELECT 'salaries'::regclass", "salaries"),
            ("MERGE INTO orders USING salaries s ON true WHEN MATCHED THEN DO NOTHING", "salaries"),
            ("SELECT * FROM pg_stat_activity", "pg_stat_activity"), ("SELECT * FROM pg_authid", "pg_authid"),
            ("SELECT * FROM pg_catalog.pg_stats", "pg_catalog.pg_stats"),
            ("INSERT INTO pg_class VALUES (1)", "pg_class"),
            ("GRANT SELECT ON orders TO x", "orders"), ("LOCK salaries", "salaries"), ("VACUUM salaries", "salaries"),
            ("SELECT * FROM orders_secret", "orders_secret"),
            ("SELECT * FROM public.orders_secret", "public.orders_secret"),
        ] as [(String, String)])
    func isRefused(_ text: String, _ name: String) {
        #expect(Self.ruling(text).refusal?.name == name)
    }

    @Test(arguments: [
        "SELECT pay(1)", "SELECT app.pay(1)", "CALL pay(1)", "SELECT pg_terminate_backend(1)",
        "SELECT pg_read_file('/etc/passwd')", "SELECT set_config('role', 'postgres', false)",
        "SELECT pg_cancel_backend(5)", "SELECT lo_import('/etc/passwd')", "SELECT pg_sleep_evil(1)",
        "SELECT pg_stat_get_activity(NULL)", "SELECT public.lower('x')",
    ])
    func functionsNeedTheirOwnGrant(_ text: String) {
        #expect(Self.ruling(text).refusal?.kind == .function)
    }

    @Test(arguments: [
        "DO $$BEGIN PERFORM 1; END$$", "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN 1; END$$",
        "SELECT * FROM orders WHERE (", "NONSENSE orders", "SELECT 'orders' || x::regclass FROM orders WHERE a = ) b",
    ])
    func opaqueAndUnparsedAreRefused(_ text: String) {
        #expect(Self.ruling(text).refusal != nil)
        let trusting = Self.policy([Self.rule(schemas: ["*"], .all)], allowsUnparsed: true)
        #expect(Self.ruling(text, trusting).refusal == nil)
    }

    @Test(arguments: ["CREATE ROLE x", "CREATE DATABASE x", "ALTER SYSTEM SET a = 1", "COPY orders TO PROGRAM 'x'"])
    func theServerNeedsEverything(_ text: String) {
        #expect(Self.ruling(text).refusal != nil)
        let some = Self.policy([Self.rule(.all)])
        #expect(Self.ruling(text, some).refusal != nil)
    }

    @Test(arguments: [
        "SELECT query_to_xml('SELECT * FROM salaries', true, true, '')", "SELECT dblink('x', 'SELECT 1')",
    ])
    func queriesInLiteralsAreRefused(_ text: String) {
        #expect(Self.ruling(text).refusal != nil)
        let trusting = Self.policy([Self.rule(tables: ["orders"], .read)], allowsUnparsed: true)
        #expect(Self.ruling(text, trusting).refusal != nil)
    }

    @Test func returningIsReading() {
        let writer = Self.policy([Self.rule(tables: ["orders"], .write)])
        #expect(Self.ruling("UPDATE orders SET a = 1", writer).refusal == nil)
        #expect(Self.ruling("UPDATE orders SET a = 1 RETURNING b", writer).refusal?.actions == .read)
    }

    @Test func namesMustBeAllowedWhereverTheyMayBeFound() {
        #expect(Self.ruling("SELECT * FROM orders", path: ["public", "other"]).refusal?.cause == .notGranted)
        #expect(Self.ruling("SELECT * FROM orders", path: nil).refusal != nil)
        let anywhere = Self.policy([Self.rule(tables: ["orders"], schemas: ["*"], .read)])
        #expect(Self.ruling("SELECT * FROM orders", anywhere, path: nil).refusal == nil)
        #expect(Self.ruling("SELECT * FROM orders; SET search_path = other; SELECT * FROM orders").refusal != nil)
        // A catalogue's name may be another schema's, if the path says so.
        #expect(Self.ruling("SELECT * FROM pg_class", path: ["other", "pg_catalog"]).refusal != nil)
    }

    @Test func denialsWinAndTheirNamesStayInside() {
        let all = Self.policy(
            [Self.rule(schemas: ["*"], .all)], deny: [Self.rule(tables: ["salaries"], schemas: ["*"], .read)])
        #expect(Self.ruling("SELECT * FROM salaries", all).refusal?.cause == .denied)
        #expect(Self.ruling("SELECT * FROM hr.salaries", all, path: nil).refusal?.rule == "rule")
        #expect(Self.ruling("SELECT * FROM salaries", all, path: nil).refusal?.cause == .denied)
        #expect(Self.ruling("INSERT INTO salaries VALUES (1)", all).refusal == nil)
        #expect(Self.ruling("INSERT INTO salaries VALUES (1) RETURNING x", all).refusal?.cause == .denied)
    }

    @Test func rulesHaveTheirTimeAndTheirDatabase() {
        let timed = Self.policy([Self.rule(databases: ["shop"], .read, from: 500, until: 2_000)])
        #expect(Self.ruling("SELECT * FROM a", timed) == Ruling(refusal: nil, expires: 2_000))
        #expect(Self.ruling("SELECT * FROM a", timed, now: 400).expires == 500)
        #expect(Self.ruling("SELECT * FROM a", timed, now: 400).refusal != nil)
        #expect(Self.ruling("SELECT * FROM a", timed, now: 2_000).refusal != nil)
        #expect(Self.ruling("SELECT * FROM a", timed, database: "other").refusal != nil)
    }

    @Test func functionsByNameAndSchema() {
        let caller = Self.policy([Self.rule(tables: [], schemas: ["app"], functions: ["pay*", "other.run"], .execute)])
        #expect(Self.ruling("SELECT app.pay(1)", caller).refusal == nil)
        #expect(Self.ruling("CALL pay_all()", caller).refusal == nil)
        #expect(Self.ruling("SELECT other.run()", caller).refusal == nil)
        #expect(Self.ruling("SELECT other.pay(1)", caller).refusal?.kind == .function)
    }

    @Test(
        arguments: [
            ("orders", nil, "orders"), ("Public.Orders", "public", "orders"), ("\"A.b\".\"c\"\"d\"", "A.b", "c\"d"),
            (" orders ", nil, "orders"),
        ] as [(String, String?, String)])
    func namesInLiterals(_ text: String, _ schema: String?, _ name: String) {
        #expect(ObjectName(text)?.schema == schema)
        #expect(ObjectName(text)?.name == name)
    }

    @Test(arguments: ["", ".", "a.", "a.b.c", "\"a", "a b", "\"a\"b", "a\"b\""])
    func badNamesInLiterals(_ text: String) {
        #expect(ObjectName(text) == nil)
    }
}
