"""Each tracked feature matters: with it turned off in a test build, programs see a difference.

Only debug builds know the switch (`ARTICDBM_TEST_DISABLE`); `make dev` makes one.
"""

from pathlib import Path

import pytest

from harness import articdbm

from . import run

BINARY = articdbm.ROOT / ".build/debug/articdbm"
FEATURES = (
    "settings", "prepared", "unnamed", "temporary", "cursors", "advisory", "listen", "probe", "hidden", "parameters",
    "sequences", "savepoints", "meanings",
)  # fmt: skip
# Programs that show no difference while everything is on: else a failure would prove nothing.
PROGRAMS = 420

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def debug_build(monkeypatch: pytest.MonkeyPatch) -> Path:
    if not BINARY.exists():
        pytest.fail(f"{BINARY} is missing: run `make dev`")
    monkeypatch.setattr(articdbm, "BINARY", BINARY)
    return BINARY


@pytest.mark.parametrize("feature", FEATURES)
def test_without_a_feature_programs_differ(feature: str) -> None:
    environment = f"ARTICDBM_TEST_DISABLE={feature}"
    report = run.run(run.parser().parse_args(["--count", str(PROGRAMS), "--no-shrink", "--env", environment]))
    assert report.failures, f"{report.programs} programs without {feature} show no difference"
