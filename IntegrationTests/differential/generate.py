"""Makes random programs while it plays them directly: what comes next depends on what the server said."""

from __future__ import annotations

import random
from collections.abc import Callable

from . import session, settings, statements  # noqa: F401  they fill the table of features
from .draw import FEATURES, Draw
from .program import Program, Step
from .stage import Outcome, Stage, Target

POOLS = (1, 2, 2)
CLIENTS = (3, 3, 4)
STEPS = (12, 36)

# Groups that keep a client on its connection; left out of half of the programs, where interleaving is then dense.
PINNING = ("temporary", "holdable", "locks", "listen")

# Groups no program goes without.
KEPT = ("observe", "transactions")

Trace = list[Outcome]


class Dice:
    """A program's own mixture of features."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.pool = self.dice.choice(POOLS)
        self.clients = self.dice.choice(CLIENTS)
        self.length = self.dice.randint(*STEPS)
        groups = {group for group, _, _ in FEATURES}
        self.pins = self.dice.random() < 0.5
        dropped = {group for group in sorted(groups) if group not in KEPT and self.dice.random() < 0.35}
        dropped |= set() if self.pins else set(PINNING)
        # Temporary objects change the search path, and with it when PostgreSQL reads literals (see `Draw.literals`).
        dropped |= {"meanings"} if self.pins else set()
        self.literals = "meanings" not in dropped
        # What hides in a database makes the proxy ask the catalogues all the time, and so hides its other mistakes.
        self.hidden = "hidden" not in dropped and self.dice.random() < 0.5
        dropped |= set() if self.hidden else {"hidden"}
        kept = [(make, weight) for group, weight, make in FEATURES if group not in dropped]
        self.makers, self.weights = zip(*kept, strict=True)

    def step(self, client: int, status: bytes, started: bool) -> Step:
        make = self.dice.choices(self.makers, self.weights)[0]
        step = make(Draw(self.dice, client, status, self.pins, started, self.literals))
        # A failed transaction answers everything alike: do not stay in it for long.
        if status == b"E" and self.dice.random() < 0.3:
            step = settings.begin_or_end(Draw(self.dice, client, status))
        return step


def generate(seed: int, direct: Callable[[Program], Target]) -> tuple[Program, Trace]:
    """The program of `seed` and what it does directly; the last outcome is that of the end."""
    dice = Dice(seed)
    program = Program(seed, dice.pool, dice.clients, hidden=dice.hidden)
    numbers = list(range(1, dice.clients + 1))
    steps = [Step(number, "log in", kind="connect", readies=0) for number in numbers]
    started: set[int] = set()
    with Stage(direct(program), program) as stage:
        stage.prepare()
        trace = [stage.perform(step) for step in steps]
        for _ in range(dice.length):
            number = dice.dice.choice([number for number in numbers if stage.may_play(number)])
            step = dice.step(number, stage.clients[number].status, number in started)
            if step.kind == "connect":
                (started.add if step.parameters else started.discard)(number)
            trace.append(stage.perform(step))
            steps.append(step)
        trace.append(stage.finish())
    return program.with_steps(steps), trace


def replay(program: Program, target: Target) -> Trace:
    """A program's trace, directly; raises `NotPlayable` when it breaks the rule of holders."""
    with Stage(target, program) as stage:
        stage.prepare()
        return [*(stage.perform(step) for step in program.steps), stage.finish()]
