"""The same bytes to PostgreSQL and through ArticDBM: the answers must be the same bytes."""

from __future__ import annotations

from .articdbm import ArticDBM
from .postgres_server import APP_DATABASE, APP_PASSWORD, APP_USER, PostgresServer
from .raw import Message, RawPostgres, fields, message

#: Fields of errors and notices that name the server's source code: the same here, another version of it elsewhere.
_LOCATION = ("F", "L", "R")


def direct_session(server: PostgresServer, **parameters: str) -> RawPostgres:
    peer = RawPostgres(server.host, server.port)
    peer.login(APP_USER, APP_PASSWORD, APP_DATABASE, **parameters)
    return peer


def normal(answer: Message) -> Message:
    """Without what differs between two runs on one server."""
    if answer.kind in (b"E", b"N"):
        kept = {key: value for key, value in fields(answer.body).items() if key not in _LOCATION}
        return Message(answer.kind, repr(sorted(kept.items())).encode())
    return answer


def answers(peer: RawPostgres, *steps: bytes, readies: int | None = None) -> list[Message]:
    """Sends each step and reads as many ReadyForQuery as it asks for (its Query, FunctionCall and Sync messages)."""
    received: list[Message] = []
    for step in steps:
        peer.send(step)
        for _ in range(_readies(step) if readies is None else readies):
            received += map(normal, peer.read_until(b"Z"))
    return received


def _readies(step: bytes) -> int:
    count = index = 0
    while index < len(step):
        count += step[index : index + 1] in (b"Q", b"S", b"F")
        index += 1 + int.from_bytes(step[index + 1 : index + 5], "big")
    return count


def assert_same(server: PostgresServer, proxy: ArticDBM, *steps: bytes) -> list[Message]:
    """Runs `steps` on a fresh session each way, compares, and returns the answers."""
    direct, proxied = direct_session(server), proxy.session()
    try:
        expected = answers(direct, *steps)
        actual = answers(proxied, *steps)
    finally:
        direct.close()
        proxied.close()
    assert actual == expected
    return actual


__all__ = ["answers", "assert_same", "direct_session", "message", "normal"]
