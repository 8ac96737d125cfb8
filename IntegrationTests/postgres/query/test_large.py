"""Large values both ways: right to the last byte, and never held whole."""

import hashlib

import pytest

from harness.articdbm import PASSWORD, USER, ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import query

MIB = 1 << 20


def test_row_of_64_mib_down(shared_proxy: ArticDBM) -> None:
    before = shared_proxy.resident_bytes()
    with shared_proxy.connect() as connection:
        text = connection.execute("SELECT repeat(md5('x'), 2 * 1024 * 1024)").fetchone()[0]
    assert len(text) == 64 * MIB
    assert {text[i : i + 32] for i in range(0, len(text), 32)} == {hashlib.md5(b"x").hexdigest()}
    assert shared_proxy.resident_bytes() - before < 16 * MIB


@pytest.mark.parametrize("size", [8191, 65536, MIB, 64 * MIB])
def test_parameter_up(shared_proxy: ArticDBM, size: int) -> None:
    before = shared_proxy.resident_bytes()
    value = "é" * (size // 2)
    with shared_proxy.connect() as connection:
        assert connection.execute("SELECT length(%s::text), md5(%s)", (value, "x")).fetchone()[0] == size // 2
    assert shared_proxy.resident_bytes() - before < 16 * MIB


def test_statement_text_of_16_mib(shared_proxy: ArticDBM) -> None:
    text = "x" * (16 * MIB)
    with shared_proxy.connect() as connection:
        assert connection.execute(f"SELECT length('{text}')").fetchone() == (len(text),)
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_both_ways_at_once(shared_proxy: ArticDBM) -> None:
    """A client that writes a large parameter while a large answer comes must not deadlock."""
    with shared_proxy.connect() as connection, connection.pipeline():
        cursors = [connection.execute("SELECT %s::text", ("x" * MIB,)) for _ in range(16)]
        assert all(len(cursor.fetchone()[0]) == MIB for cursor in cursors)


def test_slow_reader_costs_bounded_memory(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres))
    peers = []
    for _ in range(4):
        peer = proxy.raw(receive_buffer=4096)
        peer.login(USER, PASSWORD, "app")
        peers.append(peer)
    before = proxy.resident_bytes()
    for peer in peers:
        peer.send(query("SELECT repeat('x', 1000) FROM generate_series(1, 100000)"))
    other = proxy.session()
    assert other.rows("SELECT 1") == [("1",)], "the others are served meanwhile"
    assert proxy.resident_bytes() - before < 8 * MIB
    for peer in peers:
        assert sum(kind == b"D" for kind, _ in peer.read_until(b"Z")) == 100000
        peer.close()
    other.close()
