"""TLS towards clients and towards servers."""

import ssl
from pathlib import Path

import psycopg
import pytest

from harness.articdbm import PASSWORD, USER, ArticDBM
from harness.certificates import Authority
from harness.postgres_server import PostgresServer
from harness.raw import GSSENC_REQUEST, SSL_REQUEST, Closed, RawPostgres, ServerError, insecure_context, startup_message
from harness.wait import eventually


@pytest.mark.parametrize(
    ("mode", "sslmode", "is_encrypted"),
    [
        ("disable", "disable", False),
        ("disable", "prefer", False),
        ("disable", "require", None),
        ("allow", "disable", False),
        ("allow", "prefer", True),
        ("prefer", "disable", False),
        ("prefer", "prefer", True),
        ("require", "disable", None),
        ("require", "require", True),
    ],
)
def test_listener_modes(
    start, postgres: PostgresServer, listener_tls: dict, mode: str, sslmode: str, is_encrypted
) -> None:
    proxy = ArticDBM(postgres)
    proxy.listener["tls"] = {**listener_tls, "mode": mode} if mode != "disable" else {"mode": mode}
    start(proxy)
    if is_encrypted is None:
        with pytest.raises(psycopg.OperationalError):
            proxy.connect(sslmode=sslmode)
        return
    with proxy.connect(sslmode=sslmode) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert connection.pgconn.ssl_in_use is is_encrypted


def test_client_verifies_the_proxy(shared_proxy: ArticDBM, authority: Authority) -> None:
    with shared_proxy.connect(sslmode="verify-full", sslrootcert=authority.certificate) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions_spoken(shared_proxy: ArticDBM, version: ssl.TLSVersion) -> None:
    context = insecure_context()
    context.minimum_version = context.maximum_version = version
    with shared_proxy.raw() as peer:
        assert peer.start_tls(context).version() in ("TLSv1.2", "TLSv1.3")
        peer.login(USER, PASSWORD, "app")
        assert peer.rows("SELECT 1") == [("1",)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_version_is_refused(shared_proxy: ArticDBM) -> None:
    context = insecure_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with shared_proxy.raw() as peer, pytest.raises((ssl.SSLError, OSError)):
        peer.start_tls(context)


def test_direct_tls(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer:
        assert peer.start_tls(direct=True).selected_alpn_protocol() == "postgresql"
        peer.login(USER, PASSWORD, "app")
        assert peer.rows("SELECT 1") == [("1",)]


@pytest.mark.parametrize("protocols", [[], ["http/1.1"]], ids=["no ALPN", "other ALPN"])
def test_direct_tls_without_our_alpn_is_refused(shared_proxy: ArticDBM, protocols: list[str]) -> None:
    context = insecure_context()
    if protocols:
        context.set_alpn_protocols(protocols)
    with shared_proxy.raw() as peer:
        with pytest.raises((ssl.SSLError, OSError, Closed)):
            peer.socket = context.wrap_socket(peer.socket, server_hostname="localhost")
            peer.login(USER, PASSWORD, "app")
            raise AssertionError("logged in without ALPN")


def test_early_plaintext_after_the_ssl_request_is_refused(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer:
        peer.send(SSL_REQUEST + startup_message({"user": USER, "database": "app"}))
        answer = peer.read_end()
        assert not answer.startswith(b"SR")
        assert b"SCRAM" not in answer


def test_gssenc_request_is_declined_and_the_session_goes_on(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer:
        peer.send(GSSENC_REQUEST)
        assert peer.read_bytes(1) == b"N"
        peer.start_tls()
        peer.login(USER, PASSWORD, "app")
        assert peer.rows("SELECT 1") == [("1",)]


def test_second_ssl_request_inside_tls_is_refused(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer:
        peer.start_tls()
        peer.send(SSL_REQUEST)
        assert peer.read_end()[:1] in (b"E", b"")


def test_garbage_instead_of_a_handshake(shared_proxy: ArticDBM) -> None:
    with shared_proxy.raw() as peer:
        peer.send(SSL_REQUEST)
        assert peer.read_bytes(1) == b"S"
        peer.send(b"\x16\x03\x01\xff\xff" + b"x" * 2000)
        peer.read_end()
    with shared_proxy.connect(sslmode="require") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_session_resumption(shared_proxy: ArticDBM) -> None:
    context = insecure_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with shared_proxy.raw() as first:
        session = first.start_tls(context).session
        first.login(USER, PASSWORD, "app")
    for _ in range(8):  # tickets are good on every loop
        with shared_proxy.raw() as peer:
            peer.send(SSL_REQUEST)
            peer.read_bytes(1)
            peer.socket = context.wrap_socket(peer.socket, server_hostname="localhost", session=session)
            assert peer.socket.session_reused
            peer.login(USER, PASSWORD, "app")


def test_certificate_is_read_again_on_reload(
    start, postgres: PostgresServer, authority: Authority, tmp_path: Path
) -> None:
    certificate, key = authority.issue_server("rotating")
    proxy = ArticDBM(postgres)
    proxy.listener["tls"] = {"mode": "require", "certificate": str(certificate), "key": str(key)}
    start(proxy)
    kept = proxy.connect(sslmode="require")

    def presented() -> bytes:
        with proxy.raw() as peer:
            return peer.start_tls().getpeercert(binary_form=True)

    before = presented()
    authority.issue_server("rotating")
    proxy.reload()
    eventually(lambda: presented() != before, what="the new certificate")
    assert kept.execute("SELECT 1").fetchone() == (1,), "sessions stay on the old one"
    kept.close()


@pytest.mark.parametrize("size", [1, 16_384, 5_000_000])
def test_answers_of_every_size_over_tls(shared_proxy: ArticDBM, size: int) -> None:
    with shared_proxy.connect(sslmode="require") as connection:
        text = connection.execute("SELECT repeat('é', %s)", (size,)).fetchone()[0]
        assert text == "é" * size
        assert connection.execute("SELECT length(%s::text)", ("x" * size,)).fetchone() == (size,)


def to_server(postgres: PostgresServer, **tls: str) -> ArticDBM:
    proxy = ArticDBM(postgres)
    proxy.backend["tls"] = tls
    return proxy


IS_ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


@pytest.mark.parametrize(
    ("mode", "is_encrypted"), [("disable", False), ("allow", False), ("prefer", True), ("require", True)]
)
def test_modes_towards_the_server(start, postgres: PostgresServer, mode: str, is_encrypted: bool) -> None:
    with start(to_server(postgres, mode=mode)).connect() as connection:
        assert connection.execute(IS_ENCRYPTED).fetchone() == (is_encrypted,)


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_server_certificate_is_verified(start, postgres: PostgresServer, mode: str) -> None:
    proxy = start(to_server(postgres, mode=mode, ca=str(postgres.authority.certificate)))
    with proxy.connect() as connection:
        assert connection.execute(IS_ENCRYPTED).fetchone() == (True,)


def test_server_of_a_strange_authority_is_refused(start, postgres: PostgresServer, authority: Authority) -> None:
    proxy = start(to_server(postgres, mode="verify-ca", ca=str(authority.certificate)))
    with proxy.raw() as peer, pytest.raises(ServerError):
        peer.login(USER, PASSWORD, "app")


def test_server_name_is_verified(start, postgres: PostgresServer) -> None:
    ca = str(postgres.authority.certificate)
    wrong = start(to_server(postgres, mode="verify-full", ca=ca, server_name="elsewhere.example"))
    with wrong.raw() as peer, pytest.raises(ServerError):
        peer.login(USER, PASSWORD, "app")
    right = start(to_server(postgres, mode="verify-full", ca=ca, server_name="localhost"))
    right.connect().close()


def test_server_without_tls(start, own_postgres: PostgresServer) -> None:
    own_postgres.configure(ssl="off")
    own_postgres.restart()
    with start(to_server(own_postgres, mode="prefer")).connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    refused = start(to_server(own_postgres, mode="require"))
    with refused.raw() as peer, pytest.raises(ServerError):
        peer.login(USER, PASSWORD, "app")


def test_tls_on_both_hops_streams(start, postgres: PostgresServer, listener_tls: dict) -> None:
    proxy = to_server(postgres, mode="require")
    proxy.listener["tls"] = listener_tls
    start(proxy)
    peer = RawPostgres(proxy.host, proxy.port)
    peer.start_tls()
    peer.login(USER, PASSWORD, "app")
    rows = peer.rows("SELECT repeat('x', 1000) FROM generate_series(1, 20000)")
    assert len(rows) == 20000 and set(rows) == {("x" * 1000,)}
    peer.close()


def test_revocation_is_checked_for_resumed_sessions(
    start, postgres: PostgresServer, authority: Authority, listener_tls: dict
) -> None:
    certificate, key = authority.issue("client-resuming", "resuming", client=True)
    crl = authority.write_crl("resuming-crl.pem")
    proxy = ArticDBM(postgres).add_user("resuming", certificate="resuming")
    proxy.listener["tls"] = {**listener_tls, "client_ca": str(authority.certificate), "crl": str(crl)}
    start(proxy)
    context = insecure_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)

    def log_in(session: ssl.SSLSession | None) -> ssl.SSLSession:
        with proxy.raw() as peer:
            peer.send(SSL_REQUEST)
            peer.read_bytes(1)
            peer.socket = context.wrap_socket(peer.socket, server_hostname="localhost", session=session)
            peer.startup("resuming", "app")
            assert peer.authenticate("resuming", "") == 0
            return peer.socket.session

    session = log_in(None)
    log_in(session)
    authority.revoke(certificate)
    authority.write_crl("resuming-crl.pem")
    proxy.reload()
    with pytest.raises((ssl.SSLError, OSError, ServerError, Closed, AssertionError)):
        log_in(session)
