"""Prints results as tables and keeps them as JSON."""

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from bars import METRICS, Verdict, apply, matching, series
from bench import Result
from stats import lower_bound, median, upper_bound


def table(result: Result) -> str:
    """Medians of every subject, then the ratios to the first subject with their 95 % bound on the worse side."""
    names = list(result.rounds)
    width = max(14, *(len(name) + 2 for name in names))
    count = max(len(rounds) for rounds in result.rounds.values())
    lines = [f"\n{result.title}  (median of {count})", f"{'':<32}" + "".join(f"{name:>{width}}" for name in names)]
    for metric in METRICS.values():
        rows = {name: series(result.rounds, metric.name, name, None) for name in names}
        if not any(rows.values()):
            continue
        cells = [f"{median(values):>{width}.{metric.decimals}f}" if values else " " * width for values in rows.values()]
        lines.append(f"  {metric.name + ' ' + metric.unit:<30}" + "".join(cells))
        lines += ratio_lines(result, metric.name, names)
    return "\n".join(lines)


def ratio_lines(result: Result, metric: str, names: list[str]) -> list[str]:
    higher, lines = METRICS[metric].higher_is_better, []
    for name in names[1:]:
        if ratios := series(result.rounds, metric, name, names[0]):
            bound = (lower_bound if higher else upper_bound)(ratios)
            sign = "≥" if higher else "≤"
            lines.append(f"      {name} / {names[0]}: {median(ratios):.3f}  (95 % {sign} {bound:.3f})")
    return lines


def verdicts(results: list[Result]) -> list[tuple[Result, Verdict]]:
    judged = [(result, apply(bar, result.rounds)) for result in results for bar in matching(result.scenario)]
    return [(result, verdict) for result, verdict in judged if verdict]


def verdict_line(result: Result, verdict: Verdict) -> str:
    bar = verdict.bar
    sign = "≥" if METRICS[bar.metric].higher_is_better else "≤"
    subject = f"{bar.subject} / {bar.against}" if bar.against else bar.subject
    limit = "not worse" if bar.not_worse else f"{sign} {bar.limit:g}"
    goal = {None: "", True: f", goal {bar.goal} reached", False: f", goal {bar.goal} missed"}[verdict.goal_reached]
    outcome = "pass" if verdict.passed else "FAIL"
    return (
        f"{outcome}  {result.scenario:<30} {bar.metric:<10} {subject:<32} {verdict.value:8.3f} "
        f"(95 % {sign} {verdict.bound:.3f})  bar {limit}{goal}"
    )


def machine() -> dict[str, object]:
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {"processors": os.cpu_count(), "model": model, "kernel": platform.release(), "load": os.getloadavg()[0]}


def save(path: Path, header: dict[str, object], results: list[Result]) -> None:
    """Rounds as they were measured, and the verdicts the bars of today give."""
    judged = [{"scenario": result.scenario, **asdict(verdict)} for result, verdict in verdicts(results)]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {**header, "results": [asdict(result) for result in results], "verdicts": judged}
    path.write_text(json.dumps(content, indent=1))


def load(path: Path) -> list[Result]:
    return [Result(**stored) for stored in json.loads(path.read_text())["results"]]
