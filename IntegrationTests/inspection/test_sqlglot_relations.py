"""`articdbm inspect` beside sqlglot, for MySQL and Transact-SQL."""

from collections import Counter

import pytest

from inspection import corpus, sqlglot_oracle
from inspection.comparison import Comparison, inspect, merged, relations, written

DIALECTS = ("mysql", "mssql")
UNPARSED = {"mysql": 0.01, "mssql": 0.02}


def compare(statements: list[corpus.Statement], dialect: str) -> tuple[Comparison, Counter[str]]:
    result, doubtful = Comparison(), Counter()
    for each, record in zip(statements, inspect(statements, dialect), strict=True):
        assert record["id"] == each.id
        found = record["statements"]
        unparsed = next((one["unparsed"] for one in found if one["unparsed"]), None)
        try:
            wanted = sqlglot_oracle.relations(each.text, dialect)
        except sqlglot_oracle.Refused:
            result.refused += 1
        except sqlglot_oracle.Doubtful as doubt:
            doubtful[str(doubt)] += 1
        else:
            result.add(each.id, wanted, merged(map(relations, found)), unparsed)
    return result, doubtful


@pytest.fixture(scope="module", params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def statements(dialect: str, request: pytest.FixtureRequest) -> list[corpus.Statement]:
    found = corpus.shared(dialect)
    if found is None:
        found = corpus.own(dialect)
        capture = request.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            print(f"\nno shared corpus at hand: {len(found)} statements of our own instead")
    return found


@pytest.fixture(scope="module")
def compared(dialect: str, statements: list[corpus.Statement]) -> Comparison:
    result, doubtful = compare(statements, dialect)
    print(f"{dialect}: {result.count} compared, {result.refused} refused, exact {result.exact:.4%}; {dict(doubtful)}")
    return result


def test_no_relation_or_action_is_missed(compared: Comparison) -> None:
    assert compared.count > 25
    assert compared.missed == []


def test_nearly_all_are_exact(compared: Comparison) -> None:
    assert compared.exact >= 0.97, compared.inexact[:20]


def test_hardly_a_statement_is_unparsed(dialect: str, statements: list[corpus.Statement]) -> None:
    found = [one for record in inspect(statements, dialect) for one in record["statements"]]
    unparsed = [one["unparsed"] for one in found if one["unparsed"]]
    assert len(unparsed) <= UNPARSED[dialect] * len(found), unparsed[:20]


def test_our_own_statements(dialect: str) -> None:
    """What is written down and what `inspect` says are the same."""
    own = corpus.own(dialect)
    assert len(own) > 60
    for each, record in zip(own, inspect(own, dialect), strict=True):
        assert written(merged(map(relations, record["statements"]))) == each.relations, each.text
        assert all(one["unparsed"] is None for one in record["statements"]), each.text
