"""What `articdbm inspect` says of statements, beside what somebody else says."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.articdbm import BINARY
from inspection import corpus

Relations = dict[str, set[str]]

ACTIONS = ("read", "write", "ddl", "admin")


def inspect(statements: Iterable[corpus.Statement], dialect: str) -> list[dict]:
    lines = "".join(f"{each.id}\t{corpus.escape(each.text)}\n" for each in statements)
    command = [BINARY, "inspect", "--tsv", "--dialect", dialect]
    run = subprocess.run(command, input=lines.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def merged(parts: Iterable[Relations]) -> Relations:
    result: Relations = {}
    for part in parts:
        for name, actions in part.items():
            result.setdefault(name, set()).update(actions)
    return result


def relations(statement: dict) -> Relations:
    return merged([{each["name"]: set(each["actions"])} for each in statement["relations"]])


def written(found: Relations) -> str:
    parts = [f"{name}:{','.join(each for each in ACTIONS if each in found[name])}" for name in sorted(found)]
    return " ".join(parts) or "-"


def lacking(wanted: Relations, found: Relations) -> Relations:
    return {name: rest for name, actions in wanted.items() if (rest := actions - found.get(name, set()))}


@dataclass
class Comparison:
    count: int = 0
    #: Texts that the other side doesn't understand.
    refused: int = 0
    unparsed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    #: Relations that are none; and relations with more actions than they have.
    extra: list[str] = field(default_factory=list)
    inexact: list[str] = field(default_factory=list)

    def add(self, id: str, wanted: Relations, found: Relations, unparsed: dict | None) -> None:
        self.count += 1
        if unparsed is not None:
            self.unparsed.append(f"{id}: {unparsed}")
            return
        missed, more = lacking(wanted, found), lacking(found, wanted)
        if missed:
            self.missed.append(f"{id}: {missed}")
        if more.keys() - wanted.keys():
            self.extra.append(f"{id}: {more}")
        if missed or more:
            self.inexact.append(f"{id}: {missed} {more}")

    @property
    def exact(self) -> float:
        return 1 - (len(self.inexact) + len(self.unparsed)) / self.count
