"""The local control socket: `articdbm ctl`, and the console that psql speaks to."""

import os
import socket
import stat
import subprocess

import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import RawPostgres, ServerError, query, row
from harness.wait import eventually


@pytest.fixture
def console(proxy: ArticDBM) -> RawPostgres:
    with open_console(proxy) as peer:
        yield peer


def open_console(proxy: ArticDBM) -> RawPostgres:
    """The console is on the control socket; the kernel tells who connects, so no password is asked for."""
    peer = RawPostgres(str(proxy.control_socket))
    peer.login("admin", "", "pgbouncer")
    return peer


def table(peer: RawPostgres, command: str) -> list[dict[str, str | None]]:
    """Rows of a SHOW command by column name."""
    answer = peer.query(command)
    columns: list[str] = []
    rows = []
    for kind, body in answer:
        if kind == b"E":
            raise ServerError(body)
        if kind == b"T":
            columns = column_names(body)
        if kind == b"D":
            rows.append(dict(zip(columns, row(body), strict=True)))
    return rows


def column_names(body: bytes) -> list[str]:
    names, offset = [], 2
    for _ in range(int.from_bytes(body[:2], "big")):
        end = body.index(b"\0", offset)
        names.append(body[offset:end].decode())
        offset = end + 1 + 18
    return names


def test_socket_is_the_owners_only(proxy: ArticDBM) -> None:
    mode = proxy.control_socket.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
def test_another_user_is_refused(proxy: ArticDBM) -> None:
    proxy.folder.chmod(0o755)
    proxy.control_socket.chmod(0o666)
    script = (
        "import socket, sys; peer = socket.socket(socket.AF_UNIX); peer.settimeout(5); peer.connect(sys.argv[1])\n"
        "try:\n"
        "    peer.send(b'GET /status HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); sys.exit(b' 200 ' in peer.recv(1000))\n"
        "except (BrokenPipeError, ConnectionResetError): pass  # closed at once"
    )
    command = ["runuser", "-u", "nobody", "--", "/usr/bin/python3", "-c", script, str(proxy.control_socket)]
    assert subprocess.run(command, cwd="/", check=False).returncode == 0


def test_status(proxy: ArticDBM) -> None:
    with proxy.session():
        text = proxy.ctl("status")
    assert "main" in text or "pg" in text
    assert str(proxy.pid) in text or "uptime" in text.lower()


def test_pools(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        text = proxy.ctl("pools")
    assert "app" in text and "main" in text


def test_sessions_tell_the_pin_and_its_reason(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("CREATE TEMP TABLE pinned (x int)")
        text = proxy.ctl("sessions")
        assert "alice" in text
        assert "temp" in text.lower()


def test_kill_ends_a_session(proxy: ArticDBM) -> None:
    victim, other = proxy.session(), proxy.session()
    with open_console(proxy) as console:
        before = {line["ptr"] for line in table(console, "SHOW CLIENTS") if line["user"] == "alice"}
        assert len(before) == 2
        third = proxy.session()
        (added,) = {line["ptr"] for line in table(console, "SHOW CLIENTS") if line["user"] == "alice"} - before
        console.query(f"KILL_CLIENT {added}")
    assert b"57P01" in third.read_end()
    assert victim.rows("SELECT 1") == other.rows("SELECT 1") == [("1",)]
    victim.close()
    other.close()


def test_pause_holds_and_resume_lets_go(proxy: ArticDBM, postgres: PostgresServer) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        proxy.ctl("pause")
        peer.send(query("SELECT 'held'"))
        assert peer.is_silent(0.4)
        eventually(lambda: proxy.server_connections(postgres) == 0, what="paused pools hold no server connection")
        proxy.ctl("resume")
        assert [kind for kind, _ in peer.read_until(b"Z")] == [b"T", b"D", b"C", b"Z"]


def test_pause_waits_for_transactions(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("BEGIN")
        with open_console(proxy) as console:
            console.send(query("PAUSE"))
            assert console.is_silent(0.4)
            assert peer.rows("SELECT 1") == [("1",)], "a transaction goes on"
            peer.rows("COMMIT")
            assert console.read_until(b"Z")[0].kind == b"C"
            console.query("RESUME")


def test_reload_by_ctl(proxy: ArticDBM) -> None:
    proxy.add_user("late")
    proxy.write()
    proxy.ctl("reload")
    eventually(lambda: proxy.session("late").close() is None)


def test_reload_by_ctl_reports_mistakes(proxy: ArticDBM) -> None:
    proxy.configuration["listeners"][0]["auht"] = "managed"
    proxy.write()
    with pytest.raises(AssertionError, match="auth"):
        proxy.ctl("reload")
    assert proxy.session().rows("SELECT 1") == [("1",)]


def test_drain(proxy: ArticDBM) -> None:
    with proxy.session() as idle, proxy.session() as busy:
        busy.rows("BEGIN")
        proxy.ctl("drain")
        assert b"57P01" in idle.read_end()
        assert busy.rows("SELECT 1") == [("1",)]
        with pytest.raises((ServerError, OSError)):
            proxy.session()
        busy.rows("COMMIT")
        busy.read_end()


PGBOUNCER_COLUMNS = {
    "SHOW POOLS": {"database", "user", "cl_active", "cl_waiting", "sv_active", "sv_idle", "sv_used", "sv_tested",
                   "sv_login", "maxwait", "maxwait_us", "pool_mode"},
    "SHOW CLIENTS": {"type", "user", "database", "state", "addr", "port", "local_addr", "local_port", "connect_time",
                     "request_time", "wait", "wait_us", "ptr", "link", "tls", "application_name"},
    "SHOW SERVERS": {"type", "user", "database", "state", "addr", "port", "connect_time", "request_time", "ptr", "link",
                     "remote_pid", "tls"},
    "SHOW STATS": {"database", "total_xact_count", "total_query_count", "total_received", "total_sent",
                   "total_xact_time", "total_query_time", "total_wait_time", "avg_xact_count", "avg_query_count"},
    "SHOW DATABASES": {"name", "host", "port", "database", "pool_size", "reserve_pool_size", "pool_mode",
                       "max_connections", "current_connections", "paused", "disabled"},
    "SHOW LISTS": {"list", "items"},
    "SHOW CONFIG": {"key", "value", "default", "changeable"},
    "SHOW USERS": {"name", "pool_mode"},
    "SHOW VERSION": {"version"},
}  # fmt: skip


@pytest.mark.parametrize("command", PGBOUNCER_COLUMNS)
def test_console_keeps_the_column_names(proxy: ArticDBM, console: RawPostgres, command: str) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        rows = table(console, command)
    assert rows
    assert PGBOUNCER_COLUMNS[command] <= set(rows[0]), PGBOUNCER_COLUMNS[command] - set(rows[0])


def test_console_sums_times_in_microseconds(proxy: ArticDBM, console: RawPostgres) -> None:
    with proxy.session() as peer:
        peer.rows("BEGIN")
        peer.rows("SELECT pg_sleep(0.2)")
        peer.rows("COMMIT")
        rows = table(console, "SHOW STATS")
    stats = next(line for line in rows if int(line["total_query_count"] or 0) >= 3)
    assert 200_000 <= int(stats["total_query_time"]) < 5_000_000
    assert int(stats["total_query_time"]) <= int(stats["total_xact_time"]) < 5_000_000


def test_console_lists_every_setting(proxy: ArticDBM, console: RawPostgres) -> None:
    settings = {line["key"]: line for line in table(console, "SHOW CONFIG")}
    assert settings["timeouts.cancel"]["value"] == settings["timeouts.cancel"]["default"] == "10s"
    assert settings["backends[main].password"]["value"] == "***"
    assert settings["control.socket"]["changeable"] == "no"


def test_console_counts(proxy: ArticDBM, console: RawPostgres) -> None:
    with proxy.session() as busy, proxy.session():
        busy.rows("BEGIN")
        pool = next(line for line in table(console, "SHOW POOLS") if line["database"] == "app")
        assert (pool["cl_waiting"], pool["sv_active"], pool["pool_mode"]) == ("0", "1", "transaction")
        assert sum(line["user"] == "alice" for line in table(console, "SHOW CLIENTS")) == 2
        assert [line["state"] for line in table(console, "SHOW SERVERS") if line["state"] == "active"] == ["active"]


def test_console_is_case_blind_and_says_what_it_does_not_know(console: RawPostgres) -> None:
    assert table(console, "show pools;") is not None
    with pytest.raises(ServerError, match="42601"):
        table(console, "SHOW NONSENSE")
    assert table(console, "SHOW VERSION")


def test_psql_speaks_to_the_console(proxy: ArticDBM) -> None:
    directory = proxy.folder
    link = directory / ".s.PGSQL.6432"
    link.symlink_to(proxy.control_socket)
    command = [
        "psql",
        "-X",
        "-A",
        "-t",
        "-h",
        str(directory),
        "-p",
        "6432",
        "-U",
        "admin",
        "pgbouncer",
        "-c",
        "SHOW LISTS",
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert result.returncode == 0, result.stderr
    assert "pools|" in result.stdout


def test_control_socket_survives_garbage(proxy: ArticDBM) -> None:
    for data in (b"", b"\0" * 1000, b"GET / HTTP/1.0\r\n\r\n", b"\xff" * 70000):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(5)
        peer.connect(str(proxy.control_socket))
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
            peer.recv(1000)
        except OSError:
            pass
        peer.close()
    assert proxy.ctl("status")
