"""A TCP relay on loopback that can be told to misbehave, also at a given PostgreSQL message."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field

from .ports import free_port

UP, DOWN = "up", "down"  # towards the server, towards the client


@dataclass
class Faults:
    """Set while traffic flows; each affects what passes from then on."""

    delay: float = 0  # seconds before each piece
    rate: int = 0  # bytes per second; 0 is no limit
    chunk: int = 0  # bytes per write; 0 is as they come
    hang: str = ""  # UP, DOWN or both: read no more, say nothing
    flip: int = -1  # offset of one byte towards the client to corrupt
    # At the n-th message of a type in a direction: "reset", "close" or "hang", before or within the message.
    trigger: Trigger | None = None


@dataclass
class Trigger:
    direction: str
    kind: bytes
    action: str = "reset"
    count: int = 1
    partial: bool = False  # let half of the message through first
    fired: threading.Event = field(default_factory=threading.Event)


class FaultProxy:
    """`FaultProxy("127.0.0.1:5432")`; clients go to `address`. A context manager."""

    def __init__(self, target: str) -> None:
        self._target = (target.rpartition(":")[0].strip("[]"), int(target.rpartition(":")[2]))
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.faults = Faults()
        self.accepted = 0
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def links(self) -> int:
        """Connections that are open now."""
        return len(self._links)

    def reset_all(self) -> None:
        """RST on both sides of every connection."""
        self._call(lambda: [link.end(reset=True) for link in list(self._links)])

    def refuse(self) -> None:
        """Stop listening; open connections stay."""
        self._call(self._server.close)

    def arm(self, direction: str, kind: bytes, action: str = "reset", count: int = 1, partial: bool = False) -> Trigger:
        self.faults.trigger = Trigger(direction, kind, action, count, partial)
        return self.faults.trigger

    def heal(self) -> None:
        """No more faults; a connection that hangs goes on."""
        self.faults = Faults()

    def stop(self) -> None:
        self.refuse()
        self.reset_all()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _call(self, work) -> None:
        done = threading.Event()

        def step() -> None:
            try:
                work()
            finally:
                done.set()

        self._loop.call_soon_threadsafe(step)
        done.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._accepted, "127.0.0.1", self.port))
        self._ready.set()
        self._loop.run_forever()
        while tasks := asyncio.all_tasks(self._loop):
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            upstream = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(self, (reader, writer), upstream)
        self._links.add(link)
        try:
            await link.run()
        except asyncio.CancelledError:
            pass  # the relay stops; streams report a cancelled handler as an error of theirs
        finally:
            self._links.discard(link)


class _Link:
    def __init__(self, proxy: FaultProxy, client, server) -> None:
        self.proxy = proxy
        self.client_reader, self.client_writer = client
        self.server_reader, self.server_writer = server
        for writer in (self.client_writer, self.server_writer):
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def run(self) -> None:
        await asyncio.gather(
            self._pump(self.client_reader, self.server_writer, UP),
            self._pump(self.server_reader, self.client_writer, DOWN),
        )

    def end(self, *, reset: bool) -> None:
        for writer in (self.client_writer, self.server_writer):
            if reset:
                with contextlib.suppress(OSError):
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                    )
                writer.transport.abort()
            else:
                writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: str) -> None:
        follower = _Follower(startup=direction == UP)
        passed = 0
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                data = await self._disturb(data, follower, writer, direction, passed)
                if data is None:
                    return
                passed += len(data)
                await self._write(writer, data)
        if not writer.is_closing():
            with contextlib.suppress(OSError, RuntimeError):
                writer.write_eof() if writer.can_write_eof() else writer.close()

    async def _disturb(self, data, follower, writer, direction: str, passed: int) -> bytes | None:
        faults = self.proxy.faults
        if faults.delay:
            await asyncio.sleep(faults.delay)
        while direction in self.proxy.faults.hang:
            await asyncio.sleep(0.01)
        if direction == DOWN and passed <= faults.flip < passed + len(data):
            index = faults.flip - passed
            data = data[:index] + bytes([data[index] ^ 0xFF]) + data[index + 1 :]
        trigger = faults.trigger
        wanted = trigger.kind if trigger and trigger.direction == direction and not trigger.fired.is_set() else b""
        spans = follower.feed(data, wanted)
        if not trigger or len(spans) < trigger.count:
            if trigger and spans:
                trigger.count -= len(spans)
            return data
        return await self._fire(trigger, data, spans[trigger.count - 1], writer)

    async def _fire(self, trigger: Trigger, data: bytes, span: tuple[int, int], writer) -> bytes | None:
        trigger.fired.set()
        start, end = max(span[0], 0), min(span[1], len(data))
        keep = data[: (start + end) // 2] if trigger.partial else data[:start]
        if keep:
            writer.write(keep)
            await writer.drain()
            await asyncio.sleep(0.02)
        if trigger.action == "hang":
            while self.proxy.faults.trigger is trigger:
                await asyncio.sleep(0.01)
            return data[len(keep) :]
        self.end(reset=trigger.action == "reset")
        return None

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        faults = self.proxy.faults
        step = faults.chunk or (max(1, faults.rate // 20) if faults.rate else len(data))
        for index in range(0, len(data), step):
            piece = data[index : index + step]
            writer.write(piece)
            await writer.drain()
            if faults.rate:
                await asyncio.sleep(len(piece) / faults.rate)
            elif faults.chunk:
                await asyncio.sleep(0)


class _Follower:
    """Finds message starts in a plaintext PostgreSQL stream (no SSLRequest answered before it)."""

    def __init__(self, *, startup: bool) -> None:
        self._startup = startup
        self._header = bytearray()
        self._left = 0

    def feed(self, data: bytes, wanted: bytes) -> list[tuple[int, int]]:
        """Spans (start, end) within `data` of messages of type `wanted` that begin here; the end may lie beyond."""
        spans: list[tuple[int, int]] = []
        index = 0
        while index < len(data):
            if self._left:
                step = min(self._left, len(data) - index)
                self._left -= step
                index += step
                continue
            need = (4 if self._startup else 5) - len(self._header)
            self._header += data[index : index + need]
            index += min(need, len(data) - index)
            if len(self._header) < (4 if self._startup else 5):
                break
            index = self._begin(index, wanted, spans)
        return spans

    def _begin(self, index: int, wanted: bytes, spans: list[tuple[int, int]]) -> int:
        (length,) = struct.unpack("!i", self._header[-4:])
        begin = index - len(self._header)
        self._left = max(0, length - 4)
        if not self._startup and bytes(self._header[:1]) == wanted:
            spans.append((begin, index + self._left))
        # An SSLRequest or GSSENCRequest (8 bytes) is answered by one bare letter and followed by a startup message.
        if self._startup and length != 8:
            self._startup = False
        self._header.clear()
        return index
