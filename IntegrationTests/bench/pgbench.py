"""Runs pgbench against one subject and meters it while the load is steady."""

import os
import re
import subprocess
from pathlib import Path

from meters import Reading
from peers import postgres_program
from stats import percentile

from harness.postgres_server import APP_DATABASE, APP_PASSWORD, APP_USER

THREADS = 2

# The share of transactions whose latency is logged: tens of thousands per run, and no cost to speak of.
SAMPLING = 0.1

PROGRESS = re.compile(r"progress: ([0-9.]+) s, ([0-9.]+) tps")


class LoadFailure(Exception):
    """pgbench failed, or its clients did."""


def command(port: int, mode: str, clients: int, *arguments: str) -> list[str]:
    return [
        postgres_program("pgbench"),
        "-n",
        "-S",
        "-M",
        mode,
        "-c",
        str(clients),
        "-j",
        str(min(THREADS, clients)),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-U",
        APP_USER,
        *arguments,
        APP_DATABASE,
    ]


def environment() -> dict[str, str]:
    return {**os.environ, "PGPASSWORD": APP_PASSWORD, "PGSSLMODE": "disable", "PGGSSENCMODE": "disable", "LC_ALL": "C"}


def run(
    port: int, pid: int | None, mode: str, clients: int, seconds: int, folder: Path, rate: float | None = None
) -> dict[str, float]:
    """One run of `seconds` after one of warming up.

    Metering goes from the first progress report to the last, so logins and the first statements are left out.
    Latencies are pgbench's own, per transaction; with `rate` they count from the scheduled start.
    """
    arguments = [
        "-T",
        str(seconds + 1),
        "-P",
        "1",
        "--log",
        "--log-prefix",
        str(folder / "latency"),
        "--sampling-rate",
        str(SAMPLING),
    ]
    if rate:
        arguments += ["-R", f"{rate:.0f}"]
    process = subprocess.Popen(
        command(port, mode, clients, *arguments),
        env=environment(),
        cwd=folder,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    readings, complaints = [], []
    for line in process.stderr:
        if match := PROGRESS.match(line):
            readings.append((Reading.of(pid), float(match[2])))
        else:
            complaints.append(line)
    if process.wait() != 0 or len(readings) < 2:
        raise LoadFailure(f"pgbench on port {port} ended with {process.returncode}:\n{''.join(complaints[-10:])}")
    return {**figures(readings, pid), **latencies(folder)}


def figures(readings: list[tuple[Reading, float]], pid: int | None) -> dict[str, float]:
    # Each report gives the mean rate since the one before it.
    transactions = sum(
        tps * (reading.clock - before.clock) for (before, _), (reading, tps) in zip(readings, readings[1:])
    )
    first, last = readings[0][0], readings[-1][0]
    result = {"tps": transactions / (last.clock - first.clock)}
    if pid is not None:
        result |= {
            "cpu": (last.processor - first.processor) / transactions * 1e6,
            "user": (last.user - first.user) / transactions * 1e6,
            "switches": (last.switches - first.switches) / transactions,
        }
    return result


def latencies(folder: Path) -> dict[str, float]:
    """Milliseconds at the median and the 99th percentile, the first second left out; removes the logs."""
    samples = []
    for path in folder.glob("latency.*"):
        for line in path.read_text().splitlines():
            _, _, elapsed, _, seconds, micros, *_ = line.split()
            samples.append((int(seconds) + int(micros) / 1e6, int(elapsed)))
        path.unlink()
    begin = min(when for when, _ in samples) + 1
    ordered = sorted(elapsed for when, elapsed in samples if when >= begin)
    return {"p50": percentile(ordered, 0.5) / 1e3, "p99": percentile(ordered, 0.99) / 1e3}
