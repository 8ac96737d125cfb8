"""Statements that look injected, by what the configuration says about them."""

import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, RawPostgres, ServerError, bind, execute, kinds, parse, query

INJECTED = "SELECT name FROM people WHERE id = '' OR '1'='1' -- '"
PLAIN = "SELECT name FROM people WHERE id = '7' AND note = 'x'' OR 1=1 --'"


@pytest.fixture(scope="module")
def people(postgres: PostgresServer) -> PostgresServer:
    postgres.sql("DROP TABLE IF EXISTS people")
    postgres.sql("CREATE TABLE people AS SELECT '1'::text AS id, 'ann'::text AS name, 'x'::text AS note")
    return postgres


@pytest.fixture
def guarded(start, people: PostgresServer) -> ArticDBM:
    proxy = ArticDBM(people)
    proxy.configuration["security"] = {"injection": "block"}
    proxy.add_user("admin", profile="dba")
    return start(proxy)


def blocked(peer: RawPostgres, text: str) -> None:
    with pytest.raises(ServerError) as error:
        peer.rows(text)
    assert error.value.code == "ZA001" and "OR" not in error.value.message


def test_injected_statement_is_blocked(guarded: ArticDBM) -> None:
    with guarded.session() as peer:
        blocked(peer, INJECTED)
        blocked(peer, "SELECT name FROM people WHERE id = '1' UNION SELECT usename FROM pg_user --'")
        blocked(peer, "SELECT name FROM people WHERE id = '1'; DROP TABLE people; --'")
        assert peer.rows("SELECT name FROM people WHERE id = '1'") == [("ann",)]
        assert peer.rows("SELECT name FROM people WHERE note = 'x'' OR ''1''=''1'") == []
        peer.rows("BEGIN")
        peer.send(query(INJECTED))
        answer = peer.read_until()
        assert kinds(answer) == "EZ" and answer[-1].body == b"E"
        peer.rows("ROLLBACK")
        peer.send(parse("", INJECTED) + bind("", "") + execute() + SYNC)
        assert kinds(peer.read_until()) == "EZ"
        peer.send(parse("", "SELECT name FROM people WHERE id = $1") + bind("", "", b"' OR '1'='1") + execute() + SYNC)
        assert kinds(peer.read_until()) == "12CZ", "a bound value is no text"
    event = guarded.audited(event="statement_refused", reason="injection")[0]
    assert event["score"] >= 70 and "tautology" in event["reasons"] and event["error_id"]
    assert guarded.metrics().total("articdbm_sql_injection_attempts_total", action="blocked") == 5


def test_profile_of_administrators(guarded: ArticDBM) -> None:
    with guarded.session("admin") as admin, guarded.session() as peer:
        assert admin.rows("SELECT pg_sleep(0)") == [("",)]
        blocked(peer, "SELECT pg_sleep(0)")
        blocked(admin, INJECTED)


def test_statement_prepared_before_it_was_forbidden(start, people: PostgresServer) -> None:
    proxy = ArticDBM(people)
    start(proxy)
    with proxy.session() as first, proxy.session() as second:
        prepare = parse("s", INJECTED) + SYNC
        first.send(prepare)
        assert kinds(first.read_until()) == "1Z"
        proxy.configuration["security"] = {"injection": "block"}
        proxy.reload()
        second.send(prepare)
        assert kinds(second.read_until()) == "EZ"


def test_statement_that_waits_is_counted_once(start, people: PostgresServer) -> None:
    proxy = ArticDBM(people).pool(size=1)
    proxy.configuration["security"] = {"injection": "alert"}
    proxy.add_user("slow", rate_limit=1)
    start(proxy)
    with proxy.session() as holder, proxy.session() as waiting, proxy.session("slow") as limited:
        holder.rows("BEGIN")
        waiting.send(query(INJECTED))
        limited.send(query("SELECT 1"))
        assert waiting.is_silent(0.3) and limited.is_silent(0.1)
        holder.rows("COMMIT")
        assert kinds(waiting.read_until()) == kinds(limited.read_until()) == "TDCZ", "one statement takes one place"
    assert proxy.metrics().total("articdbm_sql_injection_attempts_total", action="alerted") == 1


@pytest.mark.parametrize("action", ["alert", "log"])
def test_others_are_told_and_pass(start, people: PostgresServer, action: str) -> None:
    proxy = ArticDBM(people)
    proxy.configuration["security"] = {"injection": action}
    start(proxy)
    with proxy.session() as peer:
        assert peer.rows(INJECTED) == [("ann",)]
        assert peer.rows(PLAIN) == []
    (event,) = proxy.audited(event="injection_suspected")
    assert event["verdict"] == "block" and "tautology" in event["reasons"]
    count = proxy.metrics().total("articdbm_sql_injection_attempts_total", action="alerted")
    assert count == (1 if action == "alert" else 0)


def test_database_before_listener_before_all(start, people: PostgresServer) -> None:
    proxy = ArticDBM(people)
    proxy.configuration["security"] = {"injection": "off"}
    proxy.listener["security"] = {"injection": "block"}
    proxy.configuration["databases"] = [
        {"name": "app", "backend": "main"},
        {"name": "open", "backend": "main", "database": "app", "security": {"injection": "off"}},
    ]
    start(proxy)
    with proxy.session() as peer, proxy.session(database="open") as free:
        blocked(peer, INJECTED)
        assert free.rows(INJECTED) == [("ann",)]
        proxy.configuration["databases"][1]["security"]["injection"] = "block"
        proxy.reload()
        blocked(free, INJECTED)
