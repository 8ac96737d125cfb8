"""`articdbm inspect` beside PostgreSQL's own parser."""

import pytest

from inspection import corpus, postgres_oracle
from inspection.comparison import Comparison, inspect, merged, relations, written
from inspection.postgres_agreement import compare


@pytest.fixture(scope="module")
def compared(request: pytest.FixtureRequest) -> Comparison:
    statements = corpus.shared("postgres")
    if statements is None:
        statements = corpus.own("postgres")
        capture = request.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            print(f"\nno shared corpus at hand: {len(statements)} statements of our own instead")
    result = compare(statements)
    print(f"{result.count} statements, {result.refused} texts refused by PostgreSQL, exact {result.exact:.4%}")
    return result


def test_no_relation_or_action_is_missed(compared: Comparison) -> None:
    assert compared.count > 200
    assert compared.missed == []


def test_nearly_all_are_exact(compared: Comparison) -> None:
    assert compared.exact >= 0.99, compared.inexact[:20]


def test_hardly_a_relation_is_invented(compared: Comparison) -> None:
    assert len(compared.extra) <= 0.005 * compared.count, compared.extra[:20]


def test_hardly_a_statement_is_unparsed(compared: Comparison) -> None:
    assert len(compared.unparsed) <= 0.005 * compared.count, compared.unparsed[:20]


def test_our_own_statements_are_known_to_both() -> None:
    """What is written down, what PostgreSQL's parser says and what `inspect` says are the same."""
    statements = corpus.own("postgres")
    assert len(statements) > 200
    for each, record in zip(statements, inspect(statements, "postgres"), strict=True):
        oracle = written(merged(postgres_oracle.statements(each.text)))
        found = written(merged(map(relations, record["statements"])))
        assert (oracle, found) == (each.relations, each.relations), each.text
        assert all(one["unparsed"] is None for one in record["statements"]), each.text
