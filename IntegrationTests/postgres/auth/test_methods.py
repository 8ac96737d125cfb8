"""md5, password in clear, client certificates, passthrough, and logging in to servers of every kind."""

import hashlib

import psycopg
import pytest

from harness.articdbm import PASSWORD, ArticDBM, run
from harness.certificates import Authority
from harness.postgres_server import SUPERUSER, SUPERUSER_PASSWORD, PostgresServer
from harness.raw import ServerError
from harness.wait import eventually

MD5_OF_CAROL = "md5" + hashlib.md5(b"Carol-Pw-1carol").hexdigest()


def test_md5_is_off_by_default(postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres).add_user("carol", password=MD5_OF_CAROL)
    proxy.write()
    result = run("config", "check", proxy.configuration_file)
    proxy.remove()
    assert result.returncode > 0
    assert "methods.md5" in result.stdout + result.stderr


def test_md5_for_those_who_have_nothing_better(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres).add_user("carol", password=MD5_OF_CAROL)
    proxy.listener["methods"] = {"md5": True}
    start(proxy)
    with proxy.raw() as peer:
        peer.startup("carol", "app")
        assert peer.authenticate("carol", "Carol-Pw-1") == 5
        peer.read_start()
        assert peer.rows("SELECT 1") == [("1",)]
    with proxy.raw() as peer, pytest.raises(ServerError, match="28P01"):
        peer.login("carol", "wrong", "app")
    with proxy.raw() as peer:
        peer.startup("alice", "app")
        assert peer.authenticate("alice", PASSWORD) == 10


def test_password_in_clear_over_tls_only(start, postgres: PostgresServer, listener_tls: dict) -> None:
    proxy = ArticDBM(postgres).add_user("carol", password=MD5_OF_CAROL)
    proxy.listener.update({"tls": listener_tls, "methods": {"password": True}})
    start(proxy)
    with proxy.raw() as peer:
        peer.start_tls()
        peer.startup("carol", "app")
        assert peer.authenticate("carol", "Carol-Pw-1") == 3
        peer.read_start()
        assert peer.rows("SELECT 1") == [("1",)]
    with proxy.raw() as peer:
        peer.startup("carol", "app")
        with pytest.raises(ServerError, match=r"28P01|28000"):
            peer.authenticate("carol", "Carol-Pw-1")


@pytest.fixture
def certificate_proxy(start, postgres: PostgresServer, authority: Authority, listener_tls: dict) -> ArticDBM:
    proxy = ArticDBM(postgres)
    proxy.add_user("dora", certificate="dora").add_user("erin")
    proxy.listener["tls"] = {**listener_tls, "client_ca": str(authority.certificate), "crl": str(authority.write_crl())}
    return start(proxy)


def by_certificate(authority: Authority, name: str) -> dict[str, object]:
    certificate, key = authority.issue_client(name)
    return {"sslmode": "require", "sslcert": certificate, "sslkey": key, "password": "not used"}


def test_client_certificate_is_the_login(certificate_proxy: ArticDBM, authority: Authority) -> None:
    with certificate_proxy.connect("dora", **by_certificate(authority, "dora")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_certificate_of_somebody_else_is_no_login(certificate_proxy: ArticDBM, authority: Authority) -> None:
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        certificate_proxy.connect("dora", **by_certificate(authority, "mallory"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        certificate_proxy.connect("erin", **by_certificate(authority, "dora"))


def test_certificate_of_a_strange_authority(certificate_proxy: ArticDBM, tmp_path) -> None:
    strange = Authority(tmp_path / "strange")
    with pytest.raises(psycopg.OperationalError):
        certificate_proxy.connect("dora", **by_certificate(strange, "dora"))


def test_revoked_certificate(certificate_proxy: ArticDBM, authority: Authority) -> None:
    certificate, key = authority.issue("client-dora-revoked", "dora", client=True)
    login = {"sslmode": "require", "sslcert": certificate, "sslkey": key, "password": "not used"}
    certificate_proxy.connect("dora", **login).close()
    authority.revoke(certificate)
    authority.write_crl()
    certificate_proxy.reload()
    with pytest.raises(psycopg.OperationalError):
        certificate_proxy.connect("dora", **login)


@pytest.mark.parametrize(
    ("user", "password"),
    [("app", "App-Pw-1"), ("md5user", "Md5-Pw-1"), ("plain", "Plain-Pw-1"), ("trusted", "unused")],
    ids=["scram", "md5", "password", "trust"],
)
def test_login_at_the_server(start, postgres: PostgresServer, user: str, password: str) -> None:
    proxy = ArticDBM(postgres)
    proxy.backend.update(user=user, password=password)
    with start(proxy).connect(database="postgres") as connection:
        assert connection.execute("SELECT current_user").fetchone() == (user,)


def test_login_at_the_server_by_certificate(start, own_postgres: PostgresServer) -> None:
    own_postgres.access("local all all trust", "host all postgres all scram-sha-256", "hostssl all app all cert")
    ca = own_postgres.data / "ca.crt"
    ca.write_bytes(own_postgres.authority.certificate.read_bytes())
    own_postgres.configure(ssl_ca_file=str(ca))
    own_postgres.restart()
    certificate, key = own_postgres.authority.issue_client("app")
    proxy = ArticDBM(own_postgres)
    proxy.backend["tls"] = {
        "mode": "verify-full",
        "ca": str(own_postgres.authority.certificate),
        "certificate": str(certificate),
        "key": str(key),
    }
    with start(proxy).connect() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("app",)


def test_wrong_password_at_the_server_is_not_the_clients_fault(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.backend["password"] = "wrong"
    start(proxy)
    with proxy.raw() as peer, pytest.raises(ServerError) as error:
        peer.login("alice", PASSWORD, "app")
    assert error.value.code != "28P01"
    assert "wrong" not in error.value.message
    assert proxy.metrics().total("articdbm_backend_errors_total") >= 1


def test_identity_own(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.add_user("own", backend={"identity": "own", "user": "md5user", "password": "Md5-Pw-1"})
    start(proxy)
    with proxy.connect("own", database="postgres") as own, proxy.connect(database="postgres") as shared:
        assert own.execute("SELECT session_user").fetchone() == ("md5user",)
        assert shared.execute("SELECT session_user").fetchone() == ("app",)


def test_identity_set_role(start, postgres: PostgresServer) -> None:
    postgres.sql("DROP ROLE IF EXISTS tenant", superuser=True)
    postgres.sql("CREATE ROLE tenant", superuser=True)
    postgres.sql("GRANT tenant TO app", superuser=True)
    proxy = ArticDBM(postgres).pool(size=1)
    proxy.add_user("tenant_user", backend={"identity": "set_role", "user": "tenant"})
    start(proxy)
    with proxy.connect("tenant_user") as tenant:
        assert tenant.execute("SELECT session_user, current_user").fetchone() == ("app", "tenant")
        tenant.execute("RESET ROLE")
        assert tenant.execute("SELECT current_user").fetchone() == ("tenant",), "the role is the floor, not a setting"


@pytest.fixture
def passthrough(start, postgres: PostgresServer, listener_tls: dict) -> ArticDBM:
    proxy = ArticDBM(postgres, users=[])
    proxy.listener.update({"auth": "passthrough", "tls": listener_tls})
    proxy.backend["auth_query"] = {"user": SUPERUSER, "password": SUPERUSER_PASSWORD, "database": "postgres"}
    del proxy.backend["user"], proxy.backend["password"]
    return start(proxy)


@pytest.mark.parametrize("sslmode", ["disable", "require"])
def test_passthrough_by_fetched_verifiers(passthrough: ArticDBM, postgres: PostgresServer, sslmode: str) -> None:
    with passthrough.connect("app", "App-Pw-1", sslmode=sslmode) as connection:
        assert connection.execute("SELECT session_user").fetchone() == ("app",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        passthrough.connect("app", "wrong", sslmode=sslmode)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        passthrough.connect("nobody", "wrong", sslmode=sslmode)


def test_passthrough_follows_a_changed_password(passthrough: ArticDBM, postgres: PostgresServer) -> None:
    postgres.sql("DROP ROLE IF EXISTS changing", superuser=True)
    postgres.sql("CREATE ROLE changing LOGIN PASSWORD 'Before-1'", superuser=True)
    passthrough.connect("changing", "Before-1").close()
    postgres.sql("ALTER ROLE changing PASSWORD 'After-2'", superuser=True)

    def can_log_in() -> bool:
        try:
            passthrough.connect("changing", "After-2").close()
        except psycopg.OperationalError:
            return False
        return True

    eventually(can_log_in, timeout=30, interval=0.5)
    with pytest.raises(psycopg.OperationalError):
        passthrough.connect("changing", "Before-1")


def test_passthrough_by_relay(start, postgres: PostgresServer) -> None:
    """One fresh server connection per login, closed with its client."""
    proxy = ArticDBM(postgres, users=[])
    proxy.listener.update({"auth": "passthrough", "passthrough": "relay"})
    del proxy.backend["user"], proxy.backend["password"]
    start(proxy)
    for user, password in (("app", "App-Pw-1"), ("md5user", "Md5-Pw-1")):
        others = {pid for pid, _, _ in postgres.backends(user)}
        with proxy.connect(user, password, "postgres") as connection:
            assert connection.execute("SELECT session_user").fetchone() == (user,)
        eventually(lambda user=user, others=others: {pid for pid, _, _ in postgres.backends(user)} <= others)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        proxy.connect("app", "wrong")


def test_relayed_session_outlives_a_reload(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres, users=[])
    proxy.listener.update({"auth": "passthrough", "passthrough": "relay"})
    del proxy.backend["user"], proxy.backend["password"]
    start(proxy)
    with proxy.connect("app", "App-Pw-1", "postgres") as connection:
        first = connection.execute("SELECT pg_backend_pid()").fetchone()
        proxy.configuration["timeouts"] = {"queue": "3s"}
        proxy.reload()
        assert connection.execute("SELECT pg_backend_pid()").fetchone() == first
    assert "can't be repeated" not in proxy.log()


def test_relay_with_tls_on_both_hops_is_refused_by_the_check(postgres: PostgresServer, listener_tls: dict) -> None:
    proxy = ArticDBM(postgres, users=[])
    proxy.listener.update({"auth": "passthrough", "passthrough": "relay", "tls": listener_tls})
    proxy.backend["tls"] = {"mode": "require"}
    proxy.write()
    result = run("config", "check", proxy.configuration_file)
    proxy.remove()
    assert result.returncode > 0
    assert "relay" in result.stdout + result.stderr
