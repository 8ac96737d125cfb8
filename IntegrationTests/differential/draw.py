"""The dice: what a feature may ask when it makes a step, and the table of features."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .program import Step

T = TypeVar("T")


@dataclass
class Draw:
    """`status` is the client's transaction state in the direct run: I, T or E. With `pins`, steps may pin.

    `started` says that the client gave settings in its startup packet. With `literals` statements may be prepared whose
    literals depend on settings: then nothing is done that makes PostgreSQL itself read them again.
    """

    dice: random.Random
    client: int
    status: bytes
    pins: bool = False
    started: bool = False
    literals: bool = False

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.dice.randrange(len(choices))]

    def chance(self, probability: float) -> bool:
        return self.dice.random() < probability

    def number(self, low: int, high: int) -> int:
        return self.dice.randint(low, high)


Feature = Callable[[Draw], Step]

# Group, weight and maker of every feature, in the order of definition.
FEATURES: list[tuple[str, int, Feature]] = []


def feature(group: str, weight: int) -> Callable[[Feature], Feature]:
    def register(make: Feature) -> Feature:
        FEATURES.append((group, weight, make))
        return make

    return register
