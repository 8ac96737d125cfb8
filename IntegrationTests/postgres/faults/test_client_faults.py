"""Clients that die, stall, or only half exist."""

import time

import pytest

from harness.articdbm import PASSWORD, USER, ArticDBM
from harness.fault_proxy import UP, FaultProxy
from harness.postgres_server import PostgresServer
from harness.raw import Closed, RawPostgres, message, query, startup_message
from harness.wait import eventually

MIB = 1 << 20


def test_client_dies_in_a_query(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=1))
    peer = proxy.session()
    peer.send(query("SELECT pg_sleep(60), 'orphan'"))
    eventually(lambda: any("orphan" in sql and state == "active" for _, state, sql in postgres.backends()))
    peer.abort()
    eventually(
        lambda: not any("orphan" in sql and state == "active" for _, state, sql in postgres.backends()), timeout=5
    )
    with proxy.session() as other:
        assert other.rows("SELECT 1") == [("1",)]


def test_client_dies_while_it_waits(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=1))
    with proxy.session() as holder:
        holder.rows("BEGIN")
        for _ in range(5):
            waiter = proxy.session()
            waiter.send(query("SELECT 1"))
            waiter.abort()
        eventually(lambda: proxy.metrics().total("articdbm_pool_clients", state="waiting") == 0)
        holder.rows("COMMIT")
        assert holder.rows("SELECT 1") == [("1",)]


def test_client_dies_in_the_middle_of_a_message(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=1))
    for cut in (1, 4, 5, 20, 70_000):
        peer = proxy.session()
        peer.send(query("SELECT '" + "x" * 100_000 + "'")[:cut])
        peer.abort()
    with proxy.session() as other:
        assert other.rows("SELECT 1") == [("1",)]
    eventually(lambda: proxy.metrics().total("articdbm_active_connections") == 0)


def test_half_closed_client_gets_its_answers(start, postgres: PostgresServer) -> None:
    """Data and FIN arrive together: the queries before the end are answered, then the session ends."""
    proxy = start(ArticDBM(postgres))
    for _ in range(50):
        peer = proxy.session()
        peer.send(query("SELECT 'one'") + query("SELECT 'two'"))
        peer.half_close()
        received = peer.read_end()
        assert received == b"" or b"one" in received
    eventually(lambda: proxy.metrics().total("articdbm_active_connections") == 0)


def test_half_open_client_is_noticed(start, postgres: PostgresServer) -> None:
    """The client's end stops to answer: the deadline for idle clients ends the session."""
    proxy = ArticDBM(postgres, timeouts={"client_idle": "500ms"})
    start(proxy)
    with FaultProxy(f"{proxy.host}:{proxy.port}") as relay:
        peer = RawPostgres("127.0.0.1", relay.port)
        peer.login(USER, PASSWORD, "app")
        relay.faults.hang = UP
        peer.send(query("SELECT 'never arrives'"))
        eventually(lambda: proxy.metrics().total("articdbm_active_connections") == 0)
        peer.socket.close()


def test_reader_that_stops_does_not_hold_memory_or_others(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=8))
    before = proxy.resident_bytes()
    stalled = []
    for _ in range(6):
        peer = proxy.raw(receive_buffer=4096)
        peer.login(USER, PASSWORD, "app")
        peer.send(query("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT"))
        stalled.append(peer)
    with proxy.session() as other:
        for _ in range(20):
            assert other.rows("SELECT 1") == [("1",)]
    time.sleep(0.5)
    assert proxy.resident_bytes() - before < 8 * MIB
    for peer in stalled:
        peer.abort()
    eventually(lambda: not any(state == "active" for _, state, _ in postgres.backends()))


def test_writer_that_the_server_does_not_read_is_held_back(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=2))
    postgres.sql("DROP TABLE IF EXISTS held")
    postgres.sql("CREATE TABLE held (x text)")
    locker = postgres.connect(autocommit=False)
    locker.execute("LOCK TABLE held")
    before = proxy.resident_bytes()
    peer = proxy.session()
    peer.socket.settimeout(0.5)
    sent = 0
    with pytest.raises(TimeoutError):
        peer.send(query("COPY held FROM STDIN"))
        for _ in range(200):
            peer.send(message(b"d", b"y" * MIB + b"\n"))
            sent += MIB
    assert sent < 64 * MIB
    assert proxy.resident_bytes() - before < 8 * MIB
    peer.abort()
    locker.close()


def test_slow_login_ends_with_the_deadline(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, timeouts={"login": "500ms"}))
    begin = time.monotonic()
    silent, dripping = proxy.raw(), proxy.raw()
    with pytest.raises((Closed, BrokenPipeError, ConnectionResetError)):
        dripping.drip(startup_message({"user": USER, "database": "app", "options": "x" * 2000}), pause=0.01)
        dripping.read_bytes(1)
    silent.read_end()
    assert 0.3 < time.monotonic() - begin < 5
    silent.socket.close()
    dripping.socket.close()
    with proxy.session() as peer:
        time.sleep(0.7)
        assert peer.rows("SELECT 1") == [("1",)], "a session is not a login"
