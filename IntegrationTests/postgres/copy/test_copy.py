"""COPY in, out and both; with errors in the middle."""

import io

import psycopg
import psycopg2
import pytest

from harness.articdbm import ArticDBM
from harness.compare import assert_same, direct_session
from harness.postgres_server import SUPERUSER, SUPERUSER_PASSWORD, PostgresServer
from harness.raw import SYNC, ServerError, bind, execute, kinds, message, parse, query
from harness.wait import eventually

MIB = 1 << 20


@pytest.fixture
def table(postgres: PostgresServer) -> str:
    postgres.sql("DROP TABLE IF EXISTS copied")
    postgres.sql("CREATE TABLE copied (id int PRIMARY KEY, text text)")
    return "copied"


def test_copy_in_and_out(shared_proxy: ArticDBM, table: str) -> None:
    with shared_proxy.connect() as connection:
        cursor = connection.cursor()
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for index in range(10000):
                copy.write_row((index, f"text {index}"))
        assert cursor.rowcount == 10000
        with cursor.copy(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT") as copy:
            rows = list(copy.rows())
        assert rows == [(str(index), f"text {index}") for index in range(10000)]
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_binary_copy(shared_proxy: ArticDBM, table: str) -> None:
    with shared_proxy.connect() as connection:
        cursor = connection.cursor()
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int4", "text"])
            for index in range(1000):
                copy.write_row((index, "x" * index))
        with cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
            copy.set_types(["int4", "text"])
            assert sorted(copy.rows())[999] == (999, "x" * 999)


def test_messages_are_the_servers(postgres: PostgresServer, shared_proxy: ArticDBM, table: str) -> None:
    data, done, fail = message(b"d", b"1\tone\n"), message(b"c"), message(b"f", b"changed my mind\0")
    same = [
        [query("COPY (SELECT generate_series(1, 3)) TO STDOUT")],
        [query(f"BEGIN; COPY {table} FROM STDIN; ROLLBACK") + data + done],
        [query(f"COPY {table} FROM STDIN") + data + fail, query("SELECT 1")],
        [query(f"COPY {table} FROM STDIN") + message(b"d", b"not a number\tx\n") + done, query("SELECT 1")],
        [query("COPY no_such_table FROM STDIN") + data + done, query("SELECT 1")],
        [query("COPY (SELECT 1/0) TO STDOUT"), query("SELECT 1")],
        [parse("", "COPY (SELECT 1) TO STDOUT") + bind("", "") + execute() + SYNC],
        [data + done + query("SELECT 'data outside of COPY is ignored'")],
    ]
    for steps in same:
        assert_same(postgres, shared_proxy, *steps)


def test_copy_by_extended_protocol(shared_proxy: ArticDBM, table: str) -> None:
    with shared_proxy.session() as peer:
        peer.send(parse("", f"COPY {table} FROM STDIN") + bind("", "") + execute())
        peer.send(SYNC)  # ignored by the server while COPY runs
        peer.send(message(b"d", b"1\tone\n") + message(b"c") + SYNC)
        assert kinds(peer.read_until(b"Z")) == "12GCZ"
        assert peer.rows(f"SELECT * FROM {table}") == [("1", "one")]


def test_several_copies_in_one_query(shared_proxy: ArticDBM, table: str) -> None:
    with shared_proxy.session() as peer:
        peer.send(query(f"COPY {table} FROM STDIN; COPY {table} TO STDOUT; SELECT 'end'"))
        assert kinds(peer.read_until(b"G")) == "G"
        peer.send(message(b"d", b"5\tfive\n") + message(b"c"))
        assert kinds(peer.read_until(b"Z")) == "CHdcCTDCZ"


def test_wrong_message_in_copy(postgres: PostgresServer, shared_proxy: ArticDBM, table: str) -> None:
    """The server ends such a session; the proxy passes its words on."""
    ends = []
    for peer in (direct_session(postgres), shared_proxy.session()):
        peer.send(query(f"COPY {table} FROM STDIN"))
        peer.read_until(b"G")
        peer.send(query("SELECT 1"))
        ends.append(ServerError(peer.read_message().body).code)
        peer.socket.close()
    assert ends == ["08P01", "08P01"]
    with shared_proxy.session() as peer:
        assert peer.rows(f"SELECT count(*) FROM {table}") == [("0",)]


def test_large_copy_streams(shared_proxy: ArticDBM) -> None:
    before = shared_proxy.resident_bytes()
    with shared_proxy.connect() as connection:
        cursor = connection.cursor()
        size = 0
        with cursor.copy("COPY (SELECT repeat('x', 1023) FROM generate_series(1, 262144)) TO STDOUT") as copy:
            while block := copy.read():
                size += len(block)
        assert size == 256 * MIB
        cursor.execute("CREATE TEMP TABLE big (x text)")
        with cursor.copy("COPY big FROM STDIN") as copy:
            for _ in range(128):
                copy.write(("y" * 1023 + "\n").encode() * 1024)
        assert cursor.execute("SELECT count(*), sum(length(x)) FROM big").fetchone() == (131072, 131072 * 1023)
    assert shared_proxy.resident_bytes() - before < 16 * MIB


@pytest.mark.parametrize("direction", ["FROM STDIN", "TO STDOUT"])
def test_client_dies_in_copy(start, postgres: PostgresServer, table: str, direction: str) -> None:
    proxy = start(ArticDBM(postgres).pool(size=1))
    source = table if direction == "FROM STDIN" else "(SELECT repeat('x', 1000) FROM generate_series(1, 1000000))"
    peer = proxy.session()
    peer.send(query(f"COPY {source} {direction}"))
    peer.read_message()
    if direction == "FROM STDIN":
        peer.send(message(b"d", b"1\tone\n"))
    peer.abort()
    with proxy.session() as other:
        assert other.rows(f"SELECT count(*) FROM {table}") == [("0",)]
    eventually(lambda: not [state for _, state, _ in postgres.backends() if state == "active"])


def test_copy_by_psycopg2(shared_proxy: ArticDBM, table: str) -> None:
    connection = psycopg2.connect(shared_proxy.dsn())
    cursor = connection.cursor()
    cursor.copy_from(io.StringIO("".join(f"{i}\trow {i}\n" for i in range(5000))), table)
    connection.commit()
    sink = io.StringIO()
    cursor.copy_to(sink, table)
    assert sink.getvalue().count("\n") == 5000
    connection.close()


def test_replication_streams_both_ways(start, postgres: PostgresServer) -> None:
    """COPY both: a replication connection of a user who may, in session mode."""
    proxy = ArticDBM(postgres).pool(mode="session")
    proxy.add_user("replicator", replication=True,
                   backend={"identity": "own", "user": SUPERUSER, "password": SUPERUSER_PASSWORD})  # fmt: skip
    start(proxy)
    with proxy.session("replicator", replication="true") as peer:
        answer = peer.query("IDENTIFY_SYSTEM")
        assert kinds(answer) == "TDCZ"
        position = peer.rows("IDENTIFY_SYSTEM")[0][2]
        peer.send(query(f"START_REPLICATION PHYSICAL {position}"))
        assert peer.read_until(b"W")[-1].kind == b"W"
        postgres.sql("SELECT pg_switch_wal()", superuser=True)
        kind, body = peer.read_message()
        assert kind == b"d" and body[:1] in (b"w", b"k")
        peer.send(message(b"c"))
        peer.read_until(b"c")


def test_replication_needs_permission(shared_proxy: ArticDBM) -> None:
    with pytest.raises(ServerError, match="42501"):
        shared_proxy.session(replication="true")


def test_psycopg_reports_copy_errors(shared_proxy: ArticDBM, table: str) -> None:
    with shared_proxy.connect() as connection:
        with pytest.raises(psycopg.errors.UniqueViolation):
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                copy.write_row((1, "a"))
                copy.write_row((1, "b"))
        assert connection.execute("SELECT 1").fetchone() == (1,)
