#!/usr/bin/env python3
"""Measures ArticDBM beside PgBouncer in one run and prints medians and ratios; judges only with --check.

Until the binary is built, PgBouncer is measured beside the database reached directly.
"""

import argparse
import datetime
import sys
import tempfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import clients  # noqa: E402
import query  # noqa: E402
import report  # noqa: E402
import syscalls  # noqa: E402
import transfer  # noqa: E402
from bench import Bench, Result  # noqa: E402
from peers import Gateway, PgBouncer, create_database  # noqa: E402

from harness import articdbm  # noqa: E402  needs the path above
from harness.certificates import Authority  # noqa: E402

RESULTS = articdbm.ROOT / "IntegrationTests" / ".results"
SCALE = 10


def scenarios() -> dict[str, Callable[[Bench], Iterator[Result]]]:
    """In the order they run."""
    named = {
        f"query-{mode}-{count}": partial(query.run, mode=mode, clients=count)
        for count in query.CLIENTS
        for mode in query.MODES
    }
    named |= {f"transfer-{kind}": partial(transfer.run, kind=kind) for kind in ("copy", "rows")}
    named |= {f"idle-{kind}": partial(clients.run_idle, kind=kind) for kind in ("plain", "tls")}
    return named | {"logins": clients.run_logins, "syscalls": syscalls.run}


def chosen(patterns: list[str]) -> dict[str, Callable[[Bench], Iterator[Result]]]:
    every = scenarios()
    found = {
        name: run
        for name, run in every.items()
        if not patterns or any(name.startswith(pattern) or fnmatchcase(name, pattern) for pattern in patterns)
    }
    if not found:
        raise SystemExit(f"no scenario of that name; there are: {', '.join(every)}")
    return found


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="judge by the bars: status 1 when one is missed")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="scenario, beginning or pattern")
    parser.add_argument("--pairs", type=int, default=10, help="rounds of every comparison (default 10)")
    parser.add_argument("--seconds", type=int, default=5, help="metered seconds of one pgbench run (default 5)")
    parser.add_argument("--json", type=Path, default=RESULTS / "bench.json", help="where results go")
    parser.add_argument("--binary", type=Path, help="the articdbm to measure (default .build/release/articdbm)")
    parser.add_argument("--list", action="store_true", help="name the scenarios and end")
    parser.add_argument("--quiet", action="store_true", help="no line per measurement")
    return parser.parse_args()


def measure(arguments: argparse.Namespace, header: dict[str, object]) -> list[Result]:
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="articdbm-bench-") as name:
        folder = Path(name)
        server = create_database(SCALE)
        try:
            bench = Bench(
                server, folder, Authority(folder / "ca").issue_server(), arguments.pairs, arguments.seconds,
                Gateway.is_built(), lambda line: None if arguments.quiet else print(f"    {line}", flush=True),
            )  # fmt: skip
            for scenario, run in chosen(arguments.only).items():
                print(f"\n── {scenario}", flush=True)
                for result in run(bench):
                    results.append(result)
                    print(report.table(result), flush=True)
                    # After each, so that an interrupted run leaves what it has.
                    report.save(arguments.json, header, results)
        finally:
            server.remove()
    return results


def main() -> int:
    arguments = parse()
    if arguments.list:
        print("\n".join(scenarios()))
        return 0
    if arguments.binary:
        articdbm.BINARY = arguments.binary.absolute()
    if arguments.check and not Gateway.is_built():
        print(f"{articdbm.BINARY} is missing: nothing to judge", file=sys.stderr)
        return 2
    versions = [PgBouncer.version(), Gateway.version() if Gateway.is_built() else "no ArticDBM built"]
    header = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "versions": versions,
        "machine": report.machine(),
        "pairs": arguments.pairs,
    }
    print("\n".join([*versions, str(header["machine"])]))
    results = measure(arguments, header)
    print(f"\nresults: {arguments.json}")
    return judge(results) if arguments.check else 0


def judge(results: list[Result]) -> int:
    judged = report.verdicts(results)
    print("\n" + "\n".join(report.verdict_line(result, verdict) for result, verdict in judged))
    return 0 if judged and all(verdict.passed for _, verdict in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
