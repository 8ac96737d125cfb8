"""What `articdbm inspect` says of attacks and of what resembles them, of our own making and of the shared corpus."""

import json
import os
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

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
    seen: list[str] = field(default_factory=list)

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


# Our own statements.


def test_our_own_attacks_are_caught_for_what_they_are() -> None:
    rows = [Row(d, "", line, "attack", reason=r, verdict=v) for d, v, r, line in lines(DATA / "attacks.tsv")]
    wrong = [
        f"{row.line}: {record['verdict']} {record['reasons']}"
        for row, record in zip(rows, judge(rows), strict=True)
        if record["verdict"] != row.verdict or row.reason not in record["reasons"]
    ]
    assert len(rows) > 100
    assert wrong == []


@pytest.mark.parametrize("profile", ["app", "dba"])
def test_what_applications_send_is_let_through(profile: str) -> None:
    rows = [Row(d, "", line, p, verdict=v) for d, p, v, line in lines(DATA / "benign.tsv") if p == profile]
    wrong = [
        f"{row.line}: {record['verdict']} {record['reasons']}"
        for row, record in zip(rows, judge(rows, profile), strict=True)
        if record["verdict"] != row.verdict
    ]
    assert len(rows) > 5
    assert wrong == []


def test_statements_as_a_program_builds_them_around_any_value() -> None:
    """A value that is quoted as it must be never counts, whatever it is."""
    payloads = [row[3] for row in lines(DATA / "attacks.tsv")]
    rows = []
    for dialect in DIALECTS:
        for payload in payloads:
            value = corpus.unescape(payload).replace("'", "''")
            if dialect == "mysql":
                value = value.replace("\\", "\\\\")
            for template in ("INSERT INTO t (a) VALUES ('{}')", "SELECT a FROM t WHERE b = '{}' AND c = 1 LIMIT 5"):
                rows.append(Row(dialect, "", corpus.escape(template.format(value)), "quoted"))
    wrong = [row.line for row, record in zip(rows, judge(rows), strict=True) if record["score"] != 0]
    assert wrong == []


# The shared corpus.


def folder() -> Path:
    return Path(os.environ.get("ARTICDBM_CORPORA", corpus.ROOT.parent / "shared" / "corpora"))


@pytest.fixture(scope="module")
def attacks() -> dict[tuple[str, str], Rate]:
    path = folder() / "attack_statements.tsv"
    if not path.exists():
        pytest.skip("no shared corpus at hand")
    rows = [Row(r[2], "", r[7], r[6], id=r[0]) for r in lines(path) if r[1] == "attack"]
    rates: dict[tuple[str, str], Rate] = defaultdict(Rate)
    for row, record in zip(rows, judge(rows), strict=True):
        for key in ((row.kind, row.dialect), (row.kind, "all"), ("all", row.dialect), ("all", "all")):
            rates[key].add(record["verdict"])
    report("attacks", rates)
    return rates


@pytest.fixture(scope="module")
def benign() -> dict[tuple[str, str], Rate]:
    path = folder() / "benign_statements.tsv"
    if not path.exists():
        pytest.skip("no shared corpus at hand")
    rows = [Row(r[1], "", r[5], r[4], id=r[0]) for r in lines(path)]
    rates: dict[tuple[str, str], Rate] = defaultdict(Rate)
    for row, record in zip(rows, judge(rows), strict=True):
        for key in ((row.kind, row.dialect), (row.kind, "all")):
            rates[key].add(record["verdict"])
        if row.kind in ("orm", "app"):
            rates["application", "all"].add(record["verdict"])
    tools = [row for row in rows if row.kind == "dba-tool"]
    for record in judge(tools, "dba"):
        rates["entitled", "all"].add(record["verdict"])
    report("benign", rates)
    return rates


def report(title: str, rates: dict[tuple[str, str], Rate]) -> None:
    print(f"\n{title:20} dialect   count    alert    block")
    for (kind, dialect), rate in sorted(rates.items()):
        print(f"{kind:20} {dialect:9} {rate.count:5} {rate.alerted:8.2%} {rate.blocked:8.2%}")


def test_nearly_all_attacks_are_caught(attacks: dict[tuple[str, str], Rate]) -> None:
    assert attacks["all", "all"].blocked >= 0.90
    assert attacks["all", "all"].alerted >= 0.97
    for dialect in DIALECTS:
        assert attacks["all", dialect].blocked >= 0.90, dialect
        assert attacks["all", dialect].alerted >= 0.95, dialect


#: Family: what part of it must be blocked, and alerted on.
FLOORS = {
    "union": (0.95, 0.98),
    "time-delay": (0.95, 0.98),
    "error-based": (0.95, 0.98),
    "file-os": (0.95, 0.98),
    "stacked": (0.95, 0.98),
    "catalog": (0.90, 0.95),
    "tautology": (0.80, 0.95),
    "comment-truncation": (0.80, 0.95),
    "boolean": (0.70, 0.80),
    "boolean-blind": (0.80, 0.90),
    "other": (0.70, 0.80),
}


@pytest.mark.parametrize("family", FLOORS)
def test_each_family_is_caught(attacks: dict[tuple[str, str], Rate], family: str) -> None:
    block, alert = FLOORS[family]
    assert attacks[family, "all"].blocked >= block
    assert attacks[family, "all"].alerted >= alert


def test_no_family_is_forgotten(attacks: dict[tuple[str, str], Rate]) -> None:
    assert {family for family, _ in attacks} - {"all"} == FLOORS.keys()


def test_applications_are_left_alone(benign: dict[tuple[str, str], Rate]) -> None:
    assert benign["application", "all"].blocked <= 0.0003
    assert benign["application", "all"].alerted <= 0.002


def test_quoted_attacks_never_count(benign: dict[tuple[str, str], Rate]) -> None:
    assert benign["quoted-attack-text", "all"].count > 1000
    assert benign["quoted-attack-text", "all"].alert == 0


def test_tools_are_left_alone(benign: dict[tuple[str, str], Rate]) -> None:
    assert benign["entitled", "all"].block == 0
    assert benign["entitled", "all"].alerted <= 0.005
    assert benign["dba-tool", "all"].blocked <= 0.003
    assert benign["dba-tool", "all"].alerted <= 0.02


def test_test_suites_are_mostly_left_alone(benign: dict[tuple[str, str], Rate]) -> None:
    assert benign["test", "all"].blocked <= 0.003
    assert benign["test", "all"].alerted <= 0.01


# The command itself.


def test_verdict_score_and_reasons_come_first() -> None:
    run = subprocess.run([BINARY, "inspect"], input=b"SELECT a FROM t WHERE b = 1 OR 1=1\n", capture_output=True)
    record = json.loads(run.stdout)
    assert list(record) == ["verdict", "score", "reasons", "statements", "shape"]
    assert (record["verdict"], record["score"], record["reasons"]) == ("block", 80, ["tautology"])


def test_what_it_costs_is_printed() -> None:
    for arguments in ([], ["--dialect", "mysql"], ["--dialect", "mssql", "-"]):
        run = subprocess.run([BINARY, "inspect", "--bench", *arguments], input=b"SELECT 1\n", capture_output=True)
        names = [line.split(":")[0] for line in run.stdout.decode().splitlines() if ": median " in line]
        assert Counter(names).keys() == {"lexing and summary", "shape", "detector"}


def test_an_unknown_profile_is_an_error() -> None:
    run = subprocess.run([BINARY, "inspect", "--profile", "root"], input=b"SELECT 1\n", capture_output=True)
    assert run.returncode != 0 and run.stderr
