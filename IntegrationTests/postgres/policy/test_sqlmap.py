"""sqlmap against a page that pastes what it is asked for into its SQL: it finds ways in, and none through the proxy."""

import os
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import psycopg
import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import APP_DATABASE, APP_PASSWORD, APP_USER, PostgresServer


@contextmanager
def page(dsn: str) -> Iterator[str]:
    """Its address, up to the value of the parameter."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802  the library's name
            asked = parse_qs(urlparse(self.path).query).get("id", ["1"])[0]
            try:
                with psycopg.connect(dsn, connect_timeout=10) as connection:
                    found = connection.execute("SELECT id, amount FROM accounts WHERE id = " + asked).fetchone()
                self.answer(200, f"<p>{found}</p>")
            except psycopg.Error as error:
                self.answer(500, f"<p>{error}</p>")

        def answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/?id="
    finally:
        server.shutdown()
        server.server_close()


def attack(address: str, folder: Path) -> str:
    command = [
        "sqlmap", "-u", f"{address}1", "--batch", "--dbms=postgresql", "--level=3", "--risk=2", "--threads=4",
        "--disable-coloring", f"--output-dir={folder}",
    ]  # fmt: skip
    # Whatever it leaves goes with the test's folder.
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=600, env=environment).stdout


@pytest.fixture(scope="module")
def accounts(postgres: PostgresServer) -> PostgresServer:
    postgres.sql("DROP TABLE IF EXISTS accounts")
    postgres.sql("CREATE TABLE accounts AS SELECT n AS id, n * 10 AS amount FROM generate_series(1, 50) n")
    return postgres


def test_sqlmap_finds_nothing_through_the_proxy(start, accounts: PostgresServer, tmp_path: Path) -> None:
    proxy = ArticDBM(accounts)
    proxy.configuration["security"] = {"injection": "block"}
    start(proxy)
    with page(proxy.dsn()) as address:
        output = attack(address, tmp_path)
        assert "do not appear to be injectable" in output, output[-4000:]
        for number in (1, 7, 50):
            with urllib.request.urlopen(f"{address}{number}") as answer:
                assert f"({number}, {number * 10})" in answer.read().decode()
    assert proxy.metrics().total("articdbm_sql_injection_attempts_total", action="blocked") > 50


def test_sqlmap_finds_ways_in_without_it(accounts: PostgresServer, tmp_path: Path) -> None:
    dsn = f"postgresql://{APP_USER}:{APP_PASSWORD}@{accounts.host}:{accounts.port}/{APP_DATABASE}"
    with page(dsn) as address:
        output = attack(address, tmp_path)
    assert "Parameter: id (GET)" in output and "is vulnerable" in output, output[-4000:]
