"""Hostile bytes at every stage: no crash, no leak, no wait without end."""

import random
import resource
import socket
import struct
import threading
import time
from pathlib import Path

import pytest

from harness.articdbm import PASSWORD, USER, ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import SSL_REQUEST, Closed, RawPostgres, ServerError, message, query, startup_message
from harness.wait import eventually

STARTUP = startup_message({"user": USER, "database": "app"})


@pytest.fixture
def target(start, postgres: PostgresServer) -> ArticDBM:
    return start(ArticDBM(postgres, timeouts={"login": "2s"}, authentication={"delay": 0}).pool(size=4))


def before_startup(proxy: ArticDBM) -> RawPostgres:
    return proxy.raw()


def after_ssl_request(proxy: ArticDBM) -> RawPostgres:
    peer = proxy.raw()
    peer.send(SSL_REQUEST)
    peer.read_bytes(1)
    return peer


def before_password(proxy: ArticDBM) -> RawPostgres:
    peer = proxy.raw()
    peer.send(STARTUP)
    peer.read_authentication()
    return peer


def logged_in(proxy: ArticDBM) -> RawPostgres:
    return proxy.session()


def in_transaction(proxy: ArticDBM) -> RawPostgres:
    peer = proxy.session()
    peer.query("BEGIN")
    return peer


def in_copy(proxy: ArticDBM) -> RawPostgres:
    peer = proxy.session()
    peer.query("CREATE TEMP TABLE g (x text)")
    peer.send(query("COPY g FROM STDIN"))
    peer.read_until(b"G")
    return peer


STAGES = [before_startup, after_ssl_request, before_password, logged_in, in_transaction, in_copy]


def throw(peer: RawPostgres, data: bytes) -> None:
    try:
        peer.socket.settimeout(5)
        peer.send(data)
        peer.half_close()
        peer.read_end()
    except (OSError, Closed):
        pass
    finally:
        peer.socket.close()


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_random_bytes(target: ArticDBM, stage) -> None:
    generator = random.Random(stage.__name__)
    for size in [100_000, *(generator.randint(1, 300) for _ in range(40))]:
        throw(stage(target), generator.randbytes(size))
    with target.session() as peer:
        assert peer.rows("SELECT 'unharmed'") == [("unharmed",)]
    eventually(lambda: target.metrics().total("articdbm_active_connections") == 0)


@pytest.mark.parametrize(
    "stage", [before_password, logged_in, in_transaction, in_copy], ids=lambda stage: stage.__name__
)
def test_random_messages(target: ArticDBM, stage) -> None:
    """Well framed, of every type, with random bodies, short and wrong lengths among them."""
    generator = random.Random(stage.__name__)
    for _ in range(30):
        data = b""
        for _ in range(generator.randint(1, 20)):
            kind = bytes([generator.choice(b"QPBDESHCFdcfpXZ1~\0\xff")])
            body = generator.randbytes(generator.choice((0, 1, 4, 8, 50, 500)))
            data += message(kind, body) if generator.random() < 0.9 else kind + generator.randbytes(4) + body
        throw(stage(target), data)
    with target.session() as peer:
        assert peer.rows("SELECT 'unharmed'") == [("unharmed",)]


@pytest.mark.parametrize("length", [-(2**31), -1, 0, 3, 2**31 - 1])
@pytest.mark.parametrize("kind", [b"Q", b"P", b"B", b"E", b"d", b"p", b"X", b"S"])
def test_impossible_lengths(target: ArticDBM, kind: bytes, length: int) -> None:
    peer = target.session()
    throw(peer, kind + struct.pack("!i", length) + b"x" * 100)
    with target.session() as peer:
        assert peer.rows("SELECT 1") == [("1",)]


@pytest.mark.parametrize(
    "packet",
    [
        struct.pack("!ii", 10_001, 196608) + b"x" * 9993,
        struct.pack("!ii", 2**31 - 1, 196608),
        struct.pack("!ii", -1, 196608),
        struct.pack("!i", 4),
        struct.pack("!ii", 7, 196608),
        struct.pack("!ii", 9, 196608) + b"u",
        struct.pack("!ii", 24, 196608) + b"user\0without an end",
        struct.pack("!ii", 14, 196608) + b"user\0\0",
        struct.pack("!ii", 8, 196608),
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=[
        "10,001 bytes",
        "2 GiB",
        "negative",
        "empty",
        "short",
        "not terminated",
        "cut",
        "no name",
        "no parameters",
        "HTTP",
    ],
)
def test_bad_startup_packets(target: ArticDBM, packet: bytes) -> None:
    peer = target.raw()
    begin = time.monotonic()
    try:
        peer.send(packet)
        answer = peer.read_end()
    except Closed:
        answer = b""
    assert time.monotonic() - begin < 4
    assert answer[:1] in (b"E", b"")
    peer.socket.close()


def test_startup_packet_at_the_limit(target: ArticDBM) -> None:
    base = startup_message({"user": USER, "database": "app", "options": "-c search_path="})
    options = "-c search_path=" + "x" * (10_000 - len(base))
    packet = startup_message({"user": USER, "database": "app", "options": options})
    assert len(packet) == 10_000
    with target.raw() as peer:
        peer.send(packet)
        assert peer.read_authentication()[0] == 10


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\0",
        b"SCRAM-SHA-256\0",
        b"SCRAM-SHA-256\0" + struct.pack("!i", -1),
        b"SCRAM-SHA-256\0" + struct.pack("!i", 2**31 - 1) + b"n,,n=,r=x",
        b"SCRAM-SHA-1\0" + struct.pack("!i", 9) + b"n,,n=,r=x",
        b"SCRAM-SHA-256-PLUS\0" + struct.pack("!i", 9) + b"n,,n=,r=x",
        b"SCRAM-SHA-256\0" + struct.pack("!i", 3) + b"n,,",
        b"SCRAM-SHA-256\0" + struct.pack("!i", 11) + b"y,,n=,r=abc",
        b"SCRAM-SHA-256\0" + struct.pack("!i", 6000) + b"n,,n=,r=" + b"x" * 5992,
    ],
)
def test_bad_scram_messages(target: ArticDBM, reply: bytes) -> None:
    with target.raw() as peer:
        peer.send(STARTUP)
        peer.read_authentication()
        peer.send_message(b"p", reply)
        try:
            method, _ = peer.read_authentication()
            assert method == 11  # `y` is legal without TLS, and a long nonce is only long
        except (ServerError, Closed):
            pass


def test_connect_and_abort_10000_times_leaks_nothing(target: ArticDBM) -> None:
    warm = target.session()
    warm.rows("SELECT 1")
    before, threads = target.sockets(), target.threads()

    def cycle(count: int, generator: random.Random) -> None:
        for index in range(count):
            peer = target.raw()
            try:
                stage = index % 5
                if stage == 1:
                    peer.send(STARTUP[: generator.randint(1, len(STARTUP))])
                elif stage == 2:
                    peer.send(SSL_REQUEST)
                elif stage == 3:
                    peer.send(STARTUP)
                    peer.read_authentication()
                elif stage == 4:
                    peer.send(generator.randbytes(30))
            except (Closed, OSError):
                pass
            finally:
                peer.abort()

    workers = [threading.Thread(target=cycle, args=(2500, random.Random(index))) for index in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    eventually(lambda: target.metrics().total("articdbm_active_connections") == 1)
    eventually(lambda: target.sockets() <= before + 2, what=f"{before} sockets again")
    assert target.threads() <= threads + 2
    assert warm.rows("SELECT 1") == [("1",)]
    warm.close()


def test_sessions_leak_nothing(target: ArticDBM) -> None:
    target.session().close()
    eventually(lambda: target.metrics().total("articdbm_active_connections") == 0)
    before = target.sockets()
    for index in range(300):
        peer = target.session()
        peer.rows("SELECT 1")
        peer.abort() if index % 2 else peer.close()
    eventually(lambda: target.metrics().total("articdbm_active_connections") == 0)
    eventually(lambda: target.sockets() <= before + 4)


def test_unauthenticated_connections_are_capped(start, postgres: PostgresServer) -> None:
    limits = {"max_unauthenticated": 8, "max_unauthenticated_per_address": 5}
    proxy = start(ArticDBM(postgres, limits=limits))
    kept = proxy.session()
    idle = [proxy.raw() for _ in range(5)]
    eventually(lambda: proxy.metrics().total("articdbm_unauthenticated_connections") == 5)
    with pytest.raises((ServerError, Closed, OSError)):
        proxy.session()
    assert kept.rows("SELECT 1") == [("1",)]
    for peer in idle:
        peer.abort()
    eventually(lambda: proxy.metrics().total("articdbm_unauthenticated_connections") == 0)
    proxy.session().close()
    kept.close()


def test_connections_are_capped(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, limits={"max_connections": 3}))
    held = [proxy.session() for _ in range(3)]
    with pytest.raises((ServerError, Closed)) as error:
        proxy.session()
    assert not isinstance(error.value, ServerError) or error.value.code == "53300"
    held.pop().close()
    eventually(lambda: proxy.metrics().total("articdbm_active_connections") == 2)
    held.append(proxy.session())
    for peer in held:
        peer.close()


def test_out_of_descriptors_and_back(start, postgres: PostgresServer) -> None:
    """EMFILE: the proxy waits and lives; it neither spins nor dies."""
    proxy = start(ArticDBM(postgres))
    limit = len(list(Path(f"/proc/{proxy.pid}/fd").iterdir())) + 12
    kept = proxy.session()
    before = resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, (limit, before[1]))
    crowd = []
    for _ in range(40):
        peer = socket.create_connection(("127.0.0.1", proxy.port))
        crowd.append(peer)
    time.sleep(0.3)
    assert kept.rows("SELECT 1") == [("1",)]
    for peer in crowd:
        peer.close()
    resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, before)
    eventually(lambda: proxy.session().close() is None)
    kept.close()


def test_password_is_not_in_the_log(target: ArticDBM) -> None:
    target.session().close()
    with pytest.raises(ServerError):
        target.session(password="Secret-That-Is-Wrong")
    for text in (target.log(), target.audit_file.read_text()):
        assert PASSWORD not in text and "Secret-That-Is-Wrong" not in text and "App-Pw-1" not in text
