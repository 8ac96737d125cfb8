"""A PostgreSQL client whose every byte the test decides."""

from __future__ import annotations

import hashlib
import select
import socket
import ssl
import struct
import time
from typing import NamedTuple

from .scram import ScramClient

PROTOCOL_3_0 = 196608
PROTOCOL_3_2 = 196610
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
GSSENC_REQUEST = struct.pack("!ii", 8, 80877104)


class Message(NamedTuple):
    kind: bytes
    body: bytes


class ServerError(Exception):
    """An ErrorResponse; `fields` by their one-letter codes."""

    def __init__(self, body: bytes) -> None:
        self.fields = fields(body)
        super().__init__(f"{self.severity} {self.code}: {self.message}")

    @property
    def severity(self) -> str:
        return self.fields.get("V", self.fields.get("S", ""))

    @property
    def code(self) -> str:
        return self.fields.get("C", "")

    @property
    def message(self) -> str:
        return self.fields.get("M", "")


class Closed(Exception):
    """The peer ended the connection (FIN or reset)."""


class RawPostgres:
    """Connects at once; `login()` or `startup()` speak first. Every wait ends at `timeout` seconds."""

    def __init__(
        self, host: str, port: int = 0, *, timeout: float = 10, family: socket.AddressFamily | None = None,
        receive_buffer: int = 0,
    ) -> None:  # fmt: skip
        family = family or (
            socket.AF_UNIX if host.startswith("/") else socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        self.socket: socket.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(host if family == socket.AF_UNIX else (host, port))
        self.parameters: dict[str, str] = {}
        self.key = (0, b"")
        self.status = b"?"
        self.notices: list[ServerError] = []
        self._input = bytearray()

    # Bytes

    def send(self, data: bytes) -> None:
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Closed from error

    def send_message(self, kind: bytes, body: bytes = b"") -> None:
        self.send(message(kind, body))

    def drip(self, data: bytes, pause: float = 0.001) -> None:
        """One byte a segment."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for index in range(len(data)):
            self.send(data[index : index + 1])
            time.sleep(pause)

    def read_bytes(self, count: int) -> bytes:
        while len(self._input) < count:
            try:
                received = self.socket.recv(65536)
            except ConnectionResetError as error:
                raise Closed from error
            if not received:
                raise Closed(bytes(self._input))
            self._input += received
        taken = bytes(self._input[:count])
        del self._input[:count]
        return taken

    def read_message(self) -> Message:
        """The next message as it came, notices and errors too."""
        kind, length = struct.unpack("!ci", self.read_bytes(5))
        return Message(kind, self.read_bytes(length - 4))

    def read_until(self, kind: bytes = b"Z") -> list[Message]:
        """Everything up to and with the first message of `kind`."""
        messages = []
        while not messages or messages[-1].kind != kind:
            messages.append(self.read_message())
            if kind != b"E" and messages[-1].kind == b"E" and ServerError(messages[-1].body).severity == "FATAL":
                raise ServerError(messages[-1].body)
        if kind == b"Z":
            self.status = messages[-1].body
        return messages

    def is_silent(self, seconds: float = 0.3) -> bool:
        """True when nothing arrives, and the connection is not closed, for so long."""
        return not self._input and not select.select([self.socket], [], [], seconds)[0]

    def read_end(self) -> bytes:
        """Reads until the peer closes and returns what came."""
        received = bytes(self._input)
        self._input.clear()
        while True:
            try:
                chunk = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLError):
                return received
            if not chunk:
                return received
            received += chunk

    def half_close(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Terminate, then FIN."""
        try:
            self.socket.sendall(message(b"X"))
        except OSError:
            pass
        self.socket.close()

    def abort(self) -> None:
        """RST, as a client that dies."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self) -> RawPostgres:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    # Start-up

    def start_tls(self, context: ssl.SSLContext | None = None, *, direct: bool = False) -> ssl.SSLSocket:
        """SSLRequest and handshake; `direct` begins with the handshake and ALPN."""
        context = context or insecure_context()
        if direct:
            context.set_alpn_protocols(["postgresql"])
        else:
            self.send(SSL_REQUEST)
            answer = self.read_bytes(1)
            if answer != b"S":
                raise ConnectionRefusedError(f"TLS refused: {answer!r}")
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        return self.socket

    def startup(self, user: str, database: str = "", version: int = PROTOCOL_3_0, **parameters: str) -> None:
        """Sends the startup message only."""
        values = {"user": user, **({"database": database} if database else {}), **parameters}
        self.send(startup_message(values, version))

    def login(self, user: str, password: str, database: str = "", **parameters: str) -> None:
        """Startup, whatever authentication is asked for, and everything up to ReadyForQuery."""
        self.startup(user, database, **parameters)
        self.authenticate(user, password)
        self.read_start()

    def read_authentication(self) -> tuple[int, bytes]:
        kind, body = self.read_message()
        if kind == b"v":
            return self.read_authentication()
        if kind == b"E":
            raise ServerError(body)
        if kind != b"R":
            raise AssertionError(f"expected authentication, got {kind!r}")
        return struct.unpack("!i", body[:4])[0], body[4:]

    def authenticate(self, user: str, password: str) -> int:
        """Answers what is asked; returns the method's number (10 SCRAM, 5 md5, 3 cleartext, 0 none)."""
        method, body = self.read_authentication()
        if method == 0:
            return 0
        if method == 3:
            self.send_message(b"p", password.encode() + b"\0")
        elif method == 5:
            inner = hashlib.md5((password + user).encode()).hexdigest().encode()
            self.send_message(b"p", b"md5" + hashlib.md5(inner + body).hexdigest().encode() + b"\0")
        elif method == 10:
            self._scram(body, password)
        else:
            raise AssertionError(f"unknown authentication {method}")
        final, _ = self.read_authentication()
        assert final == 0, f"expected AuthenticationOk, got {final}"
        return method

    def _scram(self, mechanisms: bytes, password: str) -> None:
        offered = mechanisms.rstrip(b"\0").split(b"\0")
        plus = b"SCRAM-SHA-256-PLUS" in offered and isinstance(self.socket, ssl.SSLSocket)
        exchange = ScramClient(password, self.socket.getpeercert(binary_form=True) if plus else None)
        first = exchange.first()
        self.send_message(b"p", exchange.mechanism + b"\0" + struct.pack("!i", len(first)) + first)
        method, challenge = self.read_authentication()
        assert method == 11, method
        self.send_message(b"p", exchange.final(challenge))
        method, outcome = self.read_authentication()
        assert method == 12, method
        exchange.verify(outcome)

    def read_start(self) -> None:
        for kind, body in self.read_until(b"Z"):
            if kind == b"S":
                name, value = body.split(b"\0")[:2]
                self.parameters[name.decode()] = value.decode()
            elif kind == b"K":
                self.key = (struct.unpack("!i", body[:4])[0], body[4:])

    # Queries

    def query(self, sql: str) -> list[Message]:
        """A simple query and all of its answer."""
        self.send_message(b"Q", sql.encode() + b"\0")
        return self.read_until(b"Z")

    def rows(self, sql: str) -> list[tuple[str | None, ...]]:
        """Rows of a simple query; raises its first error."""
        answer = self.query(sql)
        for kind, body in answer:
            if kind == b"E":
                raise ServerError(body)
        return [row(body) for kind, body in answer if kind == b"D"]

    def sync(self) -> list[Message]:
        self.send_message(b"S")
        return self.read_until(b"Z")


# Messages


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def startup_message(values: dict[str, str], version: int = PROTOCOL_3_0) -> bytes:
    pairs = b"".join(key.encode() + b"\0" + value.encode() + b"\0" for key, value in values.items())
    body = struct.pack("!i", version) + pairs + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def query(sql: str) -> bytes:
    return message(b"Q", sql.encode() + b"\0")


def parse(name: str, sql: str, *types: int) -> bytes:
    body = name.encode() + b"\0" + sql.encode() + b"\0" + struct.pack(f"!h{len(types)}i", len(types), *types)
    return message(b"P", body)


def bind(portal: str, statement: str, *values: bytes | None, result_format: int = 0) -> bytes:
    parameters = b"".join(
        struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value for value in values
    )
    body = portal.encode() + b"\0" + statement.encode() + b"\0" + struct.pack("!hh", 0, len(values)) + parameters
    return message(b"B", body + struct.pack("!hh", 1, result_format))


def describe(kind: str, name: str = "") -> bytes:
    return message(b"D", kind.encode() + name.encode() + b"\0")


def execute(portal: str = "", limit: int = 0) -> bytes:
    return message(b"E", portal.encode() + b"\0" + struct.pack("!i", limit))


def close(kind: str, name: str = "") -> bytes:
    return message(b"C", kind.encode() + name.encode() + b"\0")


SYNC, FLUSH = message(b"S"), message(b"H")


def cancel_request(key: tuple[int, bytes]) -> bytes:
    body = struct.pack("!ii", 80877102, key[0]) + key[1]
    return struct.pack("!i", len(body) + 4) + body


def fields(body: bytes) -> dict[str, str]:
    """Fields of an ErrorResponse or NoticeResponse."""
    return {part[:1].decode(): part[1:].decode(errors="replace") for part in body.split(b"\0") if part}


def row(body: bytes) -> tuple[str | None, ...]:
    """A DataRow of text columns."""
    count, offset, values = struct.unpack("!h", body[:2])[0], 2, []
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, offset)
        offset += 4
        values.append(None if length < 0 else body[offset : offset + length].decode())
        offset += max(length, 0)
    return tuple(values)


def kinds(messages: list[Message]) -> str:
    """The messages' type letters in order, for comparisons."""
    return b"".join(kind for kind, _ in messages).decode()


def insecure_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
