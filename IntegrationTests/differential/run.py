#!/usr/bin/env python3
"""Runs random programs directly and through the proxy and compares everything their clients see.

run.py --count 10000            what a release is judged by
run.py --seed 4711 --count 1    one program again
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from differential.client import STEP_TIMEOUT, Stalled  # noqa: E402  needs the path above
from differential.compare import Difference, difference, shrink  # noqa: E402
from differential.generate import generate  # noqa: E402
from differential.ground import GROUNDS, Ground, create_server  # noqa: E402
from differential.program import Program  # noqa: E402
from harness import articdbm  # noqa: E402
from harness.postgres_server import PostgresServer  # noqa: E402

# Programs before a failing one that may have left behind what made it fail.
HISTORY = 50


@dataclass
class Report:
    """What one worker did; every failure as text."""

    programs: int = 0
    steps: int = 0
    failures: list[str] = field(default_factory=list)


class Standstill:
    """Counts how often the whole machine stood still, as virtual ones do, for as long as an answer may take.

    A program that only waits is not counted: this thread then goes on.
    """

    LONGEST = STEP_TIMEOUT / 4

    def __init__(self) -> None:
        self.stops = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(0.05)
            now = time.monotonic()
            self.stops += now - last > self.LONGEST
            last = now


def explain(found: Difference, ground: Ground, shrinking: bool) -> str:
    """The failure by its smallest program."""
    seed = found.program.seed
    again = f"again by: run.py --seed {seed} --count 1"
    if not shrinking:
        return f"{found}\n{again}"
    smallest = shrink(found, ground.direct(found.program), lambda: ground.fresh(found.program))
    if smallest:
        return f"{smallest}\n{again}  ({len(found.program.steps)} steps shrunk to {len(smallest.program.steps)})"
    history = f"--seed {max(1, seed - HISTORY)} --count {min(seed, HISTORY + 1)} --workers 1"
    return f"{found}\nonly after earlier programs: try run.py {history}"


def compare(ground: Ground, seed: int, clock: Standstill) -> tuple[Program, Difference | None]:
    """One program; again, from a fresh proxy, when the machine stood still meanwhile: then answers seem to fail."""
    while True:
        stops = clock.stops
        try:
            program, trace = generate(seed, ground.direct)
            found = difference(program, trace, ground.proxied(program))
        except Stalled:
            if clock.stops == stops:
                raise
            continue
        if found is None or clock.stops == stops:
            return program, found
        ground.fresh(program)


def play(ground: Ground, seeds: range, failures: int, shrinking: bool = True) -> Report:
    """Ends early after so many failures."""
    report = Report()
    clock = Standstill()
    ground.start()
    try:
        for seed in seeds:
            program, found = compare(ground, seed, clock)
            report.programs += 1
            report.steps += len(program.steps)
            if found:
                report.failures.append(ground.last_words() + explain(found, ground, shrinking))
                if len(report.failures) >= failures:
                    break
                ground.fresh(program)
    finally:
        ground.stop()
    return report


def work(server: PostgresServer, worker: int, seeds: range, options: argparse.Namespace) -> Report:
    environment = dict(pair.split("=", 1) for pair in options.env)
    ground = GROUNDS[options.against](server, worker, environment)
    return play(ground, seeds, options.failures, not options.no_shrink)


def side_by_side(server: PostgresServer, shares: list[range], options: argparse.Namespace) -> list[Report]:
    """One process a share; a worker that dies is a failure."""
    context = multiprocessing.get_context("fork")
    processes = []
    for worker, seeds in enumerate(shares):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=lambda *job, sender=sender: sender.send(work(*job)),
                                  args=(server, worker, seeds, options))  # fmt: skip
        process.start()
        sender.close()
        processes.append((process, receiver))
    reports = []
    for process, receiver in processes:
        try:
            reports.append(receiver.recv())
        except EOFError:
            reports.append(Report(failures=["a worker died: see its traceback above"]))
        process.join()
    return reports


def run(options: argparse.Namespace) -> Report:
    """All workers' reports in one."""
    workers = min(options.workers, options.count)
    total = Report()
    server = create_server(workers)
    try:
        share = range(options.seed, options.seed + options.count)
        for report in side_by_side(server, [share[worker::workers] for worker in range(workers)], options):
            total.programs += report.programs
            total.steps += report.steps
            total.failures += report.failures
    finally:
        server.remove()
    return total


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    result.add_argument("--count", type=int, default=int(os.environ.get("DIFFERENTIAL_PROGRAMS", "300")))
    result.add_argument("--seed", type=int, default=1, help="of the first program; each next has the next number")
    result.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    result.add_argument("--against", choices=sorted(GROUNDS), default="articdbm")
    result.add_argument("--failures", type=int, default=1, help="failing programs a worker goes on to")
    result.add_argument("--no-shrink", action="store_true")
    result.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="for the proxy's environment")
    result.add_argument("--binary", type=Path)
    return result


def main() -> int:
    options = parser().parse_args()
    if options.binary:
        articdbm.BINARY = options.binary.absolute()
    begin = time.monotonic()
    report = run(options)
    for failure in report.failures:
        print(f"\n{failure}")
    elapsed = time.monotonic() - begin
    print(f"\n{report.programs} programs, {report.steps} steps, {len(report.failures)} failed, {elapsed:.0f} s")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
