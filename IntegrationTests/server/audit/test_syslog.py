"""The audit log at a syslog receiver: every line as it is in the file, by every transport."""

import json
import socket
import time
from pathlib import Path

import pytest

from harness.articdbm import ArticDBM
from harness.certificates import Authority
from harness.ports import free_port
from harness.postgres_server import PostgresServer
from harness.syslog import SyslogReceiver
from harness.wait import eventually


def with_syslog(postgres: PostgresServer, port: int, transport: str, **settings: object) -> ArticDBM:
    address = f"{'localhost' if transport == 'tls' else '127.0.0.1'}:{port}"
    syslog = {"address": address, "transport": transport, **settings}
    return ArticDBM(postgres, audit={"checkpoint": "200ms", "syslog": syslog})


def run_statements(proxy: ArticDBM, count: int, name: str) -> None:
    with proxy.session() as peer:
        for index in range(count):
            peer.rows(f"SELECT {index} AS {name}")


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_receiver_has_what_the_file_has(
    start, postgres: PostgresServer, authority: Authority, server_certificate: tuple[Path, Path], transport: str
) -> None:
    certificate = server_certificate if transport == "tls" else None
    with SyslogReceiver("udp" if transport == "udp" else "tcp", certificate=certificate) as receiver:
        settings = {"ca": str(authority.certificate)} if certificate else {}
        proxy = start(with_syslog(postgres, receiver.port, transport, **settings))
        run_statements(proxy, 100, "sent")
        assert proxy.terminate() == 0
        lines = proxy.audit_file.read_text().splitlines()
        eventually(lambda: len(receiver.lines) >= len(lines))
        assert receiver.lines == lines
        for message in receiver.messages:
            event = json.loads(message.text)
            assert message.priority == 13 * 8 + 6
            assert message.time == event["time"]
            assert message.name == event["event"]
            assert message.application == "articdbm" and message.process == proxy.pid
        assert "checkpoint" in {message.name for message in receiver.messages}


def test_checkpoints_only_and_facility(start, postgres: PostgresServer) -> None:
    with SyslogReceiver("tcp") as receiver:
        proxy = start(with_syslog(postgres, receiver.port, "tcp", events="checkpoints", facility=4))
        run_statements(proxy, 20, "kept_here")
        assert proxy.terminate() == 0
        checkpoints = [line for line in proxy.audit_file.read_text().splitlines() if '"event":"checkpoint"' in line]
        eventually(lambda: len(receiver.lines) >= len(checkpoints))
        assert receiver.lines == checkpoints
        assert {message.priority for message in receiver.messages} == {4 * 8 + 6}


def test_receiver_that_comes_later_gets_everything(start, postgres: PostgresServer) -> None:
    port = free_port()
    proxy = start(with_syslog(postgres, port, "tcp"))
    run_statements(proxy, 50, "waited")
    eventually(lambda: proxy.metrics().total("articdbm_audit_sink_failures_total") > 0)
    assert proxy.metrics().total("articdbm_audit_sink_queued_bytes") > 0
    with SyslogReceiver("tcp", port=port) as receiver:
        eventually(lambda: proxy.metrics().total("articdbm_audit_sink_queued_bytes") == 0, timeout=30)
        assert proxy.terminate() == 0
        lines = proxy.audit_file.read_text().splitlines()
        eventually(lambda: len(receiver.lines) >= len(lines))
        assert receiver.lines == lines


def test_receiver_that_restarts_is_found_again(start, postgres: PostgresServer) -> None:
    first = SyslogReceiver("tcp")
    proxy = start(with_syslog(postgres, first.port, "tcp"))
    run_statements(proxy, 20, "early")
    eventually(lambda: sum("early" in line for line in first.lines) == 20)
    first.stop()
    run_statements(proxy, 20, "late")
    with SyslogReceiver("tcp", port=first.port) as second:
        eventually(lambda: sum("late" in line for line in second.lines) == 20, timeout=30)
        assert proxy.terminate() == 0
    seen = first.lines + second.lines
    assert set(proxy.audit_file.read_text().splitlines()) <= set(seen)


def test_receiver_of_another_authority_gets_nothing(
    start, postgres: PostgresServer, tmp_path: Path, server_certificate: tuple[Path, Path]
) -> None:
    other = Authority(tmp_path / "other", "Other CA")
    with SyslogReceiver("tcp", certificate=server_certificate) as receiver:
        proxy = start(with_syslog(postgres, receiver.port, "tls", ca=str(other.certificate)))
        run_statements(proxy, 10, "secret")
        eventually(lambda: proxy.metrics().total("articdbm_audit_sink_failures_total") > 1)
        assert receiver.lines == []
        assert "certificate" in proxy.log()


def test_receiver_that_hangs_holds_nothing_up(start, postgres: PostgresServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = start(with_syslog(postgres, silent.getsockname()[1], "tls"))
        run_statements(proxy, 1, "first")
        silent.settimeout(10)
        connection, _ = silent.accept()
        started = time.monotonic()
        run_statements(proxy, 200, "unhindered")
        assert time.monotonic() - started < 5
        assert proxy.terminate() == 0
        connection.close()
        assert "Audit lines not sent at the end" in proxy.log()


def test_wrong_settings_are_told(postgres: PostgresServer) -> None:
    for syslog, expected in [
        ({"address": "unix:/dev/log"}, "host:port"),
        ({"address": "h:1", "transport": "carrier"}, "udp"),
        ({"address": "h:1", "facility": 24}, "0 to 23"),
        ({"address": "h:1", "ca": "/nowhere.pem"}, "can't be read"),
        ({"address": "h:1", "certificate": "/nowhere.pem"}, "go together"),
    ]:
        proxy = ArticDBM(postgres, audit={"syslog": syslog})
        try:
            with pytest.raises(RuntimeError, match=expected):
                proxy.start()
        finally:
            proxy.remove()
