"""What `articdbm inspect` says of attacks and of what resembles them, of our own making and of the shared corpus."""

import json
import subprocess
from collections import Counter

import pytest

from harness.articdbm import BINARY
from inspection import corpus, detection
from inspection.detection import DATA, DIALECTS, Rates, Row, judge, lines

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


@pytest.fixture(scope="module")
def attacks() -> Rates:
    return reported("attacks", detection.attacks())


@pytest.fixture(scope="module")
def benign() -> Rates:
    return reported("benign", detection.benign())


def reported(title: str, rates: Rates | None) -> Rates:
    if rates is None:
        pytest.skip("no shared corpus at hand")
    print(detection.table(title, rates))
    return rates


def test_nearly_all_attacks_are_caught(attacks: Rates) -> None:
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
def test_each_family_is_caught(attacks: Rates, family: str) -> None:
    block, alert = FLOORS[family]
    assert attacks[family, "all"].blocked >= block
    assert attacks[family, "all"].alerted >= alert


def test_no_family_is_forgotten(attacks: Rates) -> None:
    assert {family for family, _ in attacks} - {"all"} == FLOORS.keys()


def test_applications_are_left_alone(benign: Rates) -> None:
    assert benign["application", "all"].blocked <= 0.0003
    assert benign["application", "all"].alerted <= 0.002


def test_quoted_attacks_never_count(benign: Rates) -> None:
    assert benign["quoted-attack-text", "all"].count > 1000
    assert benign["quoted-attack-text", "all"].alert == 0


def test_tools_are_left_alone(benign: Rates) -> None:
    assert benign["entitled", "all"].block == 0
    assert benign["entitled", "all"].alerted <= 0.005
    assert benign["dba-tool", "all"].blocked <= 0.003
    assert benign["dba-tool", "all"].alerted <= 0.02


def test_test_suites_are_mostly_left_alone(benign: Rates) -> None:
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
