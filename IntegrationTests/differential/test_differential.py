"""Random programs see the same through the proxy as directly; `DIFFERENTIAL_PROGRAMS` says how many are tried."""

from collections.abc import Iterator

import pytest

from harness.postgres_server import PostgresServer

from . import run
from .ground import Ground, create_server

# A release is judged by ten thousand, which take a quarter of an hour.
pytestmark = pytest.mark.timeout(3600)


@pytest.fixture
def ground() -> Iterator[Ground]:
    server: PostgresServer = create_server(1)
    try:
        yield Ground(server, 0)
    finally:
        server.remove()


def options(*arguments: str):
    return run.parser().parse_args(arguments)


def test_no_difference_through_the_proxy() -> None:
    report = run.run(options())
    assert not report.failures, "\n\n".join(report.failures)


def test_no_difference_without_a_proxy() -> None:
    """Else programs would depend on chance."""
    report = run.run(options("--against", "postgresql", "--count", "40"))
    assert report.programs == 40
    assert not report.failures, "\n\n".join(report.failures)


def test_a_changed_setting_is_found_and_its_program_shrunk(ground: Ground) -> None:
    for name, admin in ground.admins.items():
        admin.rows(f"ALTER DATABASE w0{name} SET work_mem = '1234kB'")
    seeds = range(1, 30)
    report = run.play(ground, seeds, failures=1)
    assert "1234kB" in report.failures[0]
    assert "steps shrunk to 1)" in report.failures[0]
