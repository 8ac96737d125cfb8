#!/usr/bin/env python3
"""Judges the last run's results by the bars; status 1 when one is missed."""

import argparse
import sys
from pathlib import Path

import run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=run.RESULTS / "bench.json", help="results to judge")
    arguments, _ = parser.parse_known_args()
    if not arguments.json.exists():
        print(f"{arguments.json} is missing: run `make bench` first", file=sys.stderr)
        return 2
    return run.judge(run.report.load(arguments.json))


if __name__ == "__main__":
    sys.exit(main())
