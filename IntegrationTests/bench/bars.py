"""The bars that `--check` judges by: each a rule on a measured figure, never a figure itself."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from stats import lower_bound, median, upper_bound

PEER, PEER_LARGE_BUFFER, PEER_VERIFIER = "pgbouncer", "pgbouncer-64k", "pgbouncer-verifier"
OURS, OURS_AUDITED, DIRECT = "articdbm", "articdbm-audit", "direct"


@dataclass(frozen=True)
class Metric:
    name: str
    unit: str
    higher_is_better: bool = False
    decimals: int = 2


METRICS = {
    metric.name: metric
    for metric in (
        Metric("cpu", "µs/transaction"),
        Metric("user", "µs/transaction"),
        Metric("tps", "1/s", higher_is_better=True, decimals=0),
        Metric("p50", "ms", decimals=3),
        Metric("p99", "ms", decimals=3),
        Metric("switches", "/transaction", decimals=3),
        Metric("cpu_mib", "µs/MiB", decimals=1),
        Metric("rate", "MiB/s", higher_is_better=True, decimals=0),
        Metric("growth", "MiB", decimals=1),
        Metric("client", "KiB/client"),
        Metric("client_used", "KiB/client"),
        Metric("cpu_login", "µs/login", decimals=1),
        Metric("logins", "1/s", higher_is_better=True, decimals=0),
        Metric("reads", "/transaction", decimals=3),
        Metric("writes", "/transaction", decimals=3),
        Metric("waits", "/transaction", decimals=3),
        Metric("calls", "/transaction", decimals=3),
    )
}


@dataclass(frozen=True)
class Bar:
    """`subject`'s figure, or with `against` its ratio to that peer's in the same rounds, is at most (at least) `limit`.

    `not_worse` bars have a limit of 1 and fall only when the difference is real: when the whole 95 % interval of the
    median lies on the wrong side. Every other bar is judged by the median itself.
    """

    scenario: str
    metric: str
    subject: str
    limit: float
    goal: float | None = None
    against: str | None = None
    not_worse: bool = False


def query_bars() -> list[Bar]:
    bars = []
    for subject, limit, goal in ((OURS, 0.95, 0.90), (OURS_AUDITED, 1.0, 0.95)):
        bars.append(Bar("query-*-16-*", "cpu", subject, limit, goal, PEER))
        bars.append(Bar("query-*-saturated", "tps", subject, 1.0, None, PEER, not_worse=True))
        bars.append(Bar("query-*", "p99", subject, 1.0, None, PEER, not_worse=True))
    return bars


BARS = query_bars() + [
    Bar("transfer-*", "cpu_mib", OURS, 0.8, None, PEER),
    Bar("transfer-*", "cpu_mib", OURS, 1.0, None, PEER_LARGE_BUFFER),
    Bar("transfer-*", "growth", OURS, 16),
    Bar("idle-plain", "client", OURS, 5, 4),
    Bar("idle-tls", "client", OURS, 1.0, None, PEER, not_worse=True),
    Bar("logins", "cpu_login", OURS, 1.0, None, PEER, not_worse=True),
    Bar("logins", "cpu_login", OURS, 1.0, None, PEER_VERIFIER, not_worse=True),
]


@dataclass(frozen=True)
class Verdict:
    """A bar applied: the median, and the 95 % bound on the side where worse lies."""

    bar: Bar
    value: float
    bound: float
    passed: bool
    goal_reached: bool | None


def apply(bar: Bar, rounds: dict[str, list[dict[str, float]]]) -> Verdict | None:
    """None when the run has no such figures."""
    values = series(rounds, bar.metric, bar.subject, bar.against)
    if not values:
        return None
    higher = METRICS[bar.metric].higher_is_better
    sign = -1 if higher else 1
    value, worst = median(values), (lower_bound if higher else upper_bound)(values)
    best = (upper_bound if higher else lower_bound)(values)
    judged = min(sign * best, sign * value) if bar.not_worse else sign * value
    goal_reached = None if bar.goal is None else sign * value <= sign * bar.goal
    return Verdict(bar, value, worst, judged <= sign * bar.limit, goal_reached)


def series(rounds: dict[str, list[dict[str, float]]], metric: str, subject: str, against: str | None) -> list[float]:
    """The figure of every round, or its ratio to the peer's figure in the same round."""
    own = [figures.get(metric) for figures in rounds.get(subject, [])]
    if against is None:
        return [value for value in own if value is not None]
    other = [figures.get(metric) for figures in rounds.get(against, [])]
    return [a / b for a, b in zip(own, other) if a is not None and b]


def matching(scenario: str) -> list[Bar]:
    return [bar for bar in BARS if fnmatchcase(scenario, bar.scenario)]
