"""Statements to inspect: the shared corpus where it exists, else our own; and how they travel on one line."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).resolve().parent

_ESCAPES = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "0": "\0", "v": "\v", "f": "\f"}
_ESCAPED = {value: f"\\{letter}" for letter, value in _ESCAPES.items()}


@dataclass(frozen=True)
class Statement:
    id: str
    text: str
    #: `name:read,write` in order of names, `-` for none; only our own statements have it.
    relations: str | None = None


def unescape(line: str) -> str:
    result, escaped = [], False
    for character in line:
        if escaped:
            result.append(_ESCAPES.get(character, f"\\{character}"))
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            result.append(character)
    return "".join(result)


def escape(text: str) -> str:
    return "".join(_ESCAPED.get(character, character) for character in text)


def _rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def own(dialect: str) -> list[Statement]:
    return [
        Statement(id, unescape(text), relations) for id, relations, text in _rows(OWN / f"{dialect}_statements.tsv")
    ]


def shared(dialect: str) -> list[Statement] | None:
    """The benign statements of the shared corpus; None where it is not at hand."""
    folder = Path(os.environ.get("ARTICDBM_CORPORA", ROOT.parent / "shared" / "corpora"))
    path = folder / "benign_statements.tsv"
    if not path.exists():
        return None
    return [Statement(row[0], unescape(row[5])) for row in _rows(path) if row[1] == dialect]
