"""Statements by shape: `articdbm ctl digests`."""

import json

import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, ServerError, bind, execute, parse


def digests(proxy: ArticDBM) -> dict[str, dict]:
    answer = json.loads(proxy.ctl("--json", "digests", "1000"))
    rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    return {row["statement"]: row for row in rows}


@pytest.mark.parametrize("audited", [True, False])
def test_statements_alike_are_one_shape(start, postgres: PostgresServer, audited: bool) -> None:
    proxy = ArticDBM(postgres)
    if not audited:
        del proxy.configuration["audit"]
    start(proxy)
    with proxy.session() as peer:
        for number in range(20):
            peer.rows(f"SELECT {number} + {number}, 'secret{number}' FROM generate_series(1, 3)")
        with pytest.raises(ServerError):
            peer.rows("SELECT 1 / 0 AS nothing")
        peer.send(parse("", "SELECT $1::int AS bound") + bind("", "", b"7") + execute() + SYNC)
        peer.read_until(b"Z")
        peer.rows("SELECT pg_sleep(0.05); SELECT 2 AS second")
    found = digests(proxy)
    many = found["SELECT ? + ?, ? FROM generate_series(?, …)"]
    assert (many["database"], many["kind"], many["count"], many["rows"], many["errors"]) == ("app", "select", 20, 60, 0)
    assert many["mean_us"] <= many["max_us"] <= many["total_us"] and many["p50_us"] <= many["p99_us"]
    assert found["SELECT ? / ? AS nothing"]["errors"] == 1
    assert found["SELECT ?::int AS bound"]["count"] == 1
    assert found["SELECT pg_sleep(?)"]["mean_us"] >= 50_000
    assert found["SELECT ? AS second"]["rows"] == 1
    assert "secret" not in json.dumps(found)
    proxy.ctl("reset-digests")
    assert not digests(proxy)


def test_many_shapes_make_room(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.configuration["statistics"] = {"digests": 10}
    start(proxy)
    with proxy.session() as peer:
        for _ in range(5):
            peer.rows("SELECT 'kept'")
        for number in range(200):
            peer.rows(f"SELECT 1 AS column{number}")
            if number % 20 == 0:
                peer.rows("SELECT 'kept'")
    found = digests(proxy)
    assert len(found) == 10
    assert found["SELECT ?"]["count"] == 15
    metrics = proxy.metrics()
    assert metrics.total("articdbm_digests") == 10
    assert metrics.total("articdbm_digests_forgotten_total") >= 190


def test_none_are_counted_where_none_are_wanted(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.configuration["statistics"] = {"digests": 0}
    start(proxy)
    with proxy.session() as peer:
        peer.rows("SELECT 1")
    assert not digests(proxy)
