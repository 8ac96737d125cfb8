"""RESET goes back to what the startup packet said, on server connections that never saw it."""

from collections.abc import Iterator

import pytest

from harness.articdbm import ArticDBM
from harness.compare import answers, direct_session
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, RawPostgres, ServerError, bind, close, execute, kinds, parse, query

STARTUP = {
    "application_name": "mine", "TimeZone": "Asia/Tokyo", "work_mem": "9MB", "search_path": "pg_catalog, public",
    "temp_tablespaces": "", "my.own": "it's \\mine",
}  # fmt: skip
CHANGE = query("SET TimeZone = 'UTC'; SET work_mem = '1MB'; SET search_path = public; SET my.own = 'x'")
SHOWN = query(
    "SELECT current_setting('TimeZone'), current_setting('work_mem'), current_setting('search_path'),"
    " current_setting('my.own'), current_setting('application_name')"
)


def extended(sql: str) -> bytes:
    return parse("", sql) + bind("", "") + execute()


@pytest.fixture
def narrow(start, postgres: PostgresServer) -> ArticDBM:
    return start(ArticDBM(postgres).pool(size=1))


@pytest.fixture
def pair(narrow: ArticDBM, postgres: PostgresServer) -> Iterator[tuple[RawPostgres, RawPostgres]]:
    """One session directly, one through the proxy, with the same startup packet."""
    direct, proxied = direct_session(postgres, **STARTUP), narrow.session(**STARTUP)
    yield direct, proxied
    direct.close()
    proxied.close()


@pytest.mark.parametrize(
    "reset",
    [
        query("RESET work_mem"),
        query("SET TimeZone TO DEFAULT"),
        query("SET TIME ZONE LOCAL"),
        query("RESET search_path; SHOW search_path; RESET my.own; SELECT 1"),
        query("RESET ALL"),
        query("BEGIN; RESET ALL; SHOW work_mem; COMMIT"),
        query("BEGIN; SET LOCAL work_mem TO DEFAULT; SHOW work_mem; COMMIT"),
        query("SET LOCAL work_mem TO DEFAULT"),
        query("RESET work_mem; SELECT 1/0"),
        query("RESET work_mem -- why\n; SELECT nowhere"),
        query("BEGIN; RESET ALL; ROLLBACK"),
        query("DISCARD ALL"),
        query("BEGIN") + query("DISCARD ALL") + query("SHOW work_mem") + query("ROLLBACK"),
        query("DISCARD ALL; SELECT 1"),
        query("SELECT 1") + query("DISCARD ALL") + query("SHOW work_mem"),
        extended("RESET work_mem") + extended("SHOW work_mem") + SYNC,
        extended("RESET ALL") + extended("SELECT 1/0") + SYNC,
        extended("DISCARD ALL") + SYNC + extended("SHOW work_mem") + SYNC,
        parse("r", "RESET ALL") + SYNC + query("EXECUTE r; SHOW work_mem") + close("S", "r") + SYNC,
    ],
)
def test_reset(pair: tuple[RawPostgres, RawPostgres], narrow: ArticDBM, reset: bytes) -> None:
    direct, proxied = pair
    assert answers(proxied, CHANGE, reset, SHOWN) == answers(direct, CHANGE, reset, SHOWN)
    with narrow.session() as other:
        assert other.rows("SHOW work_mem") == [("4MB",)]
    assert answers(proxied, SHOWN) == answers(direct, SHOWN)


def test_reset_inside_a_function(pair: tuple[RawPostgres, RawPostgres], narrow: ArticDBM) -> None:
    """Once the connection has been asked what is left."""
    for keep in ("SELECT 1", "SELECT pg_advisory_lock(pg_backend_pid())"):
        for peer in pair:
            peer.query(keep)
            peer.query("DO $$BEGIN RESET ALL; END$$")
        assert pair[1].rows("SHOW work_mem") == pair[0].rows("SHOW work_mem") == [("9MB",)]


def test_reset_in_session_mode(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).pool(size=1, mode="session"))
    with proxy.session(**STARTUP) as peer:
        for reset in ("RESET ALL", "DISCARD ALL"):
            peer.query("SET work_mem = '1MB'")
            peer.query(reset)
            assert peer.rows("SHOW work_mem") == [("9MB",)]


def test_an_update_of_pg_settings_stays_with_its_client(narrow: ArticDBM) -> None:
    with narrow.session() as one, narrow.session() as other:
        one.query("UPDATE pg_settings SET setting = '3072' WHERE name = 'work_mem'")
        assert other.rows("SHOW work_mem") == [("4MB",)]
        assert one.rows("SHOW work_mem") == [("3MB",)]


def test_sequence_values_stay_with_their_client_after_a_failed_batch(narrow: ArticDBM, postgres) -> None:
    """A batch that fails does not make the server forget either."""
    postgres.sql("DROP SEQUENCE IF EXISTS failed_batch")
    postgres.sql("CREATE SEQUENCE failed_batch")
    with narrow.session() as one, narrow.session() as other:
        one.rows("SELECT nextval('failed_batch')")
        other.send(extended("SELECT 1/0") + extended("SELECT currval('failed_batch')") + SYNC)
        assert kinds(other.read_until()) == "1EZ"
        with pytest.raises(ServerError, match="55000"):
            other.rows("SELECT currval('failed_batch')")
