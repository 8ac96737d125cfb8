"""Runs a program through the proxy and finds the first difference from its direct trace; shrinks what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from .generate import Trace, replay
from .known import is_tolerated
from .program import Program, Step
from .stage import NotPlayable, Outcome, Stage, Target, guarded

# Of a step while shrinking, in seconds: some differences are a wait without end.
SHRINKING_TIMEOUT = 2.0


@dataclass(frozen=True)
class Difference:
    """At step `index` of the program, or after its last."""

    program: Program
    index: int
    direct: Outcome
    proxied: Outcome

    def __str__(self) -> str:
        steps = self.program.steps
        where = f"step {self.index}, client {steps[self.index].client}: {steps[self.index].label}" \
            if self.index < len(steps) else "after the last step"  # fmt: skip
        shown = [str(self.program), f"differs at {where}"]
        for name in ("answer", "parameters", "residue"):
            direct, proxied = getattr(self.direct, name), getattr(self.proxied, name)
            if direct != proxied:
                direct, proxied = only_changed(direct, proxied)
                shown += [f"  {name}, direct:  {direct}", f"  {name}, proxied: {proxied}"]
        return "\n".join(shown)


def only_changed(direct: object, proxied: object) -> tuple[object, object]:
    """Of parameters those that differ; of an answer what lies between its common beginning and common end."""
    if isinstance(direct, dict):
        names = {name for name in {*direct, *proxied} if direct.get(name) != proxied.get(name)}
        return {name: direct.get(name) for name in names}, {name: proxied.get(name) for name in names}
    first = next((i for i, (a, b) in enumerate(zip(direct, proxied, strict=False)) if a != b),
                 min(len(direct), len(proxied)))  # fmt: skip
    last = 0
    while last < min(len(direct), len(proxied)) - first and direct[-1 - last] == proxied[-1 - last]:
        last += 1
    return direct[first : len(direct) - last], proxied[first : len(proxied) - last]


def difference(program: Program, trace: Trace, target: Target) -> Difference | None:
    with Stage(target, program) as stage:
        ready = guarded(stage.prepare)
        if ready.answer:
            return Difference(program, 0, Outcome([]), ready)
        for index, step in enumerate(program.steps):
            expected = trace[index]
            outcome = guarded(partial(stage.perform, step, expected))
            if outcome != expected and not tolerated(step, expected, outcome):
                return Difference(program, index, expected, outcome)
        expected = trace[-1]
        outcome = guarded(partial(stage.finish, expected))
        return None if outcome == expected else Difference(program, len(program.steps), expected, outcome)


def tolerated(step: Step, direct: Outcome, proxied: Outcome) -> bool:
    return direct.parameters == proxied.parameters and is_tolerated(step.tolerates, direct.answer, proxied.answer)


def shrink(found: Difference, direct: Target, fresh: Callable[[], Target], attempts: int = 400) -> Difference | None:
    """The smallest program that still differs, by delta debugging; None when it does not differ on a fresh proxy."""

    def attempt(steps: list[Step]) -> Difference | None:
        program = found.program.with_steps(steps)
        try:
            trace = replay(program, direct)
        except NotPlayable:
            return None
        return difference(program, trace, replace(fresh(), timeout=SHRINKING_TIMEOUT))

    best = attempt(list(found.program.steps))
    if best is None:
        return None
    # Nothing after the difference can have caused it.
    steps = list(best.program.steps[: best.index + 1])
    if shorter := attempt(steps):
        best = shorter
    else:
        steps = list(best.program.steps)
    chunk = max(1, len(steps) // 2)
    while attempts > 0:
        start, removed = 0, False
        while start < len(steps) and attempts > 0:
            candidate = steps[:start] + steps[start + chunk :]
            attempts -= 1
            if candidate and (smaller := attempt(candidate)):
                best, steps, removed = smaller, candidate, True
            else:
                start += chunk
        if chunk == 1 and not removed:
            break
        chunk = max(1, chunk // 2)
    return best
