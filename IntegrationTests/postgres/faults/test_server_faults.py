"""Servers that die, hang, or are cut off, at every state of a session."""

import threading
import time

import psycopg
import pytest

from harness.articdbm import PASSWORD, USER, ArticDBM
from harness.fault_proxy import DOWN, UP, FaultProxy
from harness.ports import free_port
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, Closed, RawPostgres, ServerError, bind, execute, message, parse, query
from harness.wait import eventually

#: Nothing may hang longer than this, whatever fails; the deadlines below are well under it.
PATIENCE = 8

TIMEOUTS = {"connect": "2s", "queue": "3s", "query": "3s", "cancel": "1s", "login": "5s"}


def outcome(peer: RawPostgres, *data: bytes) -> tuple[str, list[ServerError]]:
    """Sends, reads to ReadyForQuery or the end: ("ready" or "closed", errors)."""
    errors: list[ServerError] = []
    try:
        peer.send(b"".join(data))
        while True:
            kind, body = peer.read_message()
            if kind == b"E":
                errors.append(ServerError(body))
            if kind == b"Z":
                return "ready", errors
    except Closed:
        return "closed", errors


def assert_heals(proxy: ArticDBM) -> None:
    def works() -> bool:
        try:
            with proxy.session() as peer:
                return peer.rows("SELECT 'healed'") == [("healed",)]
        except (ServerError, Closed, OSError):
            return False

    eventually(works, timeout=15, interval=0.1, what="the pool heals")


SIMPLE = [query("SELECT 1, repeat('x', 100)")]
EXTENDED = [parse("", "SELECT 1"), bind("", ""), execute(), SYNC]
LARGE = [query("SELECT repeat('x', 5000000)")]
COPY_OUT = [query("COPY (SELECT generate_series(1, 100000)) TO STDOUT")]
COPY_IN = [query("CREATE TEMP TABLE c (x int); COPY c FROM STDIN"), message(b"d", b"1\n"), message(b"c")]


@pytest.mark.parametrize("action", ["reset", "close", "hang"])
@pytest.mark.parametrize(
    ("work", "direction", "kind", "partial"),
    [
        (SIMPLE, UP, b"Q", False),
        (SIMPLE, UP, b"Q", True),
        (SIMPLE, DOWN, b"T", False),
        (SIMPLE, DOWN, b"D", True),
        (SIMPLE, DOWN, b"C", False),
        (SIMPLE, DOWN, b"Z", False),
        (EXTENDED, UP, b"P", False),
        (EXTENDED, UP, b"S", False),
        (EXTENDED, DOWN, b"1", False),
        (EXTENDED, DOWN, b"D", False),
        (EXTENDED, DOWN, b"Z", True),
        (LARGE, DOWN, b"D", True),
        (COPY_OUT, DOWN, b"H", False),
        (COPY_OUT, DOWN, b"d", True),
        (COPY_IN, DOWN, b"G", False),
        (COPY_IN, UP, b"d", True),
    ],
    ids=lambda value: value.decode() if isinstance(value, bytes) else None,
)
def test_cut_at_each_state(
    start, fault: FaultProxy, work, direction: str, kind: bytes, partial: bool, action: str
) -> None:
    proxy = start(ArticDBM(fault.address, timeouts=TIMEOUTS).pool(size=1))
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        trigger = fault.arm(direction, kind, action, partial=partial)
        begin = time.monotonic()
        state, errors = outcome(peer, *work)
        assert trigger.fired.is_set()
        assert time.monotonic() - begin < PATIENCE
        # Either an error, or the end of the connection: never a reply that looks complete.
        assert errors or state == "closed"
        assert len(errors) <= 1
        if errors and state == "closed":
            assert errors[0].severity == "FATAL"
    fault.heal()
    assert_heals(proxy)
    if action != "hang":  # a statement past its deadline is not the server's failure
        assert proxy.metrics().total("articdbm_backend_errors_total") >= 1


@pytest.mark.parametrize("action", ["reset", "close", "hang"])
@pytest.mark.parametrize(
    ("direction", "kind", "count"),
    [(DOWN, b"R", 1), (UP, b"p", 1), (DOWN, b"R", 2), (UP, b"p", 2), (DOWN, b"S", 3), (DOWN, b"K", 1), (DOWN, b"Z", 1)],
)
def test_cut_during_the_servers_login(
    start, fault: FaultProxy, direction: str, kind: bytes, count: int, action: str
) -> None:
    proxy = start(ArticDBM(fault.address, timeouts=TIMEOUTS).pool(size=1, warmup=0))
    fault.arm(direction, kind, action, count)
    begin = time.monotonic()
    try:
        with proxy.session() as peer:
            outcome(peer, query("SELECT 1"))
    except (ServerError, Closed):
        pass
    assert time.monotonic() - begin < PATIENCE
    fault.heal()
    assert_heals(proxy)


def test_nothing_is_sent_twice(start, fault: FaultProxy, postgres: PostgresServer) -> None:
    """A statement whose answer is lost may have run: it must not run again."""
    postgres.sql("DROP TABLE IF EXISTS once")
    postgres.sql("CREATE TABLE once (x int)")
    proxy = start(ArticDBM(fault.address, timeouts=TIMEOUTS).pool(size=1))
    for index in range(10):
        with proxy.session() as peer:
            peer.rows("SELECT 1")
            fault.arm(DOWN, b"C")
            outcome(peer, query(f"INSERT INTO once VALUES ({index})"))
        fault.heal()
        assert_heals(proxy)
    assert postgres.sql("SELECT count(*), count(DISTINCT x) FROM once") == [(10, 10)]


def test_idle_connection_that_died_is_not_the_clients_problem(start, fault: FaultProxy) -> None:
    proxy = start(ArticDBM(fault.address, timeouts=TIMEOUTS).pool(size=2, warmup=0))
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        # The first query's connection is looked over before it is idle.
        eventually(lambda: proxy.metrics().total("articdbm_pool_servers", state="idle") == 1)
        fault.reset_all()
        # A query on its way when the reset comes may have run, so it would be lost.
        eventually(lambda: proxy.metrics().total("articdbm_server_connections_closed_total") == 1)
        assert peer.rows("SELECT 2") == [("2",)]


def test_server_is_not_there(start) -> None:
    proxy = start(ArticDBM(f"127.0.0.1:{free_port()}", timeouts=TIMEOUTS))
    begin = time.monotonic()
    with proxy.raw() as peer, pytest.raises(ServerError) as error:
        peer.login(USER, PASSWORD, "app")
        peer.rows("SELECT 1")
    assert time.monotonic() - begin < PATIENCE
    assert error.value.code[:2] in ("08", "57", "53")


def test_primary_killed_under_load(start, own_postgres: PostgresServer) -> None:
    own_postgres.sql("CREATE TABLE written (worker int, n int, PRIMARY KEY (worker, n))")
    own_postgres.configure(fsync="on", synchronous_commit="on")
    own_postgres.restart()
    proxy = start(ArticDBM(own_postgres, timeouts=TIMEOUTS).pool(size=4))
    stop = threading.Event()
    confirmed: list[tuple[int, int]] = []
    wrong: list[str] = []
    longest = [0.0]

    def work(worker: int) -> None:
        n = 0
        connection = None
        while not stop.is_set():
            begin = time.monotonic()
            try:
                connection = connection or proxy.connect()
                n += 1
                connection.execute("INSERT INTO written VALUES (%s, %s)", (worker, n))
                confirmed.append((worker, n))
                row = connection.execute("SELECT %s::int, %s::int", (worker, n)).fetchone()
                if row != (worker, n):
                    wrong.append(f"{row} instead of {(worker, n)}")
            except psycopg.Error:
                if connection is not None and (connection.closed or connection.broken):
                    connection = None
                stop.wait(0.02)
            longest[0] = max(longest[0], time.monotonic() - begin)
        if connection:
            connection.close()

    workers = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for worker in workers:
        worker.start()
    for _ in range(2):
        time.sleep(0.7)
        own_postgres.kill()
        time.sleep(0.3)
        own_postgres.start()
    before = len(confirmed)
    eventually(lambda: len(confirmed) > before + 50, timeout=15, what="work goes on")
    stop.set()
    for worker in workers:
        worker.join(30)
        assert not worker.is_alive(), "a client hangs"
    assert wrong == []
    assert longest[0] < PATIENCE
    there = set(own_postgres.sql("SELECT worker, n FROM written"))
    assert set(confirmed) <= there, "what was confirmed is there"
    assert_heals(proxy)
    eventually(lambda: proxy.metrics().total("articdbm_pool_clients", state="waiting") == 0)
    eventually(lambda: len(own_postgres.backends()) <= 4)


def test_server_shutdown_is_told(start, own_postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(own_postgres, timeouts=TIMEOUTS).pool(size=2))
    with proxy.session() as peer:
        peer.rows("BEGIN")
        stopper = threading.Thread(target=own_postgres.restart)
        peer.send(query("SELECT pg_sleep(60)"))
        stopper.start()
        state, errors = "", []
        try:
            while True:
                kind, body = peer.read_message()
                if kind == b"E":
                    errors.append(ServerError(body))
        except Closed:
            state = "closed"
        stopper.join()
        assert state == "closed" and errors and errors[0].severity == "FATAL"
    assert_heals(proxy)


def test_slow_server_connection_is_patient(start, fault: FaultProxy) -> None:
    fault.faults.chunk = 1
    proxy = start(ArticDBM(fault.address))
    with proxy.session() as peer:
        assert peer.rows("SELECT 'drop by drop'") == [("drop by drop",)]
    fault.heal()
    fault.faults.delay = 0.05
    with proxy.session() as peer:
        assert peer.rows("SELECT 'late'") == [("late",)]
