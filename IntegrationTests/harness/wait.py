"""Waiting for a state instead of for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(probe: Callable[[], T], timeout: float = 10, interval: float = 0.02, what: str = "") -> T:
    """Calls `probe` until it returns something true, and returns that; an AssertionError counts as not yet."""
    deadline = time.monotonic() + timeout
    while True:
        failure: AssertionError | None = None
        value = None
        try:
            value = probe()
        except AssertionError as error:
            failure = error
        if value:
            return value
        if time.monotonic() >= deadline:
            raise failure or AssertionError(f"not within {timeout} s: {what or probe} (last: {value!r})")
        time.sleep(interval)
