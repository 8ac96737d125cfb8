"""pgbench's select-only transaction: at saturation, and at 70 % of the slowest subject's rate."""

from collections.abc import Iterator
from contextlib import ExitStack

import pgbench
from bars import DIRECT, OURS, OURS_AUDITED, PEER
from bench import Bench, Result, alternate
from peers import Gateway, PgBouncer, Subject
from stats import median

MODES = ("simple", "extended", "prepared")
CLIENTS = (16, 256)

# The equal rate, as a share of the slowest subject's throughput.
LOAD = 0.7


def subjects(bench: Bench) -> list[Subject]:
    """All stay up through the scenario: an idle proxy costs nothing."""
    peer = PgBouncer(PEER, bench.server)
    if not bench.has_gateway:
        return [peer, Subject(DIRECT, bench.server.port)]
    return [peer, Gateway(OURS, bench.server), Gateway(OURS_AUDITED, bench.server, audit=True)]


def run(bench: Bench, mode: str, clients: int) -> Iterator[Result]:
    """Two results: `…-saturated`, then `…-rate`."""
    with ExitStack() as stack:
        running = {subject.name: stack.enter_context(subject) for subject in subjects(bench)}

        def measure(name: str, rate: float | None = None) -> dict[str, float]:
            subject = running[name]
            return pgbench.run(subject.port, subject.pid, mode, clients, bench.seconds, bench.folder, rate)

        names, title = list(running), f"pgbench -S, {mode} protocol, {clients} clients"
        fixed = {"mode": mode, "clients": clients, "seconds": bench.seconds}
        saturated = alternate(bench, names, measure)
        yield Result(f"query-{mode}-{clients}-saturated", f"{title}, saturated", saturated, fixed)
        rate = LOAD * min(median([figures["tps"] for figures in rounds]) for rounds in saturated.values())
        steady = alternate(bench, names, lambda name: measure(name, rate))
        yield Result(f"query-{mode}-{clients}-rate", f"{title}, {rate:.0f}/s offered", steady, {**fixed, "rate": rate})
