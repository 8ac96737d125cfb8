"""psql, pgbench, pg_dump and Django as programs of their own, direct and through the proxy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.articdbm import PASSWORD, USER
from harness.postgres_server import APP_PASSWORD, APP_USER, PostgresServer, programs_folder

DJANGO = Path(__file__).with_name("django_program.py")


@pytest.fixture(params=["direct", "proxied"])
def environment(request: pytest.FixtureRequest, postgres: PostgresServer) -> dict[str, str]:
    """libpq's variables for either way."""
    direct = request.param == "direct"
    port = postgres.port if direct else request.getfixturevalue("shared_proxy").port
    return {
        **os.environ,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGUSER": APP_USER if direct else USER,
        "PGPASSWORD": APP_PASSWORD if direct else PASSWORD,
        "PGDATABASE": "app",
        "LC_ALL": "C.UTF-8",
    }


def run(environment: dict[str, str], program: str, *arguments: str, text: str | None = None) -> str:
    command = [str(programs_folder() / program), *arguments]
    result = subprocess.run(
        command, env=environment, input=text, capture_output=True, text=True, timeout=90, check=False
    )
    assert result.returncode == 0, f"{command}: {result.stderr[-3000:]}"
    return result.stdout


@pytest.mark.parametrize("sslmode", ["disable", "require"])
def test_psql(environment: dict[str, str], sslmode: str) -> None:
    script = r"""
\set ON_ERROR_STOP 1
CREATE TEMP TABLE t (a int, b text);
\copy t FROM STDIN
1	one
2	two
\.
SELECT count(*) AS counted FROM t \gset
\echo counted :counted
\d t
SELECT 'é' AS utf8 \g
PREPARE p AS SELECT b FROM t WHERE a = $1;
EXECUTE p(2);
\lo_import /dev/null
BEGIN; DECLARE c CURSOR FOR SELECT * FROM t; FETCH ALL FROM c; COMMIT;
"""
    output = run({**environment, "PGSSLMODE": sslmode}, "psql", "-X", "-A", text=script)
    assert "counted 2" in output
    assert "two" in output and "é" in output


PIPELINE = r"""
\startpipeline
SELECT 1;
SELECT abalance FROM pgbench_accounts WHERE aid = 1;
SELECT 2;
\endpipeline
"""


@pytest.mark.parametrize("mode", ["simple", "extended", "prepared"])
@pytest.mark.parametrize("script", ["select-only", "tpcb-like", "simple-update"])
def test_pgbench(environment: dict[str, str], mode: str, script: str, tmp_path: Path) -> None:
    run(environment, "pgbench", "-i", "-q", "-s", "1")
    output = run(environment, "pgbench", "-n", "-M", mode, "-b", script, "-c", "6", "-j", "2", "-t", "60")
    assert "number of transactions actually processed: 360/360" in output
    assert "number of failed transactions: 0" in output


@pytest.mark.parametrize("mode", ["extended", "prepared"])
def test_pgbench_pipeline(environment: dict[str, str], mode: str, tmp_path: Path) -> None:
    run(environment, "pgbench", "-i", "-q", "-s", "1")
    script = tmp_path / "pipeline.sql"
    script.write_text(PIPELINE)
    output = run(environment, "pgbench", "-n", "-M", mode, "-f", str(script), "-c", "4", "-j", "2", "-t", "100")
    assert "number of transactions actually processed: 400/400" in output


def test_pgbench_reconnects_each_time(environment: dict[str, str]) -> None:
    run(environment, "pgbench", "-i", "-q", "-s", "1")
    output = run(environment, "pgbench", "-n", "-S", "-C", "-c", "4", "-j", "2", "-t", "30")
    assert "number of transactions actually processed: 120/120" in output


def test_pg_dump_and_restore(environment: dict[str, str]) -> None:
    run(environment, "psql", "-X", "-q", "-c", "DROP TABLE IF EXISTS dumped; CREATE TABLE dumped AS "
        "SELECT i, repeat('x', 500) AS text FROM generate_series(1, 5000) AS i")  # fmt: skip
    dump = run(environment, "pg_dump", "-t", "dumped", "--clean")
    assert dump.count("\n") > 5000
    run(environment, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", text=dump)
    assert run(environment, "psql", "-X", "-A", "-t", "-c", "SELECT count(*) FROM dumped").strip() == "5000"


def test_pg_isready(environment: dict[str, str]) -> None:
    assert "accepting connections" in run(environment, "pg_isready")


def test_django(environment: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, DJANGO], env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert result.stdout.splitlines()[-1] == "OK"
