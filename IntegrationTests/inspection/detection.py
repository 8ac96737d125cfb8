"""What `articdbm inspect` makes of many statements, as rates by family and dialect."""

import json
import os
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from harness.articdbm import BINARY
from inspection import corpus

DIALECTS = ("postgres", "mysql", "mssql")
DATA = Path(__file__).resolve().parent / "data"


@dataclass
class Row:
    dialect: str
    text: str
    #: As it stands in a file, with escapes.
    line: str
    kind: str
    id: str = ""
    reason: str = ""
    verdict: str = ""


@dataclass
class Rate:
    count: int = 0
    alert: int = 0
    block: int = 0

    def add(self, verdict: str) -> None:
        self.count += 1
        self.alert += verdict != "allow"
        self.block += verdict == "block"

    @property
    def alerted(self) -> float:
        return self.alert / max(1, self.count)

    @property
    def blocked(self) -> float:
        return self.block / max(1, self.count)


#: By family and dialect; `all` is the sum over one of them, or both.
Rates = dict[tuple[str, str], Rate]


def lines(path: Path) -> list[list[str]]:
    return [
        line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")
    ]


def judge(rows: list[Row], profile: str = "app") -> list[dict]:
    """The records of the rows, in their order."""
    result: list[dict] = [{} for _ in rows]
    for dialect in DIALECTS:
        places = [place for place, row in enumerate(rows) if row.dialect == dialect]
        text = "".join(f"{place}\t{rows[place].line}\n" for place in places)
        command = [BINARY, "inspect", "--tsv", "--dialect", dialect, "--profile", profile]
        run = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
        records = [json.loads(line) for line in run.stdout.decode().splitlines()]
        assert [record["id"] for record in records] == [str(place) for place in places]
        for place, record in zip(places, records, strict=True):
            result[place] = record
    return result


def folder() -> Path:
    return Path(os.environ.get("ARTICDBM_CORPORA", corpus.ROOT.parent / "shared" / "corpora"))


def attacks() -> Rates | None:
    """The attacks of the shared corpus; None where it is not at hand."""
    path = folder() / "attack_statements.tsv"
    if not path.exists():
        return None
    rows = [Row(r[2], "", r[7], r[6], id=r[0]) for r in lines(path) if r[1] == "attack"]
    rates: Rates = defaultdict(Rate)
    for row, record in zip(rows, judge(rows), strict=True):
        for key in ((row.kind, row.dialect), (row.kind, "all"), ("all", row.dialect), ("all", "all")):
            rates[key].add(record["verdict"])
    return rates


def benign() -> Rates | None:
    """The benign statements; `application` is what applications send, `entitled` tools with the profile dba."""
    path = folder() / "benign_statements.tsv"
    if not path.exists():
        return None
    rows = [Row(r[1], "", r[5], r[4], id=r[0]) for r in lines(path)]
    rates: Rates = defaultdict(Rate)
    for row, record in zip(rows, judge(rows), strict=True):
        for key in ((row.kind, row.dialect), (row.kind, "all")):
            rates[key].add(record["verdict"])
        if row.kind in ("orm", "app"):
            rates["application", "all"].add(record["verdict"])
    tools = [row for row in rows if row.kind == "dba-tool"]
    for record in judge(tools, "dba"):
        rates["entitled", "all"].add(record["verdict"])
    return rates


def own() -> Rates:
    """Our own statements, attacks and benign ones."""
    rows = [Row(r[0], "", r[3], "attack") for r in lines(DATA / "attacks.tsv")]
    rows += [Row(r[0], "", r[3], "benign") for r in lines(DATA / "benign.tsv") if r[1] == "app"]
    rates: Rates = defaultdict(Rate)
    for row, record in zip(rows, judge(rows), strict=True):
        for key in ((row.kind, row.dialect), (row.kind, "all")):
            rates[key].add(record["verdict"])
    return rates


def table(title: str, rates: Rates) -> str:
    result = [f"\n{title:20} dialect   count    alert    block"]
    for (kind, dialect), rate in sorted(rates.items()):
        result.append(f"{kind:20} {dialect:9} {rate.count:5} {rate.alerted:8.2%} {rate.blocked:8.2%}")
    return "\n".join(result)
