"""Start, reload, drain and end."""

import signal
import socket
import threading
import time

import pytest

from harness.articdbm import ArticDBM
from harness.ports import free_port
from harness.postgres_server import PostgresServer
from harness.raw import Closed, RawPostgres, ServerError, query
from harness.wait import eventually


def test_drain_finishes_what_runs(proxy: ArticDBM) -> None:
    running, idle = proxy.session(), proxy.session()
    idle.rows("SELECT 1")
    running.send(query("SELECT pg_sleep(1), 'finished'"))
    time.sleep(0.2)
    proxy.signal(signal.SIGTERM)
    assert b"57P01" in idle.read_end()
    with pytest.raises((ServerError, Closed, OSError)):
        proxy.session()
    assert [kind for kind, _ in running.read_until(b"Z")] == [b"T", b"D", b"C", b"Z"]
    assert b"57P01" in running.read_end()
    assert proxy.wait() == 0


def test_transaction_is_given_its_time(proxy: ArticDBM) -> None:
    peer = proxy.session()
    peer.rows("BEGIN")
    proxy.signal(signal.SIGTERM)
    time.sleep(0.3)
    assert peer.rows("SELECT 1") == [("1",)]
    peer.rows("COMMIT")
    peer.read_end()
    assert proxy.wait() == 0


def test_drain_has_a_deadline(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, timeouts={"drain": "1s"}))
    peer = proxy.session()
    peer.send(query("SELECT pg_sleep(60)"))
    begin = time.monotonic()
    proxy.signal(signal.SIGTERM)
    assert proxy.wait() == 0
    assert 0.8 < time.monotonic() - begin < 6
    eventually(lambda: not any(state == "active" for _, state, _ in postgres.backends()), what="the query is cancelled")


def test_second_sigterm_ends_now(proxy: ArticDBM) -> None:
    peer = proxy.session()
    peer.send(query("SELECT pg_sleep(60)"))
    time.sleep(0.2)
    proxy.signal(signal.SIGTERM)
    time.sleep(0.3)
    begin = time.monotonic()
    proxy.signal(signal.SIGTERM)
    proxy.process.wait(5)
    assert time.monotonic() - begin < 3


def test_sigint_drains_too(proxy: ArticDBM) -> None:
    proxy.signal(signal.SIGINT)
    assert proxy.wait() == 0


def test_server_connections_are_closed_at_the_end(proxy: ArticDBM, postgres: PostgresServer) -> None:
    before = {pid for pid, _, _ in postgres.backends()}
    for peer in [proxy.session() for _ in range(4)]:
        peer.rows("SELECT 1")
        peer.close()
    assert proxy.server_connections(postgres) > 0
    own = {pid for pid, _, _ in postgres.backends()} - before
    assert proxy.terminate() == 0
    eventually(lambda: not own & {pid for pid, _, _ in postgres.backends()})


def test_reload_loses_no_query(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres))
    stop = threading.Event()
    failures: list[str] = []
    counts = [0] * 4

    def work(worker: int) -> None:
        try:
            with proxy.session() as peer:
                while not stop.is_set():
                    counts[worker] += 1
                    if peer.rows(f"SELECT {counts[worker]}") != [(str(counts[worker]),)]:
                        failures.append("wrong row")
        except (ServerError, Closed, OSError) as error:
            failures.append(repr(error))

    workers = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for worker in workers:
        worker.start()
    for size in (5, 2, 8, 3, 10):
        proxy.pool(size=size)
        proxy.add_user(f"user{size}")
        proxy.reload()
        proxy.session(f"user{size}").close()
    stop.set()
    for worker in workers:
        worker.join()
    assert failures == []
    assert all(count > 5 for count in counts)


def test_file_change_reloads_by_itself(proxy: ArticDBM) -> None:
    proxy.add_user("written")
    proxy.write()
    eventually(lambda: proxy.metrics().total("articdbm_config_reloads_total", result="applied") >= 1, timeout=15)
    proxy.session("written").close()


def test_removed_user_is_gone(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).add_user("leaving"))
    proxy.session("leaving").close()
    proxy.configuration["users"] = [user for user in proxy.users if user["name"] != "leaving"]
    proxy.reload()
    with pytest.raises(ServerError, match="28P01"):
        proxy.session("leaving")


def test_changed_password(proxy: ArticDBM) -> None:
    proxy.users[0]["password"] = "Changed-Pw-1"
    proxy.reload()
    proxy.session(password="Changed-Pw-1").close()
    with pytest.raises(ServerError, match="28P01"):
        proxy.session()


@pytest.mark.parametrize(
    "text", ["listeners: [", "listeners: 7", "nonsense: true", "", "users: [{name: x, colour: blue}]"]
)
def test_bad_file_changes_nothing_and_is_told(proxy: ArticDBM, text: str) -> None:
    with proxy.session() as peer:
        proxy.configuration_file.write_text(text)
        proxy.signal(signal.SIGHUP)
        eventually(lambda: proxy.metrics().total("articdbm_config_reloads_total", result="refused") == 1)
        assert peer.rows("SELECT 1") == [("1",)]
    proxy.session().close()
    assert "articdbm.yaml" in proxy.log()


def test_listener_added_and_removed_by_reload(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres))
    port = free_port()
    proxy.configuration["listeners"].append(
        {"name": "second", "protocol": "postgresql", "listen": f"127.0.0.1:{port}", "auth": "managed"}
    )
    proxy.reload()
    peer = RawPostgres("127.0.0.1", port)
    peer.login("alice", "Alice-Pw-1", "app")
    proxy.configuration["listeners"].pop()
    proxy.reload()
    with pytest.raises(OSError):
        RawPostgres("127.0.0.1", port)
    proxy.session().close()
    peer.close()


def test_backend_address_changed_by_reload(start, postgres: PostgresServer, own_postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres))
    own_postgres.sql("CREATE TABLE only_there (x int)")
    with proxy.session() as peer:
        assert peer.rows("SELECT to_regclass('only_there')") == [(None,)]
        proxy.backend["address"] = own_postgres.address
        proxy.reload()
        eventually(lambda: peer.rows("SELECT to_regclass('only_there')") == [("only_there",)])
    eventually(lambda: proxy.server_connections(postgres) == 0)


def test_port_in_use_is_told(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", proxy.port))
        taken.listen()
        try:
            with pytest.raises(RuntimeError, match=r"in use|EADDRINUSE"):
                proxy.start(timeout=10)
        finally:
            proxy.remove()


def test_starts_without_its_backend(start) -> None:
    """A database that is down is no reason not to start; readiness is about the proxy."""
    proxy = start(ArticDBM("127.0.0.1:1"))
    assert proxy.health("live") == 200


def test_no_descriptor_or_thread_leaks_over_reloads(proxy: ArticDBM) -> None:
    proxy.session().close()
    proxy.reload()
    eventually(lambda: proxy.metrics().total("articdbm_active_connections") == 0)
    sockets, threads = proxy.sockets(), proxy.threads()
    for _ in range(20):
        proxy.reload()
    assert proxy.threads() <= threads + 2
    eventually(lambda: proxy.sockets() <= sockets + 2)
