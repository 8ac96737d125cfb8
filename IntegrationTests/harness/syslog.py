"""A syslog receiver (RFC 5424) over UDP, TCP and TLS."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from typing import NamedTuple

_MESSAGE = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (\S{1,255}) (\S+) (\d+) (\S{1,32}) - (.*)", re.DOTALL
)


class Message(NamedTuple):
    priority: int
    time: str
    host: str
    application: str
    process: int
    name: str
    text: str


def parse(data: bytes) -> Message:
    match = _MESSAGE.fullmatch(data)
    assert match, f"not RFC 5424: {data[:200]!r}"
    priority, time, host, application, process, name, text = (part.decode() for part in match.groups())
    return Message(int(priority), time, host, application, int(process), name, text)


class SyslogReceiver:
    """Listens until `stop()`; `messages` holds what came. `certificate` and `key` make it TLS."""

    def __init__(self, kind: str, port: int = 0, certificate: tuple | None = None) -> None:
        self.messages: list[Message] = []
        self.kind = kind
        self._context: ssl.SSLContext | None = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self._connections: list[socket.socket] = []
        self._is_stopped = False
        if kind != "udp":
            self._socket.listen()
        self._threads = [threading.Thread(target=self._receive if kind == "udp" else self._accept)]
        self._threads[0].start()

    @property
    def lines(self) -> list[str]:
        return [message.text for message in self.messages]

    def _receive(self) -> None:
        while True:
            data = self._socket.recv(65536)
            if self._is_stopped:
                return
            self.messages.append(parse(data))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            try:
                if self._context:
                    connection = self._context.wrap_socket(connection, server_side=True)
            except (ssl.SSLError, OSError):
                continue
            self._connections.append(connection)
            thread = threading.Thread(target=self._read, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _read(self, connection: socket.socket) -> None:
        """Frames by octet counting: a length, a space, the message."""
        data = b""
        while True:
            try:
                received = connection.recv(65536)
            except OSError:
                return
            if not received:
                return
            data += received
            while (space := data.find(b" ", 0, 10)) > 0 and len(data) > space + int(data[:space]):
                end = space + 1 + int(data[:space])
                self.messages.append(parse(data[space + 1 : end]))
                data = data[end:]

    def stop(self) -> None:
        self._is_stopped = True
        if self.kind == "udp":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
                waker.sendto(b"", ("127.0.0.1", self.port))
        else:
            self._socket.shutdown(socket.SHUT_RDWR)
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads:
            thread.join(10)
        for connection in [*self._connections, self._socket]:
            connection.close()

    def __enter__(self) -> SyslogReceiver:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
