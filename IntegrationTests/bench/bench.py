"""What every scenario shares: the database, the settings of the run, and the alternation of subjects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.postgres_server import APP_USER, PostgresServer

Figures = dict[str, float]
Rounds = dict[str, list[Figures]]


@dataclass
class Bench:
    """One run: `pairs` rounds of every scenario, `seconds` of metered load each where a load takes time."""

    server: PostgresServer
    folder: Path
    certificate: tuple[Path, Path]
    pairs: int
    seconds: int
    has_gateway: bool
    say: Callable[[str], None]

    def verifier(self) -> str:
        """The SCRAM verifier that the server holds of the application's role."""
        return self.server.sql("SELECT rolpassword FROM pg_authid WHERE rolname = %s", APP_USER, superuser=True)[0][0]


@dataclass
class Result:
    """The figures of every round; `settings` say what was held fixed."""

    scenario: str
    title: str
    rounds: Rounds
    settings: dict[str, object] = field(default_factory=dict)


def alternate(
    bench: Bench, subjects: list[str], measure: Callable[[str], Figures], rounds: int | None = None
) -> Rounds:
    """Measures every subject once a round; every other round backwards, so that a drift of the machine cancels out."""
    taken: Rounds = {name: [] for name in subjects}
    count = rounds or bench.pairs
    for index in range(count):
        for name in subjects if index % 2 == 0 else reversed(subjects):
            figures = measure(name)
            taken[name].append(figures)
            shown = "  ".join(f"{key} {value:.5g}" for key, value in figures.items())
            bench.say(f"{index + 1}/{count} {name:<20} {shown}")
    return taken
