"""PROXY protocol, IPv6 and Unix sockets."""

import ipaddress
import socket
import struct

import pytest

from harness.articdbm import PASSWORD, USER, ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import Closed, RawPostgres, ServerError
from harness.wait import eventually

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def v2(source: str, destination: str = "", command: int = 1, extra: bytes = b"") -> bytes:
    """A PROXY protocol v2 header (haproxy's proxy-protocol.txt, section 2.2)."""
    address = ipaddress.ip_address(source)
    family = 0x11 if address.version == 4 else 0x21
    destination = destination or ("192.0.2.1" if address.version == 4 else "2001:db8::1")
    body = address.packed + ipaddress.ip_address(destination).packed + struct.pack("!HH", 40000, 5432) + extra
    return SIGNATURE + bytes([0x20 | command, family]) + struct.pack("!H", len(body)) + body


@pytest.fixture
def behind(start, postgres: PostgresServer) -> ArticDBM:
    proxy = ArticDBM(postgres)
    proxy.listener["proxy_protocol"] = {"sources": ["127.0.0.0/8"]}
    proxy.add_user("far", allowed_ips=["198.51.100.0/24", "2001:db8::/32"])
    return start(proxy)


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (b"PROXY TCP4 198.51.100.7 192.0.2.1 40000 5432\r\n", "198.51.100.7"),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 40000 5432\r\n", "2001:db8::7"),
        (v2("198.51.100.8"), "198.51.100.8"),
        (v2("2001:db8::8"), "2001:db8::8"),
        (v2("198.51.100.9", extra=b"\x04\x00\x04" + b"noop" + b"\xe0\x00\x02ok"), "198.51.100.9"),
    ],
    ids=["v1 IPv4", "v1 IPv6", "v2 IPv4", "v2 IPv6", "v2 with further fields"],
)
def test_address_is_the_announced_one(behind: ArticDBM, header: bytes, client: str) -> None:
    with behind.raw() as peer:
        peer.send(header)
        peer.login("far", PASSWORD, "app")
        assert peer.rows("SELECT 1") == [("1",)]
    opened = behind.audited(user="far")
    assert client in opened[0]["client"]


def test_announced_address_is_judged(behind: ArticDBM) -> None:
    with behind.raw() as peer, pytest.raises(ServerError, match="28000"):
        peer.send(b"PROXY TCP4 203.0.113.7 192.0.2.1 40000 5432\r\n")
        peer.login("far", PASSWORD, "app")


def test_limits_count_the_announced_address(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.listener["proxy_protocol"] = {"sources": ["127.0.0.0/8"]}
    proxy.configuration["limits"] = {"max_unauthenticated_per_address": 1}
    start(proxy)

    def announced(address: str) -> RawPostgres:
        peer = proxy.raw()
        peer.send(f"PROXY TCP4 {address} 192.0.2.1 40000 5432\r\n".encode())
        return peer

    with announced("198.51.100.7") as silent, announced("198.51.100.8") as other:
        other.login(USER, PASSWORD, "app")
        assert b"53300" in announced("198.51.100.7").read_end()
        silent.login(USER, PASSWORD, "app")
        with announced("198.51.100.7") as next_one:
            next_one.login(USER, PASSWORD, "app")


@pytest.mark.parametrize(
    "header", [b"PROXY UNKNOWN\r\n", v2("198.51.100.8", command=0)], ids=["v1 UNKNOWN", "v2 LOCAL"]
)
def test_header_without_an_address(behind: ArticDBM, header: bytes) -> None:
    with behind.raw() as peer:
        peer.send(header)
        peer.login(USER, PASSWORD, "app")
        assert peer.rows("SELECT 1") == [("1",)]


@pytest.mark.parametrize("header", [b"PROXY TCP4 198.51.100.7 192.0.2.1 40000 5432\r\n", v2("198.51.100.8")])
def test_header_byte_by_byte(behind: ArticDBM, header: bytes) -> None:
    with behind.raw() as peer:
        peer.drip(header)
        peer.login("far", PASSWORD, "app")


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"PROXY TCP4 198.51.100.7\r\n",
        b"PROXY TCP4 999.0.0.1 192.0.2.1 40000 5432\r\n",
        b"PROXY TCP4 198.51.100.7 192.0.2.1 99999 5432\r\n",
        b"PROXY TCP4 " + b"1" * 200,
        SIGNATURE + b"\x31\x11\x00\x0c" + b"x" * 12,
        SIGNATURE + b"\x21\x11\x00\x01x",
        SIGNATURE + b"\x21\x11\xff\xff" + b"x" * 65535,
    ],
    ids=["missing", "short", "bad address", "bad port", "endless", "bad version", "too short", "too long"],
)
def test_bad_header_is_refused(behind: ArticDBM, header: bytes) -> None:
    with behind.raw(timeout=5) as peer, pytest.raises((ServerError, Closed, AssertionError)):
        peer.send(header)
        peer.login(USER, PASSWORD, "app")


def test_header_from_elsewhere_is_refused(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.listener["proxy_protocol"] = {"sources": ["192.0.2.0/24"]}
    start(proxy)
    with proxy.raw() as peer, pytest.raises((ServerError, Closed)):
        peer.send(b"PROXY TCP4 198.51.100.7 192.0.2.1 40000 5432\r\n")
        peer.login(USER, PASSWORD, "app")
    proxy.connect().close()


def test_ipv6(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres).add_user("nearby", allowed_ips=["::1"]).add_user("v4", allowed_ips=["127.0.0.1"])
    proxy.listener["listen"] = f"[::1]:{proxy.port}"
    start(proxy)
    with RawPostgres("::1", proxy.port) as peer:
        peer.login("nearby", PASSWORD, "app")
        assert peer.rows("SELECT 1") == [("1",)]
    with RawPostgres("::1", proxy.port) as peer, pytest.raises(ServerError, match="28000"):
        peer.login("v4", PASSWORD, "app")


def test_mapped_address_matches_ipv4_rules(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres).add_user("v4", allowed_ips=["127.0.0.0/8"])
    proxy.listener["listen"] = f"[::]:{proxy.port}"
    start(proxy)
    with RawPostgres("127.0.0.1", proxy.port) as peer:
        peer.login("v4", PASSWORD, "app")
        assert peer.rows("SELECT 1") == [("1",)]


def test_unix_socket(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    path = proxy.folder / ".s.PGSQL.5432"
    proxy.configuration["listeners"].append(
        {"name": "local", "protocol": "postgresql", "listen": f"unix:{path}", "auth": "managed"}
    )
    start(proxy)
    assert path.stat().st_mode & 0o777 == 0o600
    peers = [RawPostgres(str(path)) for _ in range(8)]
    for peer in peers:
        peer.login(USER, PASSWORD, "app")
        assert peer.rows("SELECT 1") == [("1",)]
    for peer in peers:
        peer.close()
    proxy.terminate()
    assert not path.exists()


def test_unix_socket_towards_the_server(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(f"unix:{postgres.folder}/.s.PGSQL.{postgres.port}")
    with start(proxy).connect() as connection:
        assert connection.execute("SELECT inet_server_addr() IS NULL").fetchone() == (True,)


def test_stale_socket_file_is_replaced(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    path = proxy.folder / "db.sock"
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    proxy.listener["listen"] = f"unix:{path}"
    start(proxy)
    peer = RawPostgres(str(path))
    peer.login(USER, PASSWORD, "app")
    peer.close()


def test_loops_share_the_sessions(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, runtime={"threads": 2}))
    peers = [proxy.session() for _ in range(40)]

    def counts() -> list[float]:
        return sorted(proxy.metrics().values("articdbm_loop_sessions"))

    eventually(lambda: sum(counts()) == 40)
    assert len(counts()) == 2
    assert counts()[1] - counts()[0] <= 12, counts()
    for peer in peers:
        peer.close()
