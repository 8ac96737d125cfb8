"""One GiB to a client that throws it away: by COPY, and as rows of 8 KiB."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import meters
from bars import DIRECT, OURS, PEER, PEER_LARGE_BUFFER
from bench import Bench, Result, alternate
from peers import Gateway, PgBouncer, Subject

from harness import raw
from harness.postgres_server import APP_DATABASE, APP_PASSWORD, APP_USER

MIB = 1 << 20
ROW = 8192
COLUMNS = 16
TIMEOUT = 120


def statements(mebibytes: int) -> dict[str, str]:
    rows = mebibytes * MIB // ROW
    columns = ", ".join(f"repeat('{chr(97 + index)}', {ROW // COLUMNS})" for index in range(COLUMNS))
    return {
        "copy": f"COPY (SELECT repeat('x', {ROW - 1}) FROM generate_series(1, {rows})) TO STDOUT",
        "rows": f"SELECT {columns} FROM generate_series(1, {rows})",
    }


def subjects(bench: Bench) -> list[Subject]:
    peers = [PgBouncer(PEER, bench.server), PgBouncer(PEER_LARGE_BUFFER, bench.server, pkt_buf=64 * 1024)]
    return [*peers, Gateway(OURS, bench.server) if bench.has_gateway else Subject(DIRECT, bench.server.port)]


def discard(peer: socket.socket, sql: str, buffer: memoryview) -> int:
    """Runs a statement that succeeds and throws its answer away as cheaply as can be; the number of bytes that came.

    The end is told by ReadyForQuery as the very last bytes, which no row here contains.
    """
    peer.sendall(raw.query(sql))
    total, tail, end = 0, b"", raw.message(b"Z", b"I")
    while tail != end:
        count = peer.recv_into(buffer)
        if count == 0:
            raise raw.Closed
        total += count
        tail = (tail + bytes(buffer[max(0, count - len(end)) : count]))[-len(end) :]
    return total


def measure(subject: Subject, sql: str, mebibytes: int, baselines: dict[str, int]) -> dict[str, float]:
    """Growth counts from before the subject's first transfer, so that buffers it keeps are not lost sight of."""
    buffer = memoryview(bytearray(MIB))
    with raw.RawPostgres("127.0.0.1", subject.port, timeout=TIMEOUT) as peer:
        peer.login(APP_USER, APP_PASSWORD, APP_DATABASE)
        peer.rows("SELECT 1")
        pid = subject.pid or os.getpid()
        before = baselines.setdefault(subject.name, meters.resident(pid))
        meters.reset_peak(pid)
        begin = meters.Reading.of(pid)
        received = discard(peer.socket, sql, buffer)
        end = meters.Reading.of(pid)
        growth = meters.peak(pid) - before
    if received < mebibytes * MIB:
        raise RuntimeError(f"{subject.name} sent {received} bytes only")
    figures = {"rate": received / MIB / (end.clock - begin.clock)}
    if subject.pid is not None:
        figures["cpu_mib"] = (end.processor - begin.processor) / (received / MIB) * 1e6
        figures["growth"] = growth / MIB
    return figures


def run(bench: Bench, kind: str, mebibytes: int = 1024) -> Iterator[Result]:
    sql = statements(mebibytes)[kind]
    baselines: dict[str, int] = {}
    with ExitStack() as stack:
        running = {subject.name: stack.enter_context(subject) for subject in subjects(bench)}
        rounds = alternate(bench, list(running), lambda name: measure(running[name], sql, mebibytes, baselines))
    title = f"{mebibytes} MiB by " + ("COPY TO STDOUT" if kind == "copy" else f"SELECT of rows of {ROW} bytes")
    yield Result(f"transfer-{kind}", title, rounds, {"mebibytes": mebibytes})
