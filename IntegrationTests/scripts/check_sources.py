#!/usr/bin/env python3
"""Checks that no compiler makes: file budgets, the layers of the targets, and names that must not be in the tree."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

MAX_CHARACTERS = 25_000
WARN_LINES = 400
BUDGETED = {".swift", ".c", ".h", ".py", ".sh", ".md", ".js", ".java", ".go", ".pl", ".rb", ".php"}

#: From the lowest to the highest. A target sees lower layers only, and in its own layer what BESIDE names.
LAYERS = (
    ("CBuildInfo", "CLinux", "COpenSSL", "Bytes", "Core", "Credentials"),
    ("Sockets", "WirePostgres", "Inspection"),
    ("Policy",),
    ("Pooling", "Identity", "Limits", "Audit", "Telemetry"),
    ("Configuration", "Proxy", "ProxyPostgres", "AdminAPI", "Control"),
    ("Server",),
    ("articdbm",),
)
BESIDE = {
    "Core": {"Bytes", "CLinux"},
    "Credentials": {"Bytes", "COpenSSL", "Core"},
    "ProxyPostgres": {"Proxy"},
    "Control": {"Proxy"},
}

#: Protocols: a module whose name ends in one of these may not import a module that ends in another.
PROTOCOLS = ("Postgres", "MySQL", "TDS", "Mongo", "Redis", "RESP")

#: Pure targets: bytes or values in, values out.
PURE = {"Bytes", "WirePostgres", "Inspection", "Policy"}
PURE_FORBIDDEN = {"Dispatch", "Logging", "Synchronization"}

#: Where a query passes; Foundation's types and its size stay out.
DATA_PATH = {
    "Bytes", "Core", "Credentials", "Sockets", "WirePostgres", "Inspection", "Policy", "Pooling", "Identity", "Limits",
    "Audit", "Telemetry", "Proxy", "ProxyPostgres",
}  # fmt: skip
IMPORT = re.compile(
    r"^\s*(?:@[\w()]+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|let|var|typealias)\s+)?(\w+)",
    re.MULTILINE,
)

#: Written so that this file does not contain what it looks for.
_HOSTS = ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb.debian", "org"), ("golang", "org/proxy")
STRAY = {
    "a package registry's host": re.compile("|".join(rf"\b{re.escape('.'.join(host))}" for host in _HOSTS)),
    "a path of one machine": re.compile("/" + r"(?:work|farm)/|/" + r"root/"),
    "a private key": re.compile("-----BEGIN " + r"[A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}"),
}


def check_budgets(files: dict[str, str]) -> tuple[list[str], list[str]]:
    errors, warnings = [], []
    for path, text in files.items():
        if Path(path).suffix not in BUDGETED:
            continue
        lines = text.count("\n")
        if len(text) > MAX_CHARACTERS:
            errors.append(f"{path}: {len(text)} characters, more than {MAX_CHARACTERS}")
        if lines > WARN_LINES and not path.endswith(".md"):
            warnings.append(f"{path}: {lines} lines, more than {WARN_LINES}")
    return errors, warnings


def check_stray_names(files: dict[str, str]) -> list[str]:
    return [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {what}: {match.group()}"
        for path, text in files.items()
        for what, pattern in STRAY.items()
        for match in pattern.finditer(text)
    ]


def check_layers(targets: dict[str, set[str]]) -> list[str]:
    """`targets`: each target of the package and what it depends on (targets and products)."""
    layer = {name: index for index, names in enumerate(LAYERS) for name in names}
    errors = [f"Package.swift: {name} has no layer; add it to LAYERS" for name in targets if name not in layer]
    for name, dependencies in targets.items():
        for dependency in dependencies & layer.keys():
            if name not in layer or layer[dependency] < layer[name] or dependency in BESIDE.get(name, set()):
                continue
            errors.append(f"Package.swift: {name} may not depend on {dependency}: not in a lower layer")
    return errors


def check_imports(targets: dict[str, set[str]], files: dict[str, str]) -> list[str]:
    errors = []
    for path, text in files.items():
        parts = Path(path).parts
        if parts[0] != "Sources" or Path(path).suffix != ".swift" or parts[1] not in targets:
            continue
        target = parts[1]
        for match in IMPORT.finditer(text):
            if problem := import_problem(target, match.group(1), targets):
                errors.append(f"{path}:{text.count(chr(10), 0, match.start(1)) + 1}: {problem}")
    return errors


def import_problem(target: str, module: str, targets: dict[str, set[str]]) -> str | None:
    if module.startswith("Foundation") and target in DATA_PATH:
        return f"{target} is on the data path and may not import {module}"
    if target in PURE and module in PURE_FORBIDDEN:
        return f"{target} is pure and may not import {module}"
    mine, theirs = protocol(target), protocol(module)
    if mine and theirs and mine != theirs:
        return f"{target} may not import another protocol's {module}"
    if module in targets and module != target and module not in targets[target]:
        return f"{target} imports {module} and does not declare it in Package.swift"
    return None


def protocol(module: str) -> str | None:
    if not module.startswith(("Wire", "Proxy")):
        return None
    return next((name for name in PROTOCOLS if module.endswith(name)), None)


def package_targets() -> dict[str, set[str]]:
    """Targets below Sources, and the names of what they depend on."""
    dump = subprocess.run(["swift", "package", "dump-package"], check=True, capture_output=True, text=True).stdout
    targets = {}
    for target in json.loads(dump)["targets"]:
        if target["type"] == "test" or str(target.get("path") or "").startswith("Tests"):
            continue
        names = {dependency[kind][0] for dependency in target["dependencies"] for kind in dependency}
        targets[target["name"]] = names
    return targets


def read_files() -> dict[str, str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    files = {}
    for path in filter(None, listed.split("\0")):
        try:
            files[path] = Path(path).read_text()
        except (FileNotFoundError, UnicodeDecodeError):
            continue
    return files


def main() -> int:
    files, targets = read_files(), package_targets()
    errors, warnings = check_budgets(files)
    errors += check_stray_names(files) + check_layers(targets) + check_imports(targets, files)
    for warning in warnings:
        print(f"warning: {warning}")
    for error in errors:
        print(f"error: {error}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
