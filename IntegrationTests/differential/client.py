"""One client of a program: sends a step's bytes and reads its whole answer, as fast as Python can."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import socket
import struct

from harness.raw import message, startup_message

# No step takes long by itself; what is not answered by then waits for something.
STEP_TIMEOUT = 8.0

Answer = list[tuple[bytes, bytes]]

_header = struct.Struct("!cI")
_salted: dict[tuple[bytes, bytes, int], bytes] = {}


class Stalled(Exception):
    """No answer within the step's time."""


class Client:
    """Blocking. `parameters` and `notifications` are what the server has told of so far."""

    def __init__(self, host: str, port: int, timeout: float = STEP_TIMEOUT) -> None:
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.parameters: dict[str, str] = {}
        self.notifications: list[bytes] = []
        self.status = b"I"
        self._input = b""

    def login(self, user: str, password: str, database: str, parameters: dict[str, str]) -> Answer:
        """The answer's errors and notices, if any; SCRAM or trust."""
        self.socket.sendall(startup_message({"user": user, "database": database, **parameters}))
        exchange = Scram(password.encode())
        kept: Answer = []
        while True:
            kind, body = self._next()
            if kind == b"R":
                if reply := exchange.reply(int.from_bytes(body[:4], "big"), body[4:]):
                    self.socket.sendall(reply)
            elif kind == b"K" or self._is_aside(kind, body):
                continue
            else:
                kept.append((kind, body))
                if kind == b"Z" or kind == b"E":
                    return kept

    def step(self, data: bytes, readies: int) -> Answer:
        """Sends, and reads up to the `readies`-th ReadyForQuery; a closed connection ends the answer early."""
        answer: Answer = []
        try:
            self.socket.sendall(data)
            while readies:
                kind, body = self._next()
                if self._is_aside(kind, body):
                    continue
                answer.append((kind, body))
                if kind == b"Z":
                    readies -= 1
                    self.status = body
        except TimeoutError as error:
            raise Stalled from error
        except OSError:
            answer.append((b"closed", b""))
        return answer

    def end(self) -> None:
        """Terminate, and wait until the peer has closed: by then a server has let go of everything."""
        try:
            self.socket.sendall(message(b"X"))
            while self.socket.recv(4096):
                pass
        except OSError:
            pass
        self.socket.close()

    def _is_aside(self, kind: bytes, body: bytes) -> bool:
        """Takes what may come at any time out of the answer."""
        if kind == b"S":
            name, value = body.split(b"\0")[:2]
            # PgBouncer's own, where the method is proved on it.
            if not name.startswith(b"pgbouncer."):
                self.parameters[name.decode()] = value.decode(errors="replace")
            return True
        if kind == b"A":
            # Without the sender's process id.
            self.notifications.append(body[4:])
            return True
        return False

    def _next(self) -> tuple[bytes, bytes]:
        while True:
            data = self._input
            if len(data) >= 5:
                kind, length = _header.unpack_from(data)
                if len(data) > length:
                    self._input = data[length + 1 :]
                    return kind, data[5 : length + 1]
            received = self.socket.recv(65536)
            if not received:
                raise ConnectionResetError
            self._input = data + received


class Scram:
    """SCRAM-SHA-256 with the salted password kept between logins: it is the costly part."""

    def __init__(self, password: bytes) -> None:
        self._password = password
        self._nonce = base64.b64encode(os.urandom(18))

    def reply(self, method: int, data: bytes) -> bytes:
        if method == 10:
            first = b"n,,n=,r=" + self._nonce
            return message(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
        return message(b"p", self._final(data)) if method == 11 else b""

    def _final(self, challenge: bytes) -> bytes:
        parts = dict(part.split(b"=", 1) for part in challenge.split(b","))
        key = (self._password, base64.b64decode(parts[b"s"]), int(parts[b"i"]))
        if key not in _salted:
            _salted[key] = hashlib.pbkdf2_hmac("sha256", *key)
        without_proof = b"c=biws,r=" + parts[b"r"]
        authenticated = b"n=,r=" + self._nonce + b"," + challenge + b"," + without_proof
        client_key = hmac.digest(_salted[key], b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(client_key).digest(), authenticated, "sha256")
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        return without_proof + b",p=" + base64.b64encode(proof)
