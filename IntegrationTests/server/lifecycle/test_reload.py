"""Settings of pools that are there already follow a reload; pools made later follow what was ordered before."""

import time
from concurrent.futures import ThreadPoolExecutor

from harness.articdbm import ArticDBM
from harness.postgres_server import APP_DATABASE, PostgresServer
from harness.raw import RawPostgres, query
from harness.wait import eventually


def test_pause_holds_a_pool_that_is_made_later(proxy: ArticDBM) -> None:
    proxy.ctl("pause")
    with ThreadPoolExecutor(1) as pool:
        login = pool.submit(proxy.session)
        time.sleep(0.5)
        assert not login.done()
        proxy.ctl("resume")
        with login.result(timeout=10) as peer:
            assert peer.rows("SELECT 1") == [("1",)]


def test_pause_of_a_name_that_no_list_has(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        with RawPostgres(str(proxy.control_socket)) as console:
            console.login("admin", "", "pgbouncer")
            assert b"app" in b"".join(body for kind, body in console.query("SHOW DATABASES") if kind == b"D")
        proxy.ctl("pause", "app")
        peer.send(query("SELECT 'held'"))
        assert peer.is_silent(0.4)
        proxy.ctl("resume", "app")
        peer.read_until(b"Z")


def test_two_names_of_one_database_have_a_pool_each(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.configuration["databases"] = [
        {"name": name, "backend": "main", "database": APP_DATABASE, "pool": {"size": 1}} for name in ("one", "two")
    ]
    start(proxy)
    with proxy.session(database="one") as first, proxy.session(database="two") as second:
        first.rows("BEGIN")
        second.rows("BEGIN")
        assert {line.split()[1] for line in proxy.ctl("pools").splitlines()[1:]} >= {"one", "two"}
        second.rows("COMMIT")
        proxy.ctl("pause", "two")
        second.send(query("SELECT 'held'"))
        assert second.is_silent(0.4)
        assert first.rows("SELECT 1") == [("1",)], "the other name is not paused"
        proxy.ctl("resume", "two")
        second.read_until(b"Z")


def test_most_connections_to_a_backend_follow_a_reload(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.backend["max_connections"] = 1
    start(proxy)
    with proxy.session() as first, proxy.session() as second:
        first.rows("BEGIN")
        second.send(query("SELECT 1"))
        assert second.is_silent(0.4)
        proxy.backend["max_connections"] = 5
        proxy.reload()
        assert second.read_until(b"Z")[0].kind == b"T"


def test_number_of_prepared_statements_follows_a_reload(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.pool(size=1)
    start(proxy)
    with proxy.connect(prepare_threshold=0) as client:

        def prepared() -> int:
            for number in range(4):
                client.execute(f"SELECT {number}")  # noqa: S608
            return client.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]

        assert prepared() >= 4
        proxy.backend["pool"]["prepared_statements"] = 2
        proxy.reload()
        assert eventually(lambda: prepared() <= 2)
