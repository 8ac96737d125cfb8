"""Names of prepared statements that change within a batch, a pipeline or a text: as on a connection of one's own."""

import pytest

from harness.articdbm import ArticDBM
from harness.compare import answers, assert_same, direct_session
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, bind, describe, execute, parse, query

SEVEN = "PREPARE b AS SELECT 7"
FAILED = query("BEGIN") + query("SELECT 1/0")


def run(sql: str, name: str = "", *values: bytes) -> bytes:
    return parse(name, sql) + bind("", name, *values) + execute()


@pytest.fixture
def narrow(start, postgres: PostgresServer) -> ArticDBM:
    return start(ArticDBM(postgres).pool(size=1))


@pytest.mark.parametrize(
    "steps",
    [
        # What a statement did is known to those behind it in the same batch.
        (run(SEVEN) + run(SEVEN) + SYNC,),
        (run(SEVEN) + run("SELECT 8", "b") + SYNC,),
        (run(SEVEN) + bind("", "b") + execute() + SYNC,),
        (run("DEALLOCATE ALL") + run("SELECT 1", "a") + SYNC, describe("S", "a") + SYNC),
        (parse("a", "SELECT 1") + SYNC, run("DEALLOCATE ALL") + bind("", "a") + SYNC),
        (parse("a", "SELECT 1") + SYNC, run("DEALLOCATE a") + run("SELECT 2", "a") + SYNC),
        (run("SET DateStyle = 'SQL, DMY'") + run("SELECT date '01/02/2026' = '2026-02-01'") + SYNC,),
        # The unnamed statement has no name to be forgotten by.
        (parse("", "DEALLOCATE ALL") + bind("", "") + execute() + SYNC, bind("", "") + execute() + SYNC),
        # A batch that fails, and another behind it.
        (run("SELECT nowhere") + SYNC + run(SEVEN) + SYNC, bind("", "") + execute() + SYNC),
        (parse("a", "BEGIN") + run("BEGIN") + run("SELEC") + SYNC, parse("b", "BEGIN") + SYNC, query("ROLLBACK"),
         bind("", "a") + execute() + SYNC, query("ROLLBACK")),
        # Names within one text.
        (query("DEALLOCATE ALL; PREPARE a AS SELECT 1; EXECUTE a; DEALLOCATE a; PREPARE a AS SELECT 2; EXECUTE a"),),
        (query("PREPARE a AS SELECT 1; PREPARE a AS SELECT 2"), query("EXECUTE a")),
        (query("PREPARE a AS SELECT 1"), query("DEALLOCATE ALL; PREPARE b AS SELECT 1; PREPARE b AS SELECT 2")),
        (parse("a", "SELECT 1") + parse("b", "SELECT 1") + SYNC, query("DEALLOCATE a; EXECUTE b"), query("EXECUTE b")),
        # A name that is taken, also by what itself names statements.
        (parse("b", SEVEN) + SYNC, query("EXECUTE b")),
        (parse("b", "DEALLOCATE a") + SYNC, run(SEVEN, "a") + SYNC),
        (parse("a", "SELECT 1") + SYNC, parse("a", "SELEC") + SYNC, parse("a", "SELECT 2") + SYNC),
        # An error names what the client named.
        (parse("a", "SELECT $1::int") + parse("b", "SELECT $1::int") + SYNC, bind("", "b") + SYNC,
         bind("", "a") + SYNC),
        # In a failed transaction, on a connection that lacks the statement.
        (parse("a", "DEALLOCATE b") + SYNC, FAILED, bind("", "a", b"x") + SYNC, query("ROLLBACK")),
        (parse("a", "SELECT $1::int") + SYNC, FAILED, parse("a", "ROLLBACK") + SYNC, parse("a", "SELECT 1") + SYNC,
         query("ROLLBACK"), bind("", "a", b"1") + execute() + SYNC),
        (parse("a", "DEALLOCATE b") + SYNC, FAILED, describe("S", "a") + SYNC, query("ROLLBACK")),
        (parse("", "SELECT $1::int") + SYNC, FAILED, bind("", "", b"1", b"2") + SYNC, query("ROLLBACK")),
    ],
)  # fmt: skip
def test_names(postgres: PostgresServer, narrow: ArticDBM, steps: tuple[bytes, ...]) -> None:
    assert_same(postgres, narrow, *steps)


@pytest.fixture
def pair(start, postgres: PostgresServer) -> ArticDBM:
    return start(ArticDBM(postgres).pool(size=2))


@pytest.mark.parametrize("bound", [(), (b"1",), (b"1", b"2")])
@pytest.mark.parametrize("made", [parse("a", "SELECT $1::int + 1") + SYNC, query("PREPARE a (int) AS SELECT $1 + 1")])
def test_a_failed_transaction_on_a_connection_without_the_statement(
    postgres: PostgresServer, pair: ArticDBM, made: bytes, bound: tuple[bytes, ...]
) -> None:
    """The errors that come before «transaction is aborted» come all the same, and nothing is lost by it."""
    keepers, peer, direct = [pair.session(), pair.session()], pair.session(), direct_session(postgres)
    begin = (query("BEGIN"), made)
    assert answers(peer, *begin) == answers(direct, *begin)
    has_it = peer.rows("SELECT pg_backend_pid()")
    peer.query("COMMIT")
    direct.query("COMMIT")
    for keeper in keepers:
        keeper.query("BEGIN")
    for keeper in keepers:
        if keeper.rows("SELECT pg_backend_pid()") != has_it:
            keeper.query("COMMIT")
    steps = (FAILED, bind("", "a", *bound) + SYNC, describe("S", "a") + SYNC, parse("a", "COMMIT") + SYNC,
             query("ROLLBACK"), bind("", "a", b"41") + execute() + SYNC)  # fmt: skip
    assert answers(peer, *steps) == answers(direct, *steps)
    for session in (*keepers, peer, direct):
        session.close()
