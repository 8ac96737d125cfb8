"""Named prepared statements in transaction mode, on whatever server connection a statement meets."""

import psycopg
import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, ServerError, bind, close, describe, execute, fields, kinds, parse, row


@pytest.fixture
def narrow(start, postgres: PostgresServer) -> ArticDBM:
    """Two server connections for all, and few statements on each."""
    return start(ArticDBM(postgres).pool(size=2, prepared_statements=10))


def test_same_name_of_different_clients(narrow: ArticDBM) -> None:
    peers = [narrow.session() for _ in range(6)]
    for index, peer in enumerate(peers):
        peer.send(parse("s", f"SELECT {index} + $1::int") + SYNC)
        assert kinds(peer.read_until()) == "1Z"
    for _ in range(3):
        for index, peer in enumerate(peers):
            peer.send(bind("", "s", b"100") + execute() + SYNC)
            assert row(peer.read_until()[1].body) == (str(100 + index),)
    for peer in peers:
        peer.close()


def test_more_statements_than_a_server_keeps(narrow: ArticDBM, postgres: PostgresServer) -> None:
    with narrow.session() as peer:
        for index in range(100):
            peer.send(parse(f"s{index}", f"SELECT {index}") + SYNC)
            peer.read_until()
        for index in (0, 99, 50, 0, 99):
            peer.send(bind("", f"s{index}") + execute() + SYNC)
            assert row(peer.read_until()[1].body) == (str(index),)
        held = int(peer.rows("SELECT count(*) FROM pg_prepared_statements")[0][0])
        assert held <= 11
    assert narrow.metrics().total("articdbm_prepared_statement_evictions_total") > 0


def test_describe_after_move(narrow: ArticDBM) -> None:
    peers = [narrow.session() for _ in range(4)]
    peers[0].send(parse("s", "SELECT $1::int AS a, 'x'::text AS b") + describe("S", "s") + SYNC)
    first = peers[0].read_until()
    for other in peers[1:]:
        other.query("BEGIN")  # takes a connection
        peers[0].send(describe("S", "s") + SYNC)
        assert peers[0].read_until() == first[1:]
        other.query("COMMIT")
    for peer in peers:
        peer.close()


def test_close_and_reuse_of_a_name(narrow: ArticDBM) -> None:
    with narrow.session() as peer:
        peer.send(parse("s", "SELECT 1") + SYNC)
        peer.read_until()
        peer.send(close("S", "s") + parse("s", "SELECT 'two'") + bind("", "s") + execute() + SYNC)
        assert kinds(peer.read_until()) == "312DCZ"
        peer.send(parse("s", "SELECT 3") + SYNC)
        assert "42P05" in str(ServerError(peer.read_until()[0].body))


def test_failed_parse_leaves_no_name(narrow: ArticDBM) -> None:
    with narrow.session() as peer:
        peer.send(parse("bad", "SELECT * FROM no_such_table") + SYNC)
        assert kinds(peer.read_until()) == "EZ"
        peer.send(bind("", "bad") + SYNC)
        assert "26000" in str(ServerError(peer.read_until()[0].body))
        peer.send(parse("bad", "SELECT 1") + bind("", "bad") + execute() + SYNC)
        assert kinds(peer.read_until()) == "12DCZ"


def test_sql_prepare_follows_the_client(narrow: ArticDBM) -> None:
    a, b = narrow.session(), narrow.session()
    a.rows("PREPARE p(int) AS SELECT $1 + 1")
    b.rows("PREPARE p(int) AS SELECT $1 + 2")
    for _ in range(4):
        assert a.rows("EXECUTE p(1)") == [("2",)]
        assert b.rows("EXECUTE p(1)") == [("3",)]
    a.rows("DEALLOCATE p")
    with pytest.raises(ServerError, match="26000"):
        a.rows("EXECUTE p(1)")
    assert b.rows("EXECUTE p(1)") == [("3",)]
    a.close()
    b.close()


@pytest.mark.parametrize("statement", ["DEALLOCATE ALL", "DISCARD ALL"])
def test_all_statements_are_forgotten(narrow: ArticDBM, statement: str) -> None:
    a, b = narrow.session(), narrow.session()
    for peer in (a, b):
        peer.send(parse("s", "SELECT 1") + SYNC)
        peer.read_until()
    a.rows(statement)
    a.send(bind("", "s") + execute() + SYNC)
    assert "26000" in str(ServerError(a.read_until()[0].body))
    b.send(bind("", "s") + execute() + SYNC)
    assert kinds(b.read_until()) == "2DCZ"
    a.close()
    b.close()


def test_sql_and_protocol_share_their_names(narrow: ArticDBM) -> None:
    with narrow.session() as peer:
        peer.send(parse("s", "SELECT 'protocol'") + SYNC)
        peer.read_until()
        assert peer.rows("EXECUTE s") == [("protocol",)]
        peer.rows("PREPARE t AS SELECT 'sql'")
        peer.send(bind("", "t") + execute() + SYNC)
        assert kinds(peer.read_until()) == "2DCZ"


def test_schema_change_under_a_statement(narrow: ArticDBM, postgres: PostgresServer) -> None:
    postgres.sql("DROP TABLE IF EXISTS changing")
    postgres.sql("CREATE TABLE changing (a int)")
    with narrow.session() as peer:
        peer.send(parse("s", "SELECT * FROM changing") + bind("", "s") + execute() + SYNC)
        assert kinds(peer.read_until()) == "12CZ"
        postgres.sql("ALTER TABLE changing ADD COLUMN b int")
        peer.send(bind("", "s") + execute() + SYNC)
        error = ServerError(peer.read_until()[0].body)
        assert (error.code, error.message) == ("0A000", "cached plan must not change result type")
        peer.send(close("S", "s") + parse("s", "SELECT * FROM changing") + bind("", "s") + execute() + SYNC)
        assert kinds(peer.read_until()) == "312CZ", "as on a connection of one's own"
    # A statement of the same text prepared anew by another client sees the new shape.
    with narrow.session() as peer:
        peer.send(parse("s", "SELECT * FROM changing") + describe("S", "s") + SYNC)
        assert b"b\0" in peer.read_until()[2].body


def test_explained_statement_is_found_by_its_name(narrow: ArticDBM) -> None:
    with narrow.session() as peer:
        peer.rows("PREPARE s(int) AS SELECT $1 AS given")
        for prefix in ("EXPLAIN", "EXPLAIN (COSTS off)", "EXPLAIN ANALYZE", "EXPLAIN CREATE TABLE made AS"):
            assert "Result" in peer.rows(f"{prefix} EXECUTE s(1)")[0][0]
        assert peer.rows("EXPLAIN EXECUTE s(1); EXECUTE s(7)")[-1] == ("7",)
        with pytest.raises(ServerError, match=r'26000.*"missing"'):
            peer.rows("EXPLAIN EXECUTE missing")


def test_schema_change_by_another_client(narrow: ArticDBM, postgres: PostgresServer) -> None:
    """Who prepares a text after the change never meets what others prepared before it."""
    postgres.sql("DROP TABLE IF EXISTS changed")
    postgres.sql("CREATE TABLE changed (a int)")
    prepare = parse("s", "SELECT * FROM changed") + bind("", "s") + execute() + SYNC
    with narrow.session() as first, narrow.session() as second, narrow.session() as changer:
        first.send(prepare)
        assert kinds(first.read_until()) == "12CZ"
        changer.rows("ALTER TABLE changed ADD COLUMN b int")
        second.send(prepare)
        assert kinds(second.read_until()) == "12CZ"
        changer.rows("BEGIN")
        changer.rows("ALTER TABLE changed ADD COLUMN c int")
        changer.send(prepare)
        assert kinds(changer.read_until()) == "12CZ", "in the same transaction"
        changer.rows("COMMIT")


def test_search_path_belongs_to_the_statement(narrow: ArticDBM, postgres: PostgresServer) -> None:
    for schema in ("one", "two"):
        postgres.sql(f"DROP SCHEMA IF EXISTS s_{schema} CASCADE")
        postgres.sql(f"CREATE SCHEMA s_{schema}")
        postgres.sql(f"CREATE TABLE s_{schema}.place AS SELECT '{schema}'::text AS name")
    a, b = narrow.session(), narrow.session()
    a.rows("SET search_path = s_one")
    b.rows("SET search_path = s_two")
    for peer in (a, b):
        peer.send(parse("s", "SELECT name FROM place") + SYNC)
        peer.read_until()
    for _ in range(4):
        for peer, name in ((a, "one"), (b, "two")):
            peer.send(bind("", "s") + execute() + SYNC)
            assert row(peer.read_until()[1].body) == (name,)
    a.close()
    b.close()


def test_statement_is_prepared_again_inside_a_failed_transaction(narrow: ArticDBM) -> None:
    """A statement the server lacks can't be prepared in a failed transaction: the server's own error must come."""
    keeper = narrow.session()
    keeper.query("BEGIN")
    peer = narrow.session()
    peer.send(parse("s", "SELECT 1") + SYNC)
    peer.read_until()
    peer.query("BEGIN")
    peer.query("SELECT 1/0")
    peer.send(bind("", "s") + execute() + SYNC)
    assert ServerError(peer.read_until()[0].body).code == "25P02"
    peer.query("ROLLBACK")
    peer.send(bind("", "s") + execute() + SYNC)
    assert kinds(peer.read_until()) == "2DCZ"
    peer.close()
    keeper.close()


def test_psycopg_prepares_by_itself(narrow: ArticDBM) -> None:
    with narrow.connect(prepare_threshold=0) as a, narrow.connect(prepare_threshold=0) as b:
        for index in range(30):
            assert a.execute("SELECT %s::int + 1", (index,)).fetchone() == (index + 1,)
            assert b.execute("SELECT %s::int + 2", (index,)).fetchone() == (index + 2,)
            assert a.execute(f"SELECT %s::int + {index}", (1,)).fetchone() == (index + 1,)


def test_statements_end_with_their_client(narrow: ArticDBM) -> None:
    for _ in range(50):
        with narrow.connect(prepare_threshold=0) as connection:
            connection.execute("SELECT %s::int", (1,))
    with pytest.raises(psycopg.errors.InvalidSqlStatementName), narrow.connect() as connection:
        connection.execute("EXECUTE _pg3_0(1)")


def test_each_client_hears_the_warnings_of_its_text(proxy: ArticDBM) -> None:
    """PostgreSQL warns of backslashes when it parses; that another client had the text parsed takes nothing away."""
    heard = []
    for _ in range(3):
        with proxy.session(standard_conforming_strings="off") as peer:
            peer.send(parse("named", r"SELECT 'a\\b'"))
            heard.append([fields(body)["C"] for kind, body in peer.sync() if kind == b"N"])
    assert heard == [["22P06"]] * 3
