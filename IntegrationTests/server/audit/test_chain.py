"""The audit log's chain: whole after every end of the process, and damage found where it was done."""

import json
import re
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.articdbm import ROOT, ArticDBM, run
from harness.certificates import Authority
from harness.postgres_server import PostgresServer
from harness.raw import Closed
from harness.wait import eventually


def log_files(proxy: ArticDBM) -> list[Path]:
    return sorted(proxy.folder.glob("audit*.jsonl"))


def verify(*arguments: object, status: int = 0) -> dict:
    result = run("audit", "verify", "--format", "json", *arguments)
    assert result.returncode == status, f"{result.returncode}\n{result.stdout}{result.stderr}"
    return json.loads(result.stdout) if result.stdout else {}


def lines(files: list[Path]) -> list[str]:
    return [line for file in files for line in file.read_text().splitlines()]


def recipe() -> str:
    """The independent verifier that the documentation shows."""
    return re.search(r"```python\n(.*?)```", (ROOT / "docs/AUDIT.md").read_text(), re.DOTALL)[1]


def independently(*files: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", recipe(), *files], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def log(start, postgres: PostgresServer) -> list[Path]:
    """The files of a log of several, of a process that has ended."""
    proxy = start(ArticDBM(postgres, audit={"rotate": {"size": "64KiB", "keep": 0}, "checkpoint": "100ms"}))
    with proxy.session() as peer:
        for index in range(400):
            peer.rows(f"SELECT {index} AS chained")
    assert proxy.terminate() == 0
    return log_files(proxy)


def test_log_of_a_run_is_good(log: list[Path]) -> None:
    assert len(log) > 2
    report = verify(*log)
    assert report["good"] is True and report["findings"] == []
    assert report["first_line"] == 1
    assert report["last_line"] == report["signed_line"] == len(lines(log))
    assert sum(file["checkpoints"] for file in report["files"]) >= len(log)
    assert report["head"] == json.loads(lines(log[-1:])[-1])["chain"]
    assert any("nothing kept elsewhere" in note for note in report["notes"])
    anchored = verify(*reversed(log), "--head", report["head"])
    assert anchored["anchored_line"] == report["last_line"]


def test_text_for_people(log: list[Path]) -> None:
    result = run("audit", "verify", *log)
    assert result.returncode == 0
    assert "good: lines 1 to" in result.stdout
    log[0].write_text(log[0].read_text().replace("chained", "CHAINED", 1))
    result = run("audit", "verify", *log)
    assert result.returncode == 1
    assert f"{log[0]}:" in result.stdout and "altered" in result.stdout and "broken: 1 finding" in result.stdout


def test_other_tools_come_to_the_same(log: list[Path]) -> None:
    result = independently(*log)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == verify(*log)["head"]
    log[1].write_text(log[1].read_text().replace("chained", "CHAINED", 1))
    assert independently(*log).returncode != 0


def change(text: list[str]) -> int:
    text[10] = text[10].replace("chained", "CHAINED")
    return 11


def remove(text: list[str]) -> int:
    del text[10]
    return 11


def swap(text: list[str]) -> int:
    text[10], text[11] = text[11], text[10]
    return 11


def insert(text: list[str]) -> int:
    text.insert(10, text[5])
    return 11


def forge(text: list[str]) -> int:
    text.insert(10, '{"time":"2026-01-01T00:00:00.000000Z","event":"statement"}')
    return 11


def cut(text: list[str]) -> int:
    del text[10:]
    return 1  # found where the next file goes on


@pytest.mark.parametrize("damage", [change, remove, swap, insert, forge, cut])
def test_damage_is_found_where_it_is(log: list[Path], damage: Callable[[list[str]], int]) -> None:
    text = log[1].read_text().splitlines()
    place = damage(text)
    log[1].write_text("\n".join(text) + "\n")
    finding = verify(*log, status=1)["findings"][0]
    assert finding["file"] == str(log[2] if damage is cut else log[1])
    assert finding["line"] == place


def test_missing_and_replaced_files_are_found(log: list[Path]) -> None:
    middle = verify(*[file for file in log if file != log[1]], status=1)["findings"]
    assert [finding["kind"] for finding in middle] == ["missing"]
    assert middle[0]["file"] == str(log[2])
    assert verify(*log[1:], status=1)["findings"][0]["kind"] == "missing"
    assert verify(*log[1:], "--partial")["good"]
    old = log[0].read_bytes()
    log[1].write_bytes(old)
    assert {finding["kind"] for finding in verify(*log, status=1)["findings"]} == {"repeated", "missing"}


def test_statuses_of_wrong_calls(log: list[Path]) -> None:
    assert run("audit", "verify").returncode == 2
    assert run("audit", "verify", "/nowhere").returncode == 2
    assert run("audit", "verify", "--head", "xyz", *log).returncode == 2
    assert run("audit", "verify", "--anchor", "/nowhere", *log).returncode == 2
    assert run("audit", "verify", "--head", "0" * 64, *log).returncode == 1


def test_cut_is_seen_by_the_anchor(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    anchor = proxy.folder / "anchor" / "checkpoints"
    anchor.parent.mkdir()
    proxy.configuration["audit"].update(anchor=str(anchor), checkpoint="100ms")
    start(proxy)
    with proxy.session() as peer:
        for index in range(5):
            peer.rows(f"SELECT {index} AS anchored")
            eventually(lambda count=index: anchor.exists() and len(anchor.read_text().splitlines()) > count)
    assert proxy.metrics().total("articdbm_audit_checkpoints_total") >= 5
    assert proxy.metrics().total("articdbm_audit_sink_lines_total") >= 5
    assert proxy.terminate() == 0
    text = proxy.audit_file.read_text().splitlines(keepends=True)
    checkpoints = [line for line in text if json.loads(line)["event"] == "checkpoint"]
    assert anchor.read_text() == "".join(checkpoints)
    assert anchor.stat().st_mode & 0o077 == 0
    whole = verify(proxy.audit_file, "--anchor", anchor)
    assert whole["anchored_line"] == whole["last_line"] == len(text)
    proxy.audit_file.write_text("".join(text[: text.index(checkpoints[-2]) + 1]))
    assert verify(proxy.audit_file)["good"], "nothing in the file itself shows it"
    findings = verify(proxy.audit_file, "--anchor", anchor, status=1)["findings"]
    assert "ends before checkpoint" in findings[0]["text"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_checkpoints_are_posted(
    start, postgres: PostgresServer, authority: Authority, server_certificate: tuple[Path, Path], scheme: str
) -> None:
    posted: list[str] = []
    refusals = [503, 302]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/checkpoints?node=1"
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if not refusals:
                posted.append(body)
            self.send_response(refusals.pop() if refusals else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    service = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if scheme == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*server_certificate)
        service.socket = context.wrap_socket(service.socket, server_side=True)
    thread = threading.Thread(target=service.serve_forever)
    thread.start()
    try:
        anchor = f"{scheme}://localhost:{service.server_address[1]}/checkpoints?node=1"
        settings = {"anchor": anchor, "checkpoint": "100ms"}
        if scheme == "https":
            settings["anchor_ca"] = str(authority.certificate)
        proxy = start(ArticDBM(postgres, audit=settings))
        with proxy.session() as peer:
            peer.rows("SELECT 1 AS posted")
            eventually(lambda: posted)
        assert proxy.metrics().total("articdbm_audit_sink_failures_total") == 2
        assert proxy.terminate() == 0
    finally:
        service.shutdown()
        thread.join()
        service.server_close()
    assert posted == [line + "\n" for line in lines([proxy.audit_file]) if '"event":"checkpoint"' in line]
    kept = proxy.folder / "kept"
    kept.write_text("".join(posted))
    report = verify(proxy.audit_file, "--anchor", kept)
    assert report["anchored_line"] == report["last_line"]


def test_rotation_with_retention_is_whole(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, audit={"rotate": {"size": "64KiB", "keep": 2}}))
    with proxy.session() as peer:
        for index in range(1500):
            peer.rows(f"SELECT {index} AS rotating")
    assert proxy.terminate() == 0
    files = log_files(proxy)
    assert len(files) == 3
    report = verify(*files)
    assert report["first_line"] > 1
    assert any("no longer kept, as the log itself says" in note for note in report["notes"])
    assert independently(*files).returncode == 0
    assert verify(*files[1:], status=1)["findings"][0]["kind"] == "missing"


def test_sighup_after_a_move_keeps_the_chain(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres))
    with proxy.session() as peer:
        peer.rows("SELECT 1 AS before_move")
        proxy.audited(event="statement")
        moved = proxy.folder / "audit-moved.jsonl"
        proxy.audit_file.rename(moved)
        proxy.reload()
        eventually(proxy.audit_file.exists)
        peer.rows("SELECT 1 AS after_move")
    assert proxy.terminate() == 0
    assert json.loads(lines([moved])[-1])["event"] == "checkpoint"
    assert verify(moved, proxy.audit_file)["good"]


def test_key_is_the_owners_and_moves_on(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, audit={"checkpoint": "100ms"}))
    key = proxy.folder / "audit.jsonl.key"
    assert key.stat().st_mode & 0o077 == 0
    first = key.read_text()
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        eventually(lambda: key.read_text() != first)
    assert first.split()[-1] not in proxy.log()
    assert not (proxy.folder / "audit.jsonl.key.new").exists()


def test_one_process_has_the_file(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres))
    other = ArticDBM(postgres, audit={"file": str(proxy.audit_file)})
    try:
        with pytest.raises(RuntimeError, match="in use by another process"):
            other.start()
    finally:
        other.remove()


def test_tampering_while_it_was_down_is_said(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres))
    with proxy.session() as peer:
        peer.rows("SELECT 1 AS here_before")
    proxy.terminate()
    cut_off = proxy.audit_file.read_text().splitlines(keepends=True)[:-2]
    proxy.audit_file.write_text("".join(cut_off))
    proxy.start()
    assert proxy.metrics().total("articdbm_audit_chain_breaks_total") == 1
    assert "Audit chain broken" in proxy.log()
    proxy.terminate()
    files = log_files(proxy)
    assert len(files) == 2
    assert files[0].read_text() == "".join(cut_off)
    kinds = [finding["kind"] for finding in verify(*files, status=1)["findings"]]
    assert kinds == ["missing", "broken"]


class Client(threading.Thread):
    """Runs numbered statements until its connection ends, and notes when each was answered."""

    def __init__(self, proxy: ArticDBM, name: str) -> None:
        super().__init__()
        self.peer = proxy.session()
        self.label = name
        self.answered: list[tuple[str, float]] = []

    def run(self) -> None:
        index = 0
        try:
            while True:
                index += 1
                self.peer.rows(f"SELECT {index} AS {self.label}_{index}")
                self.answered.append((f"{self.label}_{index}", time.monotonic()))
        except (Closed, OSError):
            self.peer.socket.close()


@pytest.mark.parametrize("durability", ["async", "before_reply", "before_forward"])
def test_kills_in_a_loop(start, postgres: PostgresServer, durability: str) -> None:
    """What clients saw answered is in the log; with `async`, what they saw half a second before the end."""
    proxy = ArticDBM(postgres, audit={"durability": durability, "checkpoint": "100ms"})
    proxy.configuration["audit"]["rotate"] = {"size": "256KiB", "keep": 0}
    promised: list[str] = []
    total = 0
    for round_number in range(6):
        start(proxy)
        clients = [Client(proxy, f"r{round_number}_c{number}") for number in range(4)]
        for client in clients:
            client.start()
        time.sleep(0.9 + 0.13 * round_number)
        limit = time.monotonic() - 0.5 if durability == "async" else float("inf")
        proxy.process.kill()
        proxy.process.wait()
        for client in clients:
            client.join(20)
            total += len(client.answered)
            promised += [name for name, when in client.answered if when < limit]
    start(proxy)
    assert proxy.terminate() == 0
    files = log_files(proxy)
    seen = set(re.findall(r"r\d_c\d_\d+", " ".join(lines(files))))
    assert len(promised) > 100 and total >= len(promised)
    assert [name for name in promised if name not in seen] == []
    report = verify(*files)
    assert report["signed_line"] == report["last_line"]
    assert independently(*files).returncode == 0
