"""What the differential test lets pass is one error in one place, and nothing else."""

import pytest
from differential.known import is_tolerated

COLUMNS, ROW, DONE, READY = ("T", b"columns"), ("D", b"row"), ("C", b"SELECT 1\0"), ("Z", b"I")
DIRECT = [COLUMNS, ROW, DONE, READY]


def error(state: str) -> tuple[str, tuple]:
    return "E", (("C", state), ("M", "text"))


@pytest.mark.parametrize("proxied", [[COLUMNS, error("55000"), READY], [error("55000"), READY]])
def test_the_known_difference_passes(proxied: list) -> None:
    assert is_tolerated("currval", DIRECT, proxied)


@pytest.mark.parametrize(
    ("difference", "direct", "proxied"),
    [
        ("", DIRECT, [COLUMNS, error("55000"), READY]),
        ("currval", DIRECT, [COLUMNS, error("42P01"), READY]),
        ("currval", DIRECT, [COLUMNS, error("55000"), ("Z", b"E")]),
        ("currval", DIRECT, [("T", b"others"), error("55000"), READY]),
        ("currval", DIRECT, [COLUMNS, ROW, READY]),
        ("currval", DIRECT, [COLUMNS, ("D", b"somebody else's"), DONE, READY]),
        ("currval", [error("55000"), READY], DIRECT),
        ("currval", DIRECT, []),
    ],
)
def test_nothing_else_passes(difference: str, direct: list, proxied: list) -> None:
    assert not is_tolerated(difference, direct, proxied)
