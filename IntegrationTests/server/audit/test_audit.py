"""The audit log: what it says, what it hides, and what it survives."""

import os
import signal
import subprocess

import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import SYNC, ServerError, bind, execute, parse, query
from harness.wait import eventually


def statements(proxy: ArticDBM) -> list[dict]:
    return [event for event in proxy.audit() if "statement" in event]


def statement(proxy: ArticDBM, text: str) -> dict:
    """The event of the statement that contains `text`, once it is written."""
    return eventually(lambda: next((event for event in statements(proxy) if text in event["statement"]), None))


def test_session_is_recorded_from_open_to_close(proxy: ArticDBM) -> None:
    with proxy.session(application_name="auditor") as peer:
        peer.rows("SELECT 1")
        peer.close()
    events = eventually(lambda: [e for e in proxy.audit() if e.get("application") == "auditor"][2:] and proxy.audit())
    kinds = [event["event"] for event in events if event.get("application") == "auditor"]
    assert kinds[0] == "session_open" and kinds[-1] == "session_close"
    opened = next(event for event in events if event["event"] == "session_open")
    assert opened["user"] == "alice"
    assert opened["database"] == "app"
    assert opened["listener"] == "pg"
    assert opened["client"].startswith("127.0.0.1:")
    assert "tls" not in opened
    assert opened["time"].endswith("Z")
    assert len({event["session"] for event in events if event.get("application") == "auditor"}) == 1


def test_life_of_the_process_is_recorded(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    start(proxy)
    (started,) = proxy.audited(event="process_started")
    assert started["pid"] == proxy.pid
    proxy.configuration["users"][0]["password"] = "not to be told"
    proxy.reload()
    (reloaded,) = proxy.audited(event="configuration_reloaded")
    assert reloaded["changes"] == 1 and reloaded["settings"].endswith(".password")
    right, proxy.configuration["listeners"] = proxy.configuration["listeners"], "none"
    proxy.write()
    proxy.ctl("reload", check=False)
    assert proxy.audited(event="configuration_refused")[0]["problems"] >= 1
    proxy.configuration["listeners"] = right
    assert proxy.terminate() == 0
    events = [event["event"] for event in proxy.audit() if event["event"] != "checkpoint"]
    assert events[-1] == "process_stopped"
    assert "not to be told" not in proxy.audit_file.read_text()


def test_refusals_are_recorded(proxy: ArticDBM) -> None:
    with pytest.raises(ServerError):
        proxy.session("mallory", "wrong")
    refused = proxy.audited(event="session_refused")
    assert refused[-1]["user"] == "mallory"
    assert refused[-1]["error"] == "28P01"


def test_statement_event(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT generate_series(1, 7), 'audited rows'")
        event = statement(proxy, "generate_series")
    assert event["rows"] == 7
    assert event["kind"] == "select"
    assert event["verdict"] == "allowed"
    assert event["backend"] == "main"
    assert event["bytes_in"] > 0 and event["bytes_out"] > 100
    assert event["duration_us"] > 0
    assert len(event["hash"]) == 16
    assert "error" not in event


def test_error_code_is_recorded(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        with pytest.raises(ServerError):
            peer.rows("SELECT 1/0 AS broken")
        assert statement(proxy, "broken")["error"] == "22012"


def test_literals_are_redacted(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows(
            "SELECT 'card 4111111111111111' AS card, 4242424242 AS n, $tag$hidden text$tag$, E'es\\'caped secret'"
        )
        peer.send(parse("", "SELECT $1::text AS bound") + bind("", "", b"bound secret") + execute() + SYNC)
        peer.read_until()
        peer.rows("SELECT 'end of redaction' AS last_one")
        statement(proxy, "last_one")
    text = proxy.audit_file.read_text()
    for secret in ("4111111111111111", "4242424242", "hidden text", "caped secret", "bound secret", "end of redaction"):
        assert secret not in text


def test_statements_of_one_shape_share_a_hash(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT 1 AS shape_a")
        peer.rows("SELECT 2 AS shape_a")
        peer.rows("SELECT 2 AS shape_b")
        statement(proxy, "shape_b")
    hashes = [event["hash"] for event in statements(proxy) if "shape_" in event["statement"]]
    assert hashes[0] == hashes[1] != hashes[2]


def test_literals_are_kept_when_asked(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.configuration["audit"]["literals"] = "keep"
    start(proxy)
    with proxy.session() as peer:
        peer.rows("SELECT 'kept'")
        assert statement(proxy, "'kept'")["redacted"] is False


def test_long_text_is_cut(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.configuration["audit"]["text_limit"] = 100
    start(proxy)
    with proxy.session() as peer:
        peer.rows("SELECT " + ", ".join(f"1 AS column_{index}" for index in range(100)))
        event = statement(proxy, "column_0")
    assert event["truncated"] is True
    assert len(event["statement"]) <= 110


def test_every_statement_has_one_event(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        for index in range(200):
            peer.rows(f"SELECT {index} AS counted")
        peer.send(b"".join(parse("", "SELECT 1 AS counted") + bind("", "") + execute() + SYNC for _ in range(100)))
        for _ in range(100):
            peer.read_until()
        peer.send(query("SELECT 1 AS counted; SELECT 2 AS counted"))
        peer.read_until()
        peer.send(parse("named", "SELECT 3 AS counted") + SYNC)
        peer.read_until()
        for _ in range(50):
            peer.send(bind("", "named") + execute() + SYNC)
            peer.read_until()
    counted = eventually(lambda: [e for e in statements(proxy) if "counted" in e["statement"]][350:])
    assert len(counted) in (1, 2), "200 simple, 100 extended, 50 prepared, and one or two for the pair"


def test_text_that_is_no_json(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.send_message(b"Q", b"SELECT 1 -- \xff\xfe\0")
        peer.read_until()
        peer.rows('SELECT 1 AS "quo""te\\", 2 AS "\x01\n"')
        statement(proxy, "quo")
    assert all(isinstance(event, dict) for event in proxy.audit())


def test_file_is_the_owners_only(proxy: ArticDBM) -> None:
    proxy.session().close()
    proxy.audited(event="session_open")
    assert proxy.audit_file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("durability", ["before_reply", "before_forward"])
def test_nothing_answered_is_lost_by_a_kill(start, postgres: PostgresServer, durability: str) -> None:
    proxy = ArticDBM(postgres)
    proxy.configuration["audit"]["durability"] = durability
    start(proxy)
    peer = proxy.session()
    for index in range(100):
        peer.rows(f"SELECT {index} AS promised_{index}")
    proxy.process.kill()
    proxy.process.wait()
    seen = " ".join(event["statement"] for event in statements(proxy))
    assert [index for index in range(100) if f"promised_{index}" not in seen] == []


def test_async_is_on_disk_soon(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT 1 AS soon")
        eventually(lambda: any("soon" in event["statement"] for event in statements(proxy)), timeout=2)


def test_orderly_end_loses_nothing(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        for _ in range(500):
            peer.rows("SELECT 1 AS last_words")
    assert proxy.terminate() == 0
    assert sum("last_words" in event["statement"] for event in statements(proxy)) == 500


def test_rotation_by_size(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.configuration["audit"]["rotate"] = {"size": "64KiB", "keep": 3}
    start(proxy)
    with proxy.session() as peer:
        for _ in range(1500):
            peer.rows("SELECT 1 AS rotating")

    def finished() -> list:
        return [path for path in proxy.folder.glob("audit*.jsonl") if path != proxy.audit_file]

    eventually(lambda: len(finished()) == 3)
    assert all(20_000 <= path.stat().st_size <= 64 << 10 for path in finished())
    assert proxy.metrics().total("articdbm_audit_rotations_total") >= 3


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 256 KiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("may not mount a file system here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder) -> None:
    descriptor = os.open(folder / "ballast", os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, b"x" * 4096)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def on_tiny_disk(proxy: ArticDBM, folder, **settings: object) -> ArticDBM:
    proxy.audit_file = folder / "audit.jsonl"
    proxy.configuration["audit"].update(file=str(proxy.audit_file), buffer="64KiB", **settings)
    return proxy


def test_full_disk_blocks(start, postgres: PostgresServer, tiny_disk) -> None:
    proxy = start(on_tiny_disk(ArticDBM(postgres), tiny_disk, policy="block"))
    peer = proxy.session()
    peer.rows("SELECT 1")
    fill(tiny_disk)
    peer.socket.settimeout(1.5)
    with pytest.raises(TimeoutError):
        for _ in range(2000):
            peer.rows("SELECT 1 AS blocked_by_the_disk")
    assert proxy.metrics().total("articdbm_audit_blocked") == 1
    assert proxy.health("live") == 200
    (tiny_disk / "ballast").unlink()
    peer.socket.settimeout(10)
    peer.read_until()
    assert peer.rows("SELECT 1") == [("1",)], "it goes on by itself"
    peer.close()


def test_full_disk_drops_and_counts_when_told_so(start, postgres: PostgresServer, tiny_disk) -> None:
    proxy = start(on_tiny_disk(ArticDBM(postgres), tiny_disk, policy="drop"))
    with proxy.session() as peer:
        fill(tiny_disk)
        for _ in range(2000):
            assert peer.rows("SELECT 1") == [("1",)]
    assert proxy.metrics().total("articdbm_audit_dropped_events_total") > 0
    assert proxy.metrics().total("articdbm_audit_failures_total") > 0


def test_file_that_cannot_be_opened_stops_the_start(postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    proxy.configuration["audit"]["file"] = str(proxy.folder / "no" / "such" / "folder" / "audit.jsonl")
    try:
        with pytest.raises(RuntimeError, match="audit"):
            proxy.start()
    finally:
        proxy.remove()


def test_file_is_appended_to_after_a_crash(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres))
    with proxy.session() as peer:
        peer.rows("SELECT 1 AS before_crash")
        statement(proxy, "before_crash")
    os.kill(proxy.pid, signal.SIGKILL)
    proxy.process.wait()
    with proxy.audit_file.open("ab") as file:
        file.write(b'{"half a li')
    proxy.start()
    with proxy.session() as peer:
        peer.rows("SELECT 1 AS after_crash")
        eventually(lambda: "after_crash" in proxy.audit_file.read_text())
    lines = proxy.audit_file.read_text().splitlines()
    assert any("before_crash" in line for line in lines)
    assert sum("half a li" in line for line in lines) <= 1
    assert lines[-1].endswith("}")
