"""Rights by table, schema and function, whichever way a statement comes."""

import copy
import time
from collections.abc import Iterator

import pytest

from harness.articdbm import PASSWORD, ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, RawPostgres, ServerError, bind, describe, execute, kinds, parse, query, row
from harness.wait import eventually

CLERK = {
    "grants": [
        {"schemas": ["public"], "tables": ["orders"], "actions": ["read", "write"]},
        {"schemas": ["public"], "tables": ["items"], "actions": ["read"]},
        {"schemas": ["public"], "tables": ["temporary*"], "actions": ["read", "write", "ddl"]},
        {"schemas": ["public"], "functions": ["double"], "actions": ["execute"]},
    ],
    "deny": [{"tables": ["orders_secret"], "actions": ["read", "write"]}],
}


@pytest.fixture(scope="module")
def tables(postgres: PostgresServer) -> PostgresServer:
    for name in ("orders", "items", "salaries", "orders_secret"):
        postgres.sql(f"DROP TABLE IF EXISTS {name} CASCADE")
        postgres.sql(f"CREATE TABLE {name} AS SELECT 1 AS id, '{name}'::text AS name")
    postgres.sql("DROP SCHEMA IF EXISTS other CASCADE")
    postgres.sql("CREATE SCHEMA other")
    postgres.sql("CREATE TABLE other.orders AS SELECT 2 AS id, 'other'::text AS name")
    postgres.sql("CREATE OR REPLACE FUNCTION double(x int) RETURNS int LANGUAGE sql AS 'SELECT 2 * x'")
    postgres.sql("CREATE OR REPLACE FUNCTION spy() RETURNS text LANGUAGE sql AS 'SELECT name FROM salaries'")
    return postgres


@pytest.fixture(params=["transaction", "session"])
def policed(start, tables: PostgresServer, request: pytest.FixtureRequest) -> ArticDBM:
    proxy = ArticDBM(tables).pool(size=2, mode=request.param)
    proxy.add_user("clerk", **copy.deepcopy(CLERK))
    return start(proxy)


@pytest.fixture
def clerk(policed: ArticDBM) -> Iterator[RawPostgres]:
    with policed.session("clerk") as peer:
        yield peer


def refused(peer: RawPostgres, text: str) -> ServerError:
    with pytest.raises(ServerError) as error:
        peer.rows(text)
    assert error.value.code == "42501", error.value.message
    return error.value


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM orders JOIN items USING (name)",
        "INSERT INTO orders VALUES (7, 'x') RETURNING id",
        "WITH salaries AS (SELECT * FROM orders) SELECT name FROM salaries",
        "SELECT double(4)",
        "SELECT 'salaries'",
        "SELECT relname FROM pg_class WHERE oid = 'orders'::regclass",
        "SELECT name FROM public.orders FOR UPDATE",
        "SELECT count(*) FROM information_schema.tables",
    ],
)
def test_what_is_granted_passes(clerk: RawPostgres, text: str) -> None:
    clerk.rows("BEGIN")
    assert clerk.rows(text) is not None
    clerk.rows("ROLLBACK")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM salaries",
        'SELECT * FROM "salaries"',
        "SELECT/**/*/**/FROM--\nsalaries",
        'SELECT * FROM U&"\\0073alaries"',
        "SELECT (SELECT name FROM salaries LIMIT 1)",
        "WITH a AS (SELECT * FROM salaries) SELECT * FROM a",
        "SELECT 1; SELECT name FROM salaries",
        "COPY salaries TO STDOUT",
        "EXPLAIN ANALYZE SELECT * FROM salaries",
        "PREPARE s AS SELECT * FROM salaries",
        "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM salaries",
        "UPDATE items SET name = 'x'",
        "INSERT INTO orders SELECT * FROM salaries",
        "SELECT * FROM other.orders",
        "SET search_path = other; SELECT * FROM orders",
        "SELECT spy()",
        "SELECT query_to_xml('SELECT * FROM salaries', true, true, '')",
        "SELECT 'salaries'::regclass::oid",
        "DO $$BEGIN PERFORM * FROM salaries; END$$",
        "CREATE VIEW temporary_view AS SELECT * FROM salaries",
        "CREATE FUNCTION temporary() RETURNS text LANGUAGE sql AS 'SELECT name FROM salaries'",
        "ALTER TABLE salaries RENAME TO temporary_name",
        "CREATE TABLE temporary_heir () INHERITS (salaries)",
        "SELECT * FROM pg_stat_activity",
        "SELECT pg_terminate_backend(1)",
        "SELECT * FROM orders_secret",
        "TRUNCATE salaries",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION app",
        "SELECT set_config('role', 'postgres', false)",
        "ALTER ROLE CURRENT_USER PASSWORD 'x'",
        "COPY orders TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_every_other_way_is_refused(clerk: RawPostgres, text: str) -> None:
    refused(clerk, text)
    assert clerk.rows("SELECT count(*) > 0 FROM orders") == [("t",)], "the session lives on"


def test_refusal_says_no_more_than_the_server_and_is_found_in_the_log(policed: ArticDBM, clerk: RawPostgres) -> None:
    error = refused(clerk, "SELECT * FROM orders_secret")
    assert error.message == "permission denied for table orders_secret"
    (event,) = policed.audited(event="statement_refused", reason="denied")
    assert event["error_id"] in error.fields["D"]
    assert event["rule"] == "users[clerk].deny[0]" and event["rule"] not in str(error)
    assert policed.metrics().total("articdbm_statements_refused_total", reason="denied") == 1
    assert (event["object"], event["actions"], event["user"]) == ("orders_secret", "read", "clerk")


def test_refusal_fails_the_transaction(clerk: RawPostgres) -> None:
    clerk.rows("BEGIN")
    clerk.rows("INSERT INTO orders VALUES (99, 'lost')")
    clerk.send(query("SELECT * FROM salaries"))
    answer = clerk.read_until()
    assert kinds(answer) == "EZ" and answer[-1].body == b"E"
    with pytest.raises(ServerError, match="25P02"):
        clerk.rows("SELECT 1")
    clerk.rows("COMMIT")
    assert clerk.rows("SELECT count(*) FROM orders WHERE id = 99") == [("0",)]
    clerk.rows("BEGIN")
    clerk.rows("SAVEPOINT s")
    refused(clerk, "SELECT * FROM salaries")
    clerk.rows("ROLLBACK TO s")
    assert clerk.rows("SELECT 1") == [("1",)]
    clerk.rows("COMMIT")


def test_extended_query_is_skipped_to_its_sync(clerk: RawPostgres) -> None:
    write = parse("", "INSERT INTO orders VALUES (98, 'lost')") + bind("", "") + execute()
    read = parse("", "SELECT * FROM salaries") + bind("", "") + describe("P", "") + execute()
    good = parse("", "SELECT 'good'") + bind("", "") + execute() + SYNC
    clerk.send(write + read + SYNC + good)
    first = clerk.read_until()
    assert kinds(first) == "12CEZ" and ServerError(first[3].body).code == "42501"
    assert kinds(clerk.read_until()) == "12DCZ"
    assert clerk.rows("SELECT count(*) FROM orders WHERE id = 98") == [("0",)], "the batch is one transaction"
    clerk.send(parse("named", "SELECT * FROM salaries") + SYNC)
    assert kinds(clerk.read_until()) == "EZ"
    clerk.send(bind("", "named") + execute() + SYNC)
    assert ServerError(clerk.read_until()[0].body).code == "26000"


def test_prepared_statement_is_judged_where_its_names_are(clerk: RawPostgres) -> None:
    clerk.send(parse("s", "SELECT name FROM orders WHERE id < 3") + SYNC)
    clerk.read_until()
    clerk.send(bind("", "s") + execute() + SYNC)
    assert row(clerk.read_until()[1].body) == ("orders",)
    clerk.rows("SET search_path = other")
    clerk.send(bind("", "s") + execute() + SYNC)
    assert ServerError(clerk.read_until()[0].body).code == "42501"
    clerk.rows("RESET search_path")
    clerk.send(bind("", "s") + execute() + SYNC)
    assert kinds(clerk.read_until()) == "2DCZ"


def test_sql_prepared_statement_is_judged_again(policed: ArticDBM, clerk: RawPostgres) -> None:
    clerk.rows("PREPARE s AS SELECT name FROM orders WHERE id < 3")
    assert clerk.rows("EXECUTE s") == [("orders",)]
    clerk.rows("SET search_path = other")
    refused(clerk, "EXECUTE s")
    refused(clerk, "EXPLAIN ANALYZE EXECUTE s")
    clerk.rows("RESET search_path")
    assert clerk.rows("EXECUTE s") == [("orders",)]
    next(user for user in policed.users if user["name"] == "clerk")["grants"].pop(0)
    policed.reload()
    refused(clerk, "EXECUTE s")


def test_names_of_prepared_statements_are_no_way_round(clerk: RawPostgres) -> None:
    """What a name stands for at the server is judged, whatever else was said of the name since."""
    run = bind("", "s") + execute() + SYNC
    clerk.rows("PREPARE s AS SELECT name FROM orders WHERE id < 3")
    clerk.rows("PREPARE plain AS SELECT 1")
    with pytest.raises(ServerError, match="42P05"):
        clerk.rows("PREPARE s AS SELECT 1")
    clerk.send(parse("s", "SELECT 1") + SYNC)
    assert ServerError(clerk.read_until()[0].body).code == "42P05"
    clerk.send(run)
    assert kinds(clerk.read_until()) == "2DCZ"
    clerk.rows("SET search_path = other")
    refused(clerk, "EXECUTE s")
    clerk.send(run)
    assert ServerError(clerk.read_until()[0].body).code == "42501"
    assert clerk.rows("EXECUTE plain") == [("1",)]


def test_a_name_that_is_given_late_is_no_way_round(clerk: RawPostgres) -> None:
    """PREPARE by the protocol takes place at Execute, behind a DEALLOCATE of its name."""
    text = "SELECT name FROM orders WHERE id < 3"
    clerk.rows(f"PREPARE s AS {text}")
    clerk.send(parse("late", f"PREPARE s AS {text}") + SYNC)
    clerk.read_until()
    clerk.rows("DEALLOCATE s")
    clerk.send(bind("", "late") + execute() + SYNC)
    clerk.read_until()
    clerk.rows("SET search_path = other")
    refused(clerk, "EXECUTE s")


def test_an_unnamed_statement_that_was_skipped_leaves_the_one_before(clerk: RawPostgres) -> None:
    clerk.send(parse("away", "SET search_path = other") + SYNC)
    assert kinds(clerk.read_until()) == "1Z"
    clerk.send(parse("", "SELECT name FROM orders WHERE id < 3") + SYNC)
    assert kinds(clerk.read_until()) == "1Z"
    clerk.send(bind("", "nothing of that name") + parse("", "SELECT 1") + SYNC)
    assert kinds(clerk.read_until()) == "EZ"
    clerk.send(bind("", "away") + execute() + SYNC)
    assert kinds(clerk.read_until()) == "2CZ"
    clerk.send(bind("", "") + execute() + SYNC)
    assert ServerError(clerk.read_until()[0].body).code == "42501"


def test_reload_changes_the_rights_of_open_sessions(policed: ArticDBM, clerk: RawPostgres) -> None:
    clerk.send(parse("s", "SELECT name FROM items") + SYNC)
    clerk.read_until()
    assert clerk.rows("SELECT name FROM items")
    user = next(user for user in policed.users if user["name"] == "clerk")
    user["grants"] = [{"tables": ["orders"], "actions": ["read"]}]
    policed.reload()
    refused(clerk, "SELECT name FROM items")
    refused(clerk, "INSERT INTO orders VALUES (1)")
    clerk.send(bind("", "s") + execute() + SYNC)
    assert ServerError(clerk.read_until()[0].body).code == "42501"
    user.clear()
    user.update(name="clerk", password=PASSWORD)
    policed.reload()
    assert clerk.rows("SELECT name FROM salaries") == [("salaries",)]


def test_grant_ends_at_its_time(start, tables: PostgresServer) -> None:
    proxy = ArticDBM(tables)
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    proxy.add_user("guest", grants=[{"tables": ["orders"], "actions": ["read"], "valid_until": end}])
    start(proxy)
    with proxy.session("guest") as peer:
        assert peer.rows("SELECT count(*) > 0 FROM orders") == [("t",)]

        def is_over() -> bool:
            try:
                peer.rows("SELECT count(*) > 0 FROM orders")
            except ServerError as error:
                return error.code == "42501"
            return False

        eventually(is_over, timeout=8)


def test_groups_and_trust(start, tables: PostgresServer) -> None:
    proxy = ArticDBM(tables)
    proxy.configuration["groups"] = [
        {"name": "staff", "grants": [{"tables": ["orders"], "actions": ["read"]}]},
        {"name": "careful", "deny": [{"tables": ["salaries"], "actions": ["read"]}]},
    ]
    everything = {"tables": ["*"], "functions": ["*"], "actions": ["read", "write", "ddl", "admin", "execute"]}
    proxy.add_user("worker", groups=["staff"])
    proxy.add_user("boss", groups=["careful"], grants=[everything], allow_unparsed=True)
    start(proxy)
    with proxy.session("worker") as worker, proxy.session("boss") as boss:
        assert worker.rows("SELECT count(*) > 0 FROM orders") == [("t",)]
        refused(worker, "SELECT * FROM items")
        assert boss.rows("SELECT name FROM items") == [("items",)]
        assert boss.rows("DO $$BEGIN PERFORM 1; END$$") == []
        assert boss.rows("SELECT pg_backend_pid() IS NOT NULL") == [("t",)]
        refused(boss, "SELECT name FROM salaries")
    with proxy.session() as free:
        assert free.rows("SELECT name FROM salaries") == [("salaries",)], "a user without rules is not restricted"


def test_startup_options_are_no_way_round(policed: ArticDBM) -> None:
    with policed.session("clerk", options="-c search_path=other") as peer:
        refused(peer, "SELECT * FROM orders")
    with pytest.raises(ServerError):
        policed.session("clerk", options="-c role=postgres")


def test_function_call_messages_are_refused(clerk: RawPostgres) -> None:
    clerk.send(b"F" + (4 + 4 + 2 + 2 + 2).to_bytes(4, "big") + (1574).to_bytes(4, "big") + bytes(6))
    answer = clerk.read_until()
    assert kinds(answer) == "EZ" and ServerError(answer[0].body).code == "42501"
