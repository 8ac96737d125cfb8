"""A cancel request ends the query it was meant for, and no other."""

import threading
import time

import psycopg
import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import RawPostgres, ServerError, cancel_request, query
from harness.wait import eventually


def cancel(proxy: ArticDBM, key: tuple[int, bytes]) -> None:
    """Sends the request and waits until the proxy has closed, as libpq does."""
    with proxy.raw() as request:
        request.send(cancel_request(key))
        assert request.read_end() == b""


def is_running(postgres: PostgresServer, text: str) -> bool:
    return any(state == "active" and text in sql for _, state, sql in postgres.backends())


def test_running_query_is_cancelled(shared_proxy: ArticDBM, postgres: PostgresServer) -> None:
    with shared_proxy.session() as peer:
        peer.send(query("SELECT pg_sleep(60), 'victim'"))
        eventually(lambda: is_running(postgres, "victim"))
        cancel(shared_proxy, peer.key)
        errors = [ServerError(body) for kind, body in peer.read_until(b"Z") if kind == b"E"]
        assert [error.code for error in errors] == ["57014"]
        assert peer.rows("SELECT 1") == [("1",)]
    assert shared_proxy.metrics().total("articdbm_cancels_total", result="accepted") >= 1


def test_drivers_cancel(shared_proxy: ArticDBM, postgres: PostgresServer) -> None:
    with shared_proxy.connect() as connection:
        for text in ("first", "second"):
            canceller = threading.Thread(
                target=lambda text=text: (eventually(lambda: is_running(postgres, text)), connection.cancel_safe())
            )
            canceller.start()
            with pytest.raises(psycopg.errors.QueryCanceled):
                connection.execute(f"SELECT pg_sleep(60), '{text}'")
            canceller.join()


@pytest.mark.parametrize("key", [(0, b"\0\0\0\0"), (1, b"abcd"), (-1, b"\xff" * 4), (7, b"x" * 32), (7, b"x" * 256)])
def test_unknown_key_harms_nobody(shared_proxy: ArticDBM, key: tuple[int, bytes]) -> None:
    with shared_proxy.session() as peer:
        cancel(shared_proxy, key)
        assert peer.rows("SELECT 1") == [("1",)]


def test_key_guessed_in_part_harms_nobody(shared_proxy: ArticDBM, postgres: PostgresServer) -> None:
    with shared_proxy.session() as peer:
        peer.send(query("SELECT pg_sleep(1), 'spared'"))
        eventually(lambda: is_running(postgres, "spared"))
        cancel(shared_proxy, (peer.key[0], bytes(byte ^ 1 for byte in peer.key[1])))
        assert [kind for kind, _ in peer.read_until(b"Z")] == [b"T", b"D", b"C", b"Z"]


def test_keys_are_the_proxys_own(shared_proxy: ArticDBM, postgres: PostgresServer) -> None:
    with shared_proxy.session() as a, shared_proxy.session() as b:
        assert a.key != b.key
        direct = RawPostgres(postgres.host, postgres.port)
        direct.send(cancel_request(a.key))
        direct.read_end()
        assert a.rows("SELECT 1") == [("1",)]


def test_idle_client_is_not_cancelled_later(shared_proxy: ArticDBM) -> None:
    with shared_proxy.session() as peer:
        cancel(shared_proxy, peer.key)
        assert peer.rows("SELECT pg_sleep(0.2)") == [("",)]


def test_neighbour_on_the_same_connection_is_spared(start, postgres: PostgresServer) -> None:
    """Pool of one: the client right behind must never get the cancel that was meant for the one before it."""
    proxy = start(ArticDBM(postgres).pool(size=1))
    first, second = proxy.session(), proxy.session()
    for index in range(60):
        first.send(query("SELECT pg_sleep(0.002)"))
        second.send(query("SELECT pg_sleep(0.004), 'neighbour'"))
        with proxy.raw() as request:
            time.sleep((index % 10) * 0.0005)
            request.send(cancel_request(first.key))
            answer = [ServerError(body).code for kind, body in first.read_until(b"Z") if kind == b"E"]
            assert answer in ([], ["57014"])
            errors = [ServerError(body) for kind, body in second.read_until(b"Z") if kind == b"E"]
            assert errors == []
            request.read_end()
    first.close()
    second.close()


def test_waiting_client_can_cancel(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=1))
    holder, waiter = proxy.session(), proxy.session()
    holder.query("BEGIN")
    waiter.send(query("SELECT 'waits'"))
    assert waiter.is_silent(0.2)
    cancel(proxy, waiter.key)
    errors = [ServerError(body) for kind, body in waiter.read_until(b"Z") if kind == b"E"]
    assert [error.code for error in errors] == ["57014"]
    holder.query("COMMIT")
    assert waiter.rows("SELECT 1") == [("1",)]
    holder.close()
    waiter.close()


def test_cancel_over_tls(shared_proxy: ArticDBM, postgres: PostgresServer) -> None:
    with shared_proxy.session() as peer:
        peer.send(query("SELECT pg_sleep(60), 'encrypted'"))
        eventually(lambda: is_running(postgres, "encrypted"))
        with shared_proxy.raw() as request:
            request.start_tls()
            request.send(cancel_request(peer.key))
            request.read_end()
        assert [ServerError(body).code for kind, body in peer.read_until(b"Z") if kind == b"E"] == ["57014"]


def test_server_that_ignores_the_cancel_is_given_up(start, own_postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(own_postgres, timeouts={"cancel": "500ms"}).pool(size=1))
    victim = proxy.session()
    victim.send(query("SELECT pg_sleep(60), 'stuck'"))
    eventually(lambda: is_running(own_postgres, "stuck"))
    own_postgres.pause()
    try:
        with proxy.raw() as request:
            request.send(cancel_request(victim.key))
        victim.abort()
    finally:
        eventually(lambda: proxy.metrics().total("articdbm_server_connections_closed_total") >= 1)
        own_postgres.resume()
    with proxy.session() as peer:
        assert peer.rows("SELECT 1") == [("1",)]


def test_query_deadline(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, timeouts={"query": "300ms"}).pool(size=1))
    with proxy.session() as peer:
        begin = time.monotonic()
        with pytest.raises(ServerError, match="57014"):
            peer.rows("SELECT pg_sleep(60)")
        assert time.monotonic() - begin < 5
        assert peer.rows("SELECT 1") == [("1",)]
