"""Modes, limits, waiting and fairness of pools."""

import statistics
import threading
import time

import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import ServerError, fields, query, row
from harness.wait import eventually

PID = "SELECT pg_backend_pid()"


def test_transaction_mode_shares_connections(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=2))
    peers = [proxy.session() for _ in range(10)]
    pids = {peer.rows(PID)[0][0] for _ in range(3) for peer in peers}
    assert 1 <= len(pids) <= 2
    for peer in peers:
        peer.close()


def test_transaction_keeps_its_connection(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=2))
    with proxy.session() as a, proxy.session() as b:
        a.rows("BEGIN")
        own = a.rows(PID)
        for _ in range(5):
            assert b.rows(PID) != own
            assert a.rows(PID) == own
        a.rows("COMMIT")


def test_session_mode_keeps_the_connection(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(mode="session", size=2))
    a, b = proxy.session(), proxy.session()
    a_pid, b_pid = a.rows(PID), b.rows(PID)
    assert a_pid != b_pid
    assert [a.rows(PID), b.rows(PID)] == [a_pid, b_pid]
    a.rows("SET work_mem = '9MB'; CREATE TEMP TABLE leftover (x int)")
    a.close()
    with proxy.session() as c:
        assert c.rows("SHOW work_mem") == [("4MB",)]
        with pytest.raises(ServerError, match="42P01"):
            c.rows("SELECT * FROM leftover")
    b.close()


def test_statement_mode_refuses_transactions(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(mode="statement", size=1))
    with proxy.session() as a, proxy.session() as b:
        assert a.rows("SELECT 1") == [("1",)]
        with pytest.raises(ServerError) as error:
            a.rows("BEGIN")
        assert error.value.severity in ("ERROR", "FATAL")
        assert b.rows("SELECT 1") == [("1",)]


def test_mode_of_a_user(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=3).add_user("keeper", pool_mode="session"))
    with proxy.session("keeper") as keeper, proxy.session() as other:
        own = keeper.rows(PID)
        for _ in range(4):
            assert other.rows(PID) != own
        assert keeper.rows(PID) == own


def test_size_is_exact_under_load(start, postgres: PostgresServer) -> None:
    """Limits hold over all loops, whatever they do at once."""
    proxy = start(ArticDBM(postgres).pool(size=3, warmup=0))
    most = 0
    stop = threading.Event()

    def work() -> None:
        with proxy.session() as peer:
            while not stop.is_set():
                peer.rows("SELECT pg_sleep(0.001)")

    workers = [threading.Thread(target=work) for _ in range(16)]
    for worker in workers:
        worker.start()
    for _ in range(30):
        most = max(most, proxy.server_connections(postgres))
        time.sleep(0.02)
    stop.set()
    for worker in workers:
        worker.join()
    assert 1 <= most <= 3


def test_max_connections_of_a_backend(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres).pool(size=5)
    proxy.backend["max_connections"] = 2
    start(proxy)
    held = [proxy.session(database=name) for name in ("app", "other")]
    for peer in held:
        peer.rows("BEGIN")
    third = proxy.session()
    third.send(query("SELECT 1"))
    assert third.is_silent(0.3)
    held[0].rows("COMMIT")
    assert [kind for kind, _ in third.read_until(b"Z")][-1] == b"Z"
    assert proxy.server_connections(postgres) <= 2
    for peer in (*held, third):
        peer.close()


def test_idle_connections_make_room_for_another_pool(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres).pool(size=5)
    proxy.backend["max_connections"] = 2
    start(proxy)
    for _ in range(3):
        for name in ("app", "other"):
            with proxy.session(database=name) as peer:
                assert peer.rows("SELECT current_database()") == [(name,)]
    assert proxy.server_connections(postgres) <= 2


def test_waiting_ends_with_the_deadline(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, timeouts={"queue": "500ms"}).pool(size=1))
    with proxy.session() as holder, proxy.session() as waiter:
        holder.rows("BEGIN")
        begin = time.monotonic()
        with pytest.raises(ServerError) as error:
            waiter.rows("SELECT 1")
        assert 0.4 < time.monotonic() - begin < 3
        assert error.value.code == "53300"
        holder.rows("COMMIT")
        assert waiter.rows("SELECT 1") == [("1",)], "the session lives on"
    assert proxy.metrics().total("articdbm_pool_timeouts_total") == 1


def test_long_wait_is_announced(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=1))
    with proxy.session() as holder, proxy.session() as waiter:
        holder.rows("BEGIN")
        waiter.send(query("SELECT 'patience'"))
        kind, body = waiter.read_message()
        assert kind == b"N"
        assert fields(body)["S"] == "NOTICE"
        holder.rows("COMMIT")
        assert [kind for kind, _ in waiter.read_until(b"Z")] == [b"T", b"D", b"C", b"Z"]


def test_queue_is_first_come_first_served(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, runtime={"threads": 1}).pool(size=1))
    holder = proxy.session()
    holder.rows("BEGIN")
    waiters = [proxy.session() for _ in range(5)]
    for index, waiter in enumerate(waiters):
        waiter.send(query("SELECT to_char(clock_timestamp(), 'HH24:MI:SS.US')"))
        eventually(lambda index=index: proxy.metrics().total("articdbm_pool_clients", state="waiting") == index + 1)
    holder.rows("COMMIT")
    stamps = []
    for index, waiter in enumerate(waiters):
        stamps.append((row(waiter.read_until(b"Z")[1].body)[0], index))
        waiter.close()
    order = [index for _, index in sorted(stamps)]
    assert order == [0, 1, 2, 3, 4]
    holder.close()


def test_one_connection_is_shared_fairly_by_two_loops(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, runtime={"threads": 2}).pool(size=1))
    waits: list[float] = []
    lock = threading.Lock()
    stop = threading.Event()

    def work() -> None:
        with proxy.session() as peer:
            mine = []
            while not stop.is_set():
                begin = time.perf_counter()
                peer.rows("SELECT pg_sleep(0.005)")
                mine.append(time.perf_counter() - begin)
            with lock:
                waits.extend(mine[2:])

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    time.sleep(3)
    stop.set()
    for worker in workers:
        worker.join()
    # The bar is 2 for the pool itself; eight Python threads on a busy machine add their own.
    assert max(waits) < 4 * statistics.median(waits)


def test_idle_connections_are_closed(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=6, idle="300ms", keep_idle=0, warmup=0))
    peers = [proxy.session() for _ in range(6)]
    for peer in peers:
        peer.rows("BEGIN")
    assert proxy.server_connections(postgres) == 6
    for peer in peers:
        peer.rows("COMMIT")
    eventually(lambda: proxy.server_connections(postgres) <= 1)
    for peer in peers:
        assert peer.rows("SELECT 1") == [("1",)]
        peer.close()


def test_connections_do_not_outlive_their_life(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=1, lifetime="1s", lifetime_jitter=0))
    with proxy.session() as peer:
        first = peer.rows(PID)
        eventually(lambda: peer.rows(PID) != first, timeout=10, interval=0.1)


def test_warm_up(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=10, warmup=0.3, min=5))
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        eventually(lambda: proxy.server_connections(postgres) >= 5)


def test_database_pools_are_apart(start, postgres: PostgresServer) -> None:
    databases = [
        {"name": "shop", "backend": "main", "database": "app", "pool": {"size": 1}},
        {"name": "*", "backend": "main"},
    ]
    proxy = start(ArticDBM(postgres, databases=databases))
    with proxy.session(database="shop") as shop, proxy.session(database="other") as other:
        assert shop.rows("SELECT current_database()") == [("app",)]
        assert other.rows("SELECT current_database()") == [("other",)]
        shop.rows("BEGIN")
        with proxy.session(database="shop") as second:
            second.send(query("SELECT 1"))
            assert second.is_silent(0.3)
            assert other.rows("SELECT 1") == [("1",)]
            shop.rows("COMMIT")
            second.read_until(b"Z")


def test_listed_databases_are_the_only_ones(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, databases=[{"name": "shop", "backend": "main", "database": "app"}]))
    with pytest.raises(ServerError, match="3D000"):
        proxy.session(database="app")
    with proxy.session(database="shop") as peer:
        assert peer.rows("SELECT current_database()") == [("app",)]


def test_idle_transaction_is_ended(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, timeouts={"idle_transaction": "300ms"}).pool(size=1))
    with proxy.session() as peer:
        peer.rows("BEGIN")
        assert b"25P03" in peer.read_end()
    with proxy.session() as other:
        assert other.rows("SELECT 1") == [("1",)]


def test_idle_client_is_ended(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, timeouts={"client_idle": "300ms"}))
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        assert b"57P05" in peer.read_end()
