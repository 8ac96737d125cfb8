"""Who gets in, and what those hear who don't."""

import statistics
import time

import psycopg
import pytest

from harness.articdbm import PASSWORD, USER, ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import PROTOCOL_3_2, RawPostgres, ServerError
from harness.wait import eventually


def refusal(
    proxy: ArticDBM, user: str, password: str = PASSWORD, database: str = "app", tls: bool = False
) -> ServerError:
    """The error a login ends with; fails when it does not end with one."""
    with proxy.raw() as peer:
        if tls:
            peer.start_tls()
        with pytest.raises(ServerError) as error:
            peer.login(user, password, database)
        assert error.value.severity == "FATAL"
        peer.read_end()
        return error.value


@pytest.mark.parametrize("user", [USER, "bob", "nearby", "narrow"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_scram_login(shared_proxy: ArticDBM, user: str, tls: bool) -> None:
    peer = shared_proxy.raw()
    if tls:
        peer.start_tls()
    peer.startup(user, "app")
    assert peer.authenticate(user, PASSWORD) == 10
    peer.read_start()
    assert peer.rows("SELECT current_user, current_database()") == [("app", "app")]
    peer.close()


def test_scram_mechanisms_offered(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as plain:
        plain.startup(USER, "app")
        assert plain.read_authentication() == (10, b"SCRAM-SHA-256\0\0")
    with shared_proxy.raw() as encrypted:
        encrypted.start_tls()
        encrypted.startup(USER, "app")
        assert encrypted.read_authentication() == (10, b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0")


def test_libpq_binds_to_the_channel(shared_proxy: ArticDBM) -> None:
    with shared_proxy.connect(sslmode="require", channel_binding="require") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_parameters_are_reported_as_the_server_does(shared_proxy: ArticDBM, postgres: PostgresServer) -> None:
    direct = RawPostgres(postgres.host, postgres.port)
    direct.login("app", "App-Pw-1", "app", application_name="same", TimeZone="Asia/Tokyo")
    proxied = shared_proxy.session(application_name="same", TimeZone="Asia/Tokyo")
    assert proxied.parameters == {
        **direct.parameters,
        "session_authorization": proxied.parameters["session_authorization"],
    }
    assert proxied.key != (0, b"")
    direct.close()
    proxied.close()


def test_options_are_taken_at_startup(shared_proxy: ArticDBM) -> None:
    peer = shared_proxy.session(options="-c work_mem=7MB -c search_path=pg_catalog")
    assert peer.rows("SHOW work_mem") == [("7MB",)]
    assert peer.rows("SHOW search_path") == [("pg_catalog",)]
    peer.close()


def test_wrong_password_and_unknown_user_look_the_same(shared_proxy: ArticDBM) -> None:
    wrong = refusal(shared_proxy, USER, "wrong")
    unknown = refusal(shared_proxy, "nobody", "wrong")
    assert wrong.code == unknown.code == "28P01"
    assert wrong.message == f'password authentication failed for user "{USER}"'
    assert unknown.message == 'password authentication failed for user "nobody"'
    assert set(wrong.fields) == set(unknown.fields)


def scram_challenge(proxy: ArticDBM, user: str) -> dict[bytes, bytes]:
    with proxy.raw() as peer:
        peer.startup(user, "app")
        peer.read_authentication()
        first = b"n,,n=,r=abcdefghijklmnopqrstuvwx"
        peer.send_message(b"p", b"SCRAM-SHA-256\0" + len(first).to_bytes(4, "big") + first)
        method, body = peer.read_authentication()
        assert method == 11
        return dict(part.split(b"=", 1) for part in body.split(b","))


def test_unknown_user_has_a_lasting_salt(shared_proxy: ArticDBM) -> None:
    known, unknown = scram_challenge(shared_proxy, USER), scram_challenge(shared_proxy, "nobody")
    assert len(known[b"s"]) == len(unknown[b"s"])
    assert known[b"i"] == unknown[b"i"]
    assert scram_challenge(shared_proxy, "nobody")[b"s"] == unknown[b"s"]
    assert scram_challenge(shared_proxy, "nobody else")[b"s"] != unknown[b"s"]


def test_unknown_user_takes_as_long(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, authentication={"delay": 0}))

    def median(user: str) -> float:
        times = []
        for _ in range(15):
            begin = time.perf_counter()
            refusal(proxy, user, "wrong")
            times.append(time.perf_counter() - begin)
        return statistics.median(times)

    median(USER)
    known, unknown = median(USER), median("nobody")
    assert 1 / 4 < known / unknown < 4


def test_failed_logins_slow_down_their_source(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, authentication={"delay": "100ms", "delay_limit": "400ms"}))
    begin = time.perf_counter()
    for _ in range(4):
        refusal(proxy, USER, "wrong")
    assert time.perf_counter() - begin > 0.5
    begin = time.perf_counter()
    proxy.add_user("other")
    refusal(proxy, "another", "wrong")
    assert time.perf_counter() - begin < 0.4


@pytest.mark.parametrize(
    ("user", "code"),
    [("elsewhere", "28000"), ("only_tls", "28000"), ("expired", "28000")],
)
def test_policy_refuses_after_the_right_password(shared_proxy: ArticDBM, user: str, code: str) -> None:
    assert refusal(shared_proxy, user).code == code


@pytest.mark.parametrize("user", ["elsewhere", "only_tls", "expired"])
def test_policy_tells_nothing_to_the_wrong_password(shared_proxy: ArticDBM, user: str) -> None:
    assert refusal(shared_proxy, user, "wrong").code == "28P01"


def test_required_tls_lets_in_by_tls(shared_proxy: ArticDBM) -> None:
    with shared_proxy.connect("only_tls", sslmode="require") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_unknown_database_is_told_only_to_those_who_are_in(shared_proxy: ArticDBM) -> None:
    known = refusal(shared_proxy, USER, database="no_such")
    assert (known.code, known.message) == ("3D000", 'database "no_such" does not exist')
    assert refusal(shared_proxy, USER, "wrong", database="no_such").code == "28P01"
    assert refusal(shared_proxy, "nobody", database="no_such").code == "28P01"


def test_database_that_the_user_may_not_open(shared_proxy: ArticDBM) -> None:
    assert refusal(shared_proxy, "narrow", database="other").code == "42501"


def test_database_defaults_to_the_user_name(shared_proxy: ArticDBM) -> None:
    error = refusal(shared_proxy, USER, database="")
    assert (error.code, error.message) == ("3D000", f'database "{USER}" does not exist')


def test_no_user_name(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer, pytest.raises(ServerError, match="28000"):
        peer.startup("")
        peer.read_authentication()


def test_connection_cap_of_a_listener(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.listener["max_connections"] = 2
    start(proxy)
    first, second = proxy.session(), proxy.session()
    with proxy.raw() as third:
        assert ServerError(third.read_message().body).code == "53300"
    first.close()
    eventually(lambda: proxy.metrics().total("articdbm_active_connections") == 1)
    proxy.session().close()
    second.close()


def test_connection_cap_of_a_user(shared_proxy: ArticDBM) -> None:
    first, second = shared_proxy.session("two"), shared_proxy.session("two")
    assert refusal(shared_proxy, "two").code == "53300"
    first.close()
    third = None
    for _ in range(100):
        try:
            third = shared_proxy.session("two")
            break
        except ServerError as error:
            assert error.code == "53300"
            time.sleep(0.02)
    assert third, "a place became free"
    second.close()
    third.close()


def test_rate_limit_of_a_user(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).add_user("slow", rate_limit=5))
    peer = proxy.session("slow")
    refused = []
    for _ in range(30):
        try:
            peer.rows("SELECT 1")
        except ServerError as error:
            refused.append(error)
    assert refused and {error.code for error in refused} == {"53400"}
    assert {error.severity for error in refused} == {"ERROR"}
    deadline = time.monotonic() + 5
    while True:
        try:
            assert peer.rows("SELECT 2") == [("2",)]
            break
        except ServerError:
            assert time.monotonic() < deadline, "the bucket fills again"
            time.sleep(0.05)
    peer.close()


def test_several_secrets_of_one_user(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres).add_user("both", password=["First-Pw-1", "Second-Pw-2"]))
    for password in ("First-Pw-1", "Second-Pw-2"):
        with proxy.connect("both", password) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert refusal(proxy, "both", "Third-Pw-3").code == "28P01"


def test_newer_protocol_is_negotiated(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer:
        peer.startup(USER, "app", version=PROTOCOL_3_2)
        peer.authenticate(USER, PASSWORD)
        peer.read_start()
        assert len(peer.key[1]) in (4, 32)
        assert peer.rows("SELECT 1") == [("1",)]


def test_protocol_from_the_future_and_unknown_options(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer:
        peer.startup(USER, "app", version=(3 << 16) | 999, **{"_pq_.nonsense": "1"})
        kind, body = peer.read_message()
        assert kind == b"v"
        assert body[:8] == ((3 << 16) | 2).to_bytes(4, "big") + (1).to_bytes(4, "big")
        assert body[8:] == b"_pq_.nonsense\0"


def test_protocol_2_is_refused(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer, pytest.raises(ServerError) as error:
        peer.startup(USER, "app", version=2 << 16)
        peer.read_authentication()
    assert error.value.severity == "FATAL"


def test_psycopg_reports_the_refusal(shared_proxy: ArticDBM) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        shared_proxy.connect(password="wrong")


def test_scram_iterations_are_the_configured_ones(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, authentication={"scram_iterations": 5000}))
    assert scram_challenge(proxy, USER)[b"i"] == b"5000"
    # A user who does not exist looks the same.
    assert scram_challenge(proxy, "nobody")[b"i"] == b"5000"
    with proxy.session() as peer:
        assert peer.rows("SELECT 1")
