"""A session's state follows it, and never reaches anybody else: every client shares two server connections."""

import psycopg
import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, RawPostgres, ServerError, bind, execute, parse, row
from harness.wait import eventually


@pytest.fixture
def narrow(start, postgres: PostgresServer) -> ArticDBM:
    return start(ArticDBM(postgres).pool(size=2))


@pytest.fixture
def trio(narrow: ArticDBM) -> list[RawPostgres]:
    peers = [narrow.session() for _ in range(3)]
    yield peers
    for peer in peers:
        peer.close()


def stir(peers: list[RawPostgres]) -> None:
    """Moves every session to other server connections."""
    for peer in peers:
        peer.query("BEGIN")
        for other in peers:
            if other is not peer:
                other.query("SELECT 1")
        peer.query("COMMIT")


def test_settings_follow(trio: list[RawPostgres]) -> None:
    for index, peer in enumerate(trio):
        peer.rows(f"SET work_mem = '{index + 1}MB'")
        peer.rows(f"SET my.own = 'value {index}'")
    for _ in range(3):
        stir(trio)
        for index, peer in enumerate(trio):
            assert peer.rows("SHOW work_mem") == [(f"{index + 1}MB",)]
            assert peer.rows("SHOW my.own") == [(f"value {index}",)]


@pytest.mark.parametrize(
    "change",
    [
        "SET work_mem = '9MB'",
        "SET SESSION work_mem TO '9MB'",
        "SELECT set_config('work_mem', '9MB', false)",
        "BEGIN; SET work_mem = '9MB'; COMMIT",
        "DO $$ BEGIN SET work_mem = '9MB'; END $$",
        "DO $$ BEGIN PERFORM set_config('work_mem', '9MB', false); END $$",
        "BEGIN; SAVEPOINT a; SET work_mem = '9MB'; RELEASE a; COMMIT",
    ],
)
def test_every_way_to_set(trio: list[RawPostgres], change: str) -> None:
    trio[0].rows(change)
    stir(trio)
    assert [peer.rows("SHOW work_mem")[0][0] for peer in trio] == ["9MB", "4MB", "4MB"]


@pytest.mark.parametrize(
    "no_change",
    [
        "BEGIN; SET work_mem = '9MB'; ROLLBACK",
        "BEGIN; SET LOCAL work_mem = '9MB'; COMMIT",
        "SET work_mem = '9MB'; RESET work_mem",
        "SET work_mem = '9MB'; RESET ALL",
        "BEGIN; SAVEPOINT a; SET work_mem = '9MB'; ROLLBACK TO a; COMMIT",
        "SELECT set_config('work_mem', '9MB', true)",
    ],
)
def test_what_sets_nothing(trio: list[RawPostgres], no_change: str) -> None:
    trio[0].rows(no_change)
    stir(trio)
    assert [peer.rows("SHOW work_mem")[0][0] for peer in trio] == ["4MB", "4MB", "4MB"]


def test_discard_all(trio: list[RawPostgres]) -> None:
    trio[0].rows("SET work_mem = '9MB'")
    trio[1].rows("SET work_mem = '8MB'")
    trio[0].rows("DISCARD ALL")
    stir(trio)
    assert [peer.rows("SHOW work_mem")[0][0] for peer in trio] == ["4MB", "8MB", "4MB"]


def test_reported_settings_follow(trio: list[RawPostgres]) -> None:
    trio[0].rows("SET TimeZone = 'Asia/Tokyo'")
    trio[1].rows("SET DateStyle = 'German'")
    for _ in range(3):
        stir(trio)
        assert trio[0].rows("SELECT '2020-01-01 00:00+00'::timestamptz::text") == [("2020-01-01 09:00:00+09",)]
        assert trio[1].rows("SELECT '2020-01-02'::date::text") == [("02.01.2020",)]


def test_role_follows(trio: list[RawPostgres], postgres: PostgresServer) -> None:
    postgres.sql("GRANT pg_monitor TO app", superuser=True)
    trio[0].rows("SET ROLE pg_monitor")
    stir(trio)
    assert [peer.rows("SELECT current_user")[0][0] for peer in trio] == ["pg_monitor", "app", "app"]
    trio[0].rows("RESET ROLE")
    stir(trio)
    assert trio[0].rows("SELECT current_user") == [("app",)]


@pytest.mark.parametrize("protocol", ["sql", "extended"])
def test_temporary_table_hides_a_prepared_statements_table(start, postgres: PostgresServer, protocol: str) -> None:
    """Also on a connection where others have had temporary tables."""
    postgres.sql("DROP TABLE IF EXISTS hidden")
    postgres.sql("CREATE TABLE hidden AS SELECT 'plain' AS kind")
    proxy = start(ArticDBM(postgres).pool(size=1))
    with proxy.session() as other:
        other.rows("CREATE TEMP TABLE passing (x int)")
        other.rows("DROP TABLE passing")
    peer = proxy.session()

    def kind() -> str:
        if protocol == "sql":
            return peer.rows("EXECUTE s")[0][0]
        peer.send(bind("", "s") + execute() + SYNC)
        return row(peer.read_until()[1].body)[0]

    if protocol == "sql":
        peer.rows("PREPARE s AS SELECT kind FROM hidden")
    else:
        peer.send(parse("s", "SELECT kind FROM hidden") + SYNC)
        peer.read_until()
    assert kind() == "plain"
    peer.rows("CREATE TEMP TABLE hidden AS SELECT 'temporary' AS kind")
    assert kind() == kind() == "temporary"
    peer.rows("DROP TABLE hidden")
    assert kind() == "plain"
    peer.close()


def test_temporary_table_stays_with_its_session(trio: list[RawPostgres], narrow: ArticDBM) -> None:
    trio[0].rows("CREATE TEMP TABLE mine AS SELECT 42 AS x")
    for _ in range(2):
        for peer in trio[1:]:
            peer.rows("SELECT 1")
            with pytest.raises(ServerError, match="42P01"):
                peer.rows("SELECT * FROM mine")
        assert trio[0].rows("SELECT x FROM mine") == [("42",)]
    assert "temp" in narrow.ctl("sessions").lower()
    trio[0].rows("DROP TABLE mine")
    stir(trio)


def test_advisory_lock_stays_with_its_session(trio: list[RawPostgres]) -> None:
    trio[0].rows("SELECT pg_advisory_lock(4711)")
    for peer in trio[1:]:
        assert peer.rows("SELECT pg_try_advisory_lock(4711)") == [("f",)]
    assert trio[0].rows("SELECT pg_advisory_unlock(4711)") == [("t",)]
    assert trio[1].rows("SELECT pg_try_advisory_lock(4711)") == [("t",)]
    assert trio[1].rows("SELECT pg_advisory_unlock(4711)") == [("t",)]


def test_advisory_lock_taken_inside_a_function(trio: list[RawPostgres]) -> None:
    trio[0].rows("DO $$ BEGIN PERFORM pg_advisory_lock(4712); END $$")
    for peer in trio[1:]:
        assert peer.rows("SELECT pg_try_advisory_lock(4712)") == [("f",)]
    assert trio[0].rows("SELECT pg_advisory_unlock(4712)") == [("t",)]


def test_lock_of_a_client_that_left_is_free(narrow: ArticDBM) -> None:
    holder = narrow.session()
    holder.rows("SELECT pg_advisory_lock(4713)")
    holder.abort()
    with narrow.session() as peer:
        eventually(lambda: peer.rows("SELECT pg_try_advisory_lock(4713)") == [("t",)])
        peer.rows("SELECT pg_advisory_unlock(4713)")


def test_listen_and_notify(narrow: ArticDBM) -> None:
    with narrow.connect() as listener, narrow.connect() as notifier:
        listener.execute("LISTEN news")
        for index in range(5):
            notifier.execute("SELECT pg_notify('news', %s)", (str(index),))
        received = [notice.payload for notice in listener.notifies(timeout=10, stop_after=5)]
        assert received == ["0", "1", "2", "3", "4"]
        listener.execute("UNLISTEN *")
        notifier.execute("NOTIFY news, 'nobody'")
        assert list(listener.notifies(timeout=0.3)) == []


def test_notification_wakes_an_idle_client(narrow: ArticDBM) -> None:
    with narrow.session() as listener, narrow.session() as notifier:
        listener.rows("LISTEN quiet")
        assert listener.is_silent()
        notifier.rows("NOTIFY quiet, 'psst'")
        kind, body = listener.read_message()
        assert kind == b"A" and body.endswith(b"quiet\0psst\0")


def test_holdable_cursor_outlives_its_transaction(trio: list[RawPostgres]) -> None:
    trio[0].rows("BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT generate_series(1, 5); COMMIT")
    for peer in trio[1:]:
        with pytest.raises(ServerError, match="34000"):
            peer.rows("FETCH c")
    assert trio[0].rows("FETCH 2 FROM c") == [("1",), ("2",)]
    assert trio[0].rows("FETCH ALL FROM c") == [("3",), ("4",), ("5",)]
    trio[0].rows("CLOSE c")
    stir(trio)


def test_cursor_inside_a_transaction(trio: list[RawPostgres]) -> None:
    trio[0].rows("BEGIN")
    trio[0].rows("DECLARE c CURSOR FOR SELECT generate_series(1, 3)")
    for peer in trio[1:]:
        peer.rows("SELECT 1")
    assert trio[0].rows("FETCH ALL FROM c") == [("1",), ("2",), ("3",)]
    trio[0].rows("COMMIT")


def test_sequence_values_are_never_somebody_elses(trio: list[RawPostgres], postgres: PostgresServer) -> None:
    postgres.sql("DROP SEQUENCE IF EXISTS counter")
    postgres.sql("CREATE SEQUENCE counter")
    trio[0].rows("SELECT nextval('counter')")
    for peer in trio[1:]:
        with pytest.raises(ServerError, match="55000"):
            peer.rows("SELECT currval('counter')")
        with pytest.raises(ServerError, match="55000"):
            peer.rows("SELECT lastval()")


def test_prepared_transaction(trio: list[RawPostgres]) -> None:
    trio[0].rows("BEGIN; CREATE TABLE two_phase (x int); PREPARE TRANSACTION 'tx'")
    stir(trio)
    trio[1].rows("ROLLBACK PREPARED 'tx'")


def test_isolation_levels_and_characteristics(trio: list[RawPostgres]) -> None:
    trio[0].rows("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY")
    stir(trio)
    assert [peer.rows("SHOW transaction_isolation")[0][0] for peer in trio] == [
        "serializable",
        "read committed",
        "read committed",
    ]
    with pytest.raises(ServerError, match="25006"):
        trio[0].rows("CREATE TABLE never (x int)")


def test_failed_transaction_stays_failed(trio: list[RawPostgres]) -> None:
    trio[0].rows("BEGIN")
    with pytest.raises(ServerError, match="22012"):
        trio[0].rows("SELECT 1/0")
    for peer in trio[1:]:
        peer.rows("SELECT 1")
    with pytest.raises(ServerError, match="25P02"):
        trio[0].rows("SELECT 1")
    assert trio[0].status == b"E"
    trio[0].rows("ROLLBACK")
    assert trio[0].status == b"I"


def test_transaction_of_a_client_that_left_is_rolled_back(narrow: ArticDBM, postgres: PostgresServer) -> None:
    postgres.sql("DROP TABLE IF EXISTS abandoned")
    postgres.sql("CREATE TABLE abandoned (x int)")
    for _ in range(6):
        peer = narrow.session()
        peer.rows("BEGIN; INSERT INTO abandoned VALUES (1)")
        peer.abort()
    with narrow.session() as peer:
        assert peer.rows("SELECT count(*) FROM abandoned") == [("0",)]
        assert peer.status == b"I"


def test_client_encoding(narrow: ArticDBM) -> None:
    with narrow.connect(client_encoding="latin1") as latin, narrow.connect() as plain:
        for _ in range(3):
            assert latin.execute("SELECT 'é'").fetchone() == ("é",)
            assert latin.execute("SELECT octet_length(%s::text)", ("é",)).fetchone() == (2,)
            assert plain.execute("SELECT 'é'").fetchone() == ("é",)
            assert plain.execute("SHOW client_encoding").fetchone() == ("UTF8",)


def test_application_name_follows(narrow: ArticDBM) -> None:
    with narrow.connect(application_name="first") as a, narrow.connect(application_name="second") as b:
        for _ in range(3):
            for connection, name in ((a, "first"), (b, "second")):
                assert connection.execute("SHOW application_name").fetchone() == (name,)


def test_large_objects(narrow: ArticDBM) -> None:
    with narrow.connect(autocommit=False) as connection:
        oid = connection.execute("SELECT lo_from_bytea(0, %s)", (b"large" * 10000,)).fetchone()[0]
        connection.commit()
        assert connection.execute("SELECT length(lo_get(%s))", (oid,)).fetchone() == (50000,)
        connection.execute("SELECT lo_unlink(%s)", (oid,))
        connection.commit()


def test_settings_of_the_role_are_seen(start, postgres: PostgresServer) -> None:
    """ALTER ROLE/DATABASE … SET retires connections that were opened before it."""
    proxy = start(ArticDBM(postgres).pool(size=2, lifetime="2s", lifetime_jitter=0))
    try:
        with proxy.connect() as connection:
            connection.execute("SELECT 1")
            postgres.sql("ALTER ROLE app IN DATABASE app SET work_mem = '11MB'", superuser=True)
            eventually(lambda: connection.execute("SHOW work_mem").fetchone() == ("11MB",), timeout=15, interval=0.2)
    finally:
        postgres.sql("ALTER ROLE app IN DATABASE app RESET work_mem", superuser=True)


def test_psycopg_transactions(narrow: ArticDBM) -> None:
    with narrow.connect(autocommit=False) as connection:
        with connection.transaction():
            connection.execute("CREATE TEMP TABLE t (x int)")
            with pytest.raises(psycopg.errors.DivisionByZero), connection.transaction():
                connection.execute("INSERT INTO t VALUES (1)")
                connection.execute("SELECT 1/0")
            connection.execute("INSERT INTO t VALUES (2)")
        assert connection.execute("SELECT x FROM t").fetchall() == [(2,)]
