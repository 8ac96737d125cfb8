"""Medians, and how sure they are: distribution-free bounds by order statistics."""

import math
import statistics

CONFIDENCE = 0.95


def upper_bound(values: list[float]) -> float:
    """The smallest observed value that the true median exceeds with a chance of 5 % at most.

    The k-th of n ordered values lies below the median with the chance that at least k of n coin tosses come up heads.
    Below five values no rank is that sure, and the largest value stands in.
    """
    ordered, count = sorted(values), len(values)
    for rank in range(1, count + 1):
        below = sum(math.comb(count, heads) for heads in range(rank, count + 1)) / 2**count
        if below <= 1 - CONFIDENCE:
            return ordered[rank - 1]
    return ordered[-1]


def lower_bound(values: list[float]) -> float:
    """The mirror image of `upper_bound`."""
    return -upper_bound([-value for value in values])


def percentile(ordered: list[float], fraction: float) -> float:
    """By nearest rank; `ordered` ascending and not empty."""
    return ordered[min(len(ordered) - 1, math.ceil(fraction * len(ordered)) - 1)]


median = statistics.median
