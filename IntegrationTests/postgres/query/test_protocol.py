"""Every form of query gets the very bytes the server answers."""

import pytest

from harness.articdbm import ArticDBM
from harness.compare import assert_same
from harness.postgres_server import PostgresServer
from harness.raw import FLUSH, SYNC, bind, close, describe, execute, kinds, message, parse, query

SIMPLE = {
    "one row": "SELECT 1 AS one, NULL, 'text'",
    "no rows": "SELECT 1 WHERE false",
    "no columns": "SELECT",
    "empty": "",
    "only spaces": "  \n ",
    "only a comment": "-- nothing",
    "several": "SELECT 1; SELECT 2; ; SELECT 3",
    "error": "SELECT 1/0",
    "error in the middle": "SELECT 1; SELECT 1/0; SELECT 2",
    "syntax error": "SELEC 1",
    "notice": "DO $$ BEGIN RAISE NOTICE 'hello'; END $$",
    "warning": "ROLLBACK",
    "several with transaction": "BEGIN; SELECT 1; COMMIT; SELECT 2",
    "left in a transaction": "BEGIN; SELECT 1",
    "failed transaction": "BEGIN; SELECT 1/0",
    "error ends an implicit transaction": "CREATE TEMP TABLE t (x int); INSERT INTO t VALUES (1); SELECT 1/0",
    "standard strings": r"SELECT 'a\nb', E'a\nb', $tag$;'$tag$, U&'\0041'",
    "many columns": "SELECT " + ", ".join(map(str, range(1600))),
    "many rows": "SELECT i, repeat('x', i % 100) FROM generate_series(1, 20000) AS i",
    "wide row": "SELECT repeat('x', 3000000), repeat('y', 3000000)",
    "explain": "EXPLAIN (COSTS off) SELECT * FROM pg_class WHERE oid = 1",
    "show": "SHOW server_version",
    "values and types": "SELECT 1::smallint, 2.5::numeric, true, now() IS NULL, '{1,2}'::int[], '\\x00ff'::bytea",
}  # fmt: skip


@pytest.mark.parametrize("sql", SIMPLE.values(), ids=SIMPLE.keys())
def test_simple(postgres: PostgresServer, shared_proxy: ArticDBM, sql: str) -> None:
    assert_same(postgres, shared_proxy, query(sql), query("SELECT 'after'"))


EXTENDED = {
    "parse bind execute": [parse("", "SELECT $1::int + 1"), bind("", "", b"41"), execute(), SYNC],
    "with describe": [
        parse("", "SELECT $1::text AS a"), describe("S"), bind("", "", b"x"), describe("P"), execute(), SYNC,
    ],
    "binary result": [parse("", "SELECT 7::int8"), bind("", "", result_format=1), describe("P"), execute(), SYNC],
    "null parameter": [parse("", "SELECT $1::text IS NULL"), bind("", "", None), execute(), SYNC],
    "empty statement": [parse("", ""), bind("", ""), execute(), SYNC],
    "row limit": [
        query("BEGIN"),
        parse("", "SELECT generate_series(1, 10)"), bind("c", ""), execute("c", 3), execute("c", 3), execute("c"), SYNC,
        query("COMMIT"),
    ],
    "portal gone after sync": [parse("", "SELECT 1"), bind("p", ""), SYNC, execute("p"), SYNC],
    "error skips to sync": [
        parse("", "SELECT 1/0"), bind("", ""), execute(), parse("", "SELECT 2"), bind("", ""), execute(), SYNC,
    ],
    "parse error": [parse("", "SELEC"), bind("", ""), execute(), SYNC],
    "bind of nothing": [bind("", "no_such"), execute(), SYNC],
    "execute of nothing": [execute("no_such"), SYNC],
    "describe of nothing": [describe("S", "no_such"), SYNC, describe("P", "no_such"), SYNC],
    "close of nothing": [close("S", "no_such"), close("P", "no_such"), SYNC],
    "wrong number of parameters": [parse("", "SELECT $1::int"), bind("", ""), execute(), SYNC],
    "several pipelined": [
        message for i in range(50)
        for message in (parse("", f"SELECT {i}"), bind("", ""), execute(), SYNC)
    ],
    "one transaction until sync": [
        parse("", "CREATE TEMP TABLE p (x int)"), bind("", ""), execute(),
        parse("", "INSERT INTO p VALUES (1)"), bind("", ""), execute(),
        parse("", "SELECT count(*) FROM p"), bind("", ""), execute(), SYNC,
    ],
    "implicit transaction rolls back": [
        parse("", "SELECT set_config('work_mem', '9MB', false)"), bind("", ""), execute(),
        parse("", "SELECT 1/0"), bind("", ""), execute(), SYNC, query("SHOW work_mem"),
    ],
    "named statement": [
        parse("s", "SELECT $1::int * 2"), SYNC,
        bind("", "s", b"4"), execute(), SYNC, bind("", "s", b"5"), execute(), SYNC,
        describe("S", "s"), SYNC, close("S", "s"), SYNC, bind("", "s", b"6"), SYNC,
    ],
    "named twice": [parse("s", "SELECT 1"), SYNC, parse("s", "SELECT 2"), SYNC, bind("", "s"), execute(), SYNC],
    "unnamed survives sync": [
        parse("", "SELECT 11"), SYNC, bind("", ""), execute(), SYNC, bind("", ""), execute(), SYNC,
    ],
    "simple query ends the unnamed": [parse("", "SELECT 11"), SYNC, query("SELECT 1"), bind("", ""), execute(), SYNC],
    "flush before sync": [parse("", "SELECT 1"), FLUSH, bind("", ""), FLUSH, execute(), FLUSH, SYNC],
    "several syncs": [SYNC, SYNC, SYNC],
    "begin in the pipeline": [
        parse("", "BEGIN"), bind("", ""), execute(), SYNC, parse("", "SELECT 1"), bind("", ""), execute(), SYNC,
        parse("", "COMMIT"), bind("", ""), execute(), SYNC,
    ],
    "failed transaction": [
        query("BEGIN"), parse("", "SELECT 1/0"), bind("", ""), execute(), SYNC,
        parse("", "SELECT 1"), SYNC, query("ROLLBACK"),
    ],
    "function call": [message(b"F", b"\0\0\5\x58" + b"\0\0" + b"\0\1" + b"\0\0\0\4-123" + b"\0\0"), SYNC],
    "unknown function": [message(b"F", b"\x7f\xff\xff\xff" + b"\0\0\0\0\0\0"), SYNC],
}  # fmt: skip


@pytest.mark.parametrize("steps", EXTENDED.values(), ids=EXTENDED.keys())
@pytest.mark.parametrize("together", [True, False], ids=["one write", "message by message"])
def test_extended(postgres: PostgresServer, shared_proxy: ArticDBM, steps: list[bytes], together: bool) -> None:
    assert_same(postgres, shared_proxy, *([b"".join(steps)] if together else steps), query("SELECT 'after'"))


def test_answer_comes_at_flush(shared_proxy: ArticDBM) -> None:
    with shared_proxy.session() as peer:
        peer.send(parse("", "SELECT 5") + bind("", "") + describe("P") + execute() + FLUSH)
        assert kinds(peer.read_until(b"C")) == "12TDC"
        peer.send(SYNC)
        assert kinds(peer.read_until(b"Z")) == "Z"


def test_messages_arrive_byte_by_byte(postgres: PostgresServer, shared_proxy: ArticDBM) -> None:
    with shared_proxy.session() as peer:
        peer.drip(query("SELECT 'dripped'") + parse("", "SELECT 2") + bind("", "") + execute() + SYNC)
        assert kinds(peer.read_until(b"Z")) == "TDCZ"
        assert kinds(peer.read_until(b"Z")) == "12DCZ"


@pytest.mark.parametrize("count", [1000])
def test_pipeline_of_many_statements(shared_proxy: ArticDBM, count: int) -> None:
    """Answers of a long pipeline come in order, also when the client reads nothing before it has sent all."""
    with shared_proxy.session() as peer:
        peer.send(b"".join(parse("", f"SELECT {i}") + bind("", "") + execute() + SYNC for i in range(count)))
        for i in range(count):
            messages = peer.read_until(b"Z")
            assert kinds(messages) == "12DCZ"
            assert messages[2].body.endswith(str(i).encode())


def test_unknown_message_ends_the_session(shared_proxy: ArticDBM) -> None:
    with shared_proxy.session() as peer:
        peer.send_message(b"~", b"what?")
        answer = peer.read_end()
        assert answer[:1] == b"E" and b"08P01" in answer


def test_terminate_ends_the_session_quietly(shared_proxy: ArticDBM) -> None:
    with shared_proxy.session() as peer:
        peer.send_message(b"X")
        assert peer.read_end() == b""
