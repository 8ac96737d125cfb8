"""The harness itself, directly against PostgreSQL: a test tool that can't fail tests nothing."""

import psycopg
import pytest

from harness.fault_proxy import DOWN, UP, FaultProxy
from harness.metrics import Metrics
from harness.postgres_server import APP_DATABASE, APP_PASSWORD, APP_USER, PostgresServer
from harness.raw import Closed, RawPostgres, ServerError, kinds
from harness.wait import eventually


def login(address: str, user: str = APP_USER, password: str = APP_PASSWORD) -> RawPostgres:
    host, port = address.split(":")
    peer = RawPostgres(host, int(port))
    peer.login(user, password, APP_DATABASE)
    return peer


@pytest.mark.parametrize(
    ("user", "password"),
    [(APP_USER, APP_PASSWORD), ("md5user", "Md5-Pw-1"), ("plain", "Plain-Pw-1"), ("trusted", "")],
)
def test_raw_client_logs_in_by_every_method(postgres: PostgresServer, user: str, password: str) -> None:
    with login(postgres.address, user, password) as peer:
        assert peer.rows("SELECT current_user") == [(user,)]
        assert peer.parameters["server_encoding"] == "UTF8"


def test_raw_client_binds_to_the_channel(postgres: PostgresServer) -> None:
    peer = RawPostgres(postgres.host, postgres.port)
    peer.start_tls()
    peer.login(APP_USER, APP_PASSWORD, APP_DATABASE)
    assert peer.rows("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [("true",)]
    peer.close()


def test_raw_client_raises_what_the_server_says(postgres: PostgresServer) -> None:
    with pytest.raises(ServerError, match="28P01"):
        login(postgres.address, password="wrong")
    with login(postgres.address) as peer:
        with pytest.raises(ServerError, match="22012"):
            peer.rows("SELECT 1/0")
        assert kinds(peer.query("SELECT 1; SELECT 2")) == "TDCTDCZ"


def test_fault_proxy_relays_and_resets_at_a_message(fault: FaultProxy) -> None:
    with login(fault.address) as peer:
        assert peer.rows("SELECT 1") == [("1",)]
        trigger = fault.arm(DOWN, b"D")
        with pytest.raises(Closed):
            peer.rows("SELECT 2")
        assert trigger.fired.is_set()
    eventually(lambda: fault.links == 0)


def test_fault_proxy_hangs_and_heals(fault: FaultProxy) -> None:
    with login(fault.address) as peer:
        fault.faults.hang = UP
        peer.send_message(b"Q", b"SELECT 3\0")
        assert peer.is_silent()
        fault.heal()
        assert kinds(peer.read_until(b"Z")) == "TDCZ"


def test_fault_proxy_counts_messages(fault: FaultProxy) -> None:
    with login(fault.address) as peer:
        fault.arm(DOWN, b"D", "close", count=3, partial=True)
        peer.send_message(b"Q", b"SELECT repeat('x', 10) FROM generate_series(1, 10)\0")
        seen = []
        with pytest.raises(Closed):
            while True:
                seen.append(peer.read_message().kind)
        assert seen == [b"T", b"D", b"D"]


def test_killed_server_comes_back(own_postgres: PostgresServer) -> None:
    own_postgres.sql("CREATE TABLE kept (x int)")
    with own_postgres.connect() as connection:
        own_postgres.kill()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert not own_postgres.is_running
    own_postgres.start()
    assert own_postgres.sql("SELECT count(*) FROM kept") == [(0,)]


def test_replica_streams(own_postgres: PostgresServer) -> None:
    replica = own_postgres.make_replica()
    own_postgres.sql("CREATE TABLE streamed AS SELECT 1 AS x")
    eventually(lambda: replica.sql("SELECT to_regclass('streamed')::text") == [("streamed",)])
    assert replica.sql("SELECT pg_is_in_recovery()") == [(True,)]


def test_metrics_parser_refuses_what_is_not_the_format() -> None:
    metrics = Metrics('# TYPE a counter\na{x="1",y="q\\"z"} 2\na{x="2"} 3\nb 1e3\n')
    assert metrics.total("a") == 5
    assert metrics.values("a", x="1") == [2]
    assert metrics.values("b") == [1000]
    for bad in ("a{x=1} 2", 'a{x="1"} ', "a b c d"):
        with pytest.raises(ValueError):
            Metrics(bad)
