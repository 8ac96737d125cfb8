#!/usr/bin/env python3
"""Prints what inspection catches, how it agrees with PostgreSQL's own parser, and what it costs beside that parser."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pglast.parser import ParseError, split  # noqa: E402
from stats import median  # noqa: E402

from harness.articdbm import BINARY  # noqa: E402  needs the path above
from inspection import corpus, detection  # noqa: E402
from inspection.postgres_agreement import compare  # noqa: E402

ROUNDS = 5


def detected() -> None:
    attacks, benign = detection.attacks(), detection.benign()
    if attacks is None or benign is None:
        print("no shared corpus at hand: our own statements instead")
        return print(detection.table("own", detection.own()))
    print(detection.table("attacks", attacks))
    print(detection.table("benign", benign))


def agreement(statements: list[corpus.Statement]) -> None:
    result = compare(statements)
    print(
        f"\nPostgreSQL's parser agrees on {result.exact:.2%} of {result.count} statements; "
        f"{result.refused} texts are none to it"
    )


def parser_cost(texts: list[str]) -> float:
    """ns a text in PostgreSQL's parser, which here gives back no more than where statements begin and end."""
    times = []
    for _ in range(ROUNDS):
        before = time.perf_counter_ns()
        for text in texts:
            split(text)
        times.append((time.perf_counter_ns() - before) / len(texts))
    return median(times)


def scan_cost(texts: list[str]) -> float:
    """ns a text to look at each of its bytes once; the call itself included."""
    data, times = [text.encode() for text in texts], []
    for _ in range(ROUNDS):
        before = time.perf_counter_ns()
        for text in data:
            text.count(0)
        times.append((time.perf_counter_ns() - before) / len(data))
    return median(times)


def own_costs(dialect: str, texts: list[str]) -> dict[str, float]:
    """ns a text for each part of inspection, on average."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write("".join(corpus.escape(text) + "\n" for text in texts))
        file.flush()
        command = [BINARY, "inspect", "--bench", "--dialect", dialect, file.name]
        output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    parts = [line.split(": ", 1) for line in output.splitlines() if ": median " in line]
    return {name: float(rest.split("mean ")[1].split()[0]) for name, rest in parts}


def is_understood(text: str) -> bool:
    try:
        split(text)
    except ParseError:
        return False
    return True


def cost() -> None:
    for dialect in detection.DIALECTS:
        statements = corpus.shared(dialect) or corpus.own(dialect)
        texts = [each.text for each in statements]
        if dialect == "postgres":
            texts = [text for text in texts if is_understood(text)]
        size = sum(len(text.encode()) for text in texts) / len(texts)
        print(f"\n{dialect}: {len(texts)} statements, {size:.0f} bytes on average")
        parser = parser_cost(texts) if dialect == "postgres" else None
        for name, ns in own_costs(dialect, texts).items():
            ratio = f"  {ns / parser:6.3f} of the parser's" if parser else ""
            print(f"  {name:24} {ns:8.0f} ns{ratio}")
        if parser:
            print(f"  {'PostgreSQL parser':24} {parser:8.0f} ns")
        print(f"  {'byte scan':24} {scan_cost(texts):8.0f} ns")


if __name__ == "__main__":
    detected()
    agreement(corpus.shared("postgres") or corpus.own("postgres"))
    cost()
