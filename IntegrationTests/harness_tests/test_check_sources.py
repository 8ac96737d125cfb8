"""The lint step's own checks find what they are there for."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

_PATH = Path(__file__).resolve().parents[1] / "scripts" / "check_sources.py"


@pytest.fixture(scope="module")
def checks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_sources", _PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_long_files(checks: ModuleType) -> None:
    errors, warnings = checks.check_budgets(
        {"Sources/A.swift": "x" * 25_001, "b.py": "\n" * 401, "c.json": "y" * 99_999}
    )
    assert [error.split(":")[0] for error in errors] == ["Sources/A.swift"]
    assert [warning.split(":")[0] for warning in warnings] == ["b.py"]


def test_stray_names(checks: ModuleType) -> None:
    found = checks.check_stray_names({"a.md": "fine\nsee /" + "work/main\n", "b.md": "https://py" + "pi.org/x"})
    assert [line.rsplit(":", 2)[0] for line in found] == ["a.md:2", "b.md:1"]


def test_arrows_go_down_only(checks: ModuleType) -> None:
    assert checks.check_layers({"Pooling": {"Core", "Sockets"}, "ProxyPostgres": {"Proxy"}}) == []
    assert len(checks.check_layers({"Core": {"Sockets"}})) == 1
    assert len(checks.check_layers({"Pooling": {"Limits"}})) == 1
    assert len(checks.check_layers({"Strange": set()})) == 1


@pytest.mark.parametrize(
    ("target", "line", "is_allowed"),
    [
        ("Core", "import Glibc", True),
        ("Core", "internal import Foundation", False),
        ("Server", "internal import FoundationEssentials", True),
        ("WirePostgres", "public import Bytes", True),
        ("WirePostgres", "import Logging", False),
        ("Audit", "internal import Sockets", False),
        ("ProxyMySQL", "internal import WirePostgres", False),
        ("Audit", "// import Sockets", True),
        ("Audit", "@preconcurrency import struct Sockets.Stream", False),
    ],
)
def test_imports(checks: ModuleType, target: str, line: str, is_allowed: bool) -> None:
    targets = {name: {"Core"} for name in ("Audit", "Bytes", "Core", "Server", "Sockets", "WirePostgres", "ProxyMySQL")}
    targets["WirePostgres"] = {"Bytes"}
    targets["ProxyMySQL"] = {"WirePostgres"}
    errors = checks.check_imports(targets, {f"Sources/{target}/A.swift": f"{line}\n"})
    assert (errors == []) is is_allowed, errors
