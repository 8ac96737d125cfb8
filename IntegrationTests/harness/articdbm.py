"""The built binary as a process under test."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import yaml

from . import procfs
from .metrics import Metrics
from .ports import free_port
from .postgres_server import APP_DATABASE, APP_PASSWORD, APP_USER, PostgresServer
from .raw import RawPostgres
from .wait import eventually

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("ARTICDBM_BINARY", ROOT / ".build/release/articdbm"))
USER, PASSWORD = "alice", "Alice-Pw-1"
# Words a Swift or C runtime prints when a process dies of a bug.
_CRASHES = ("Fatal error", "Crash:", "Segmentation fault", "stack smashing", "double free", "Sanitizer")


class ArticDBM:
    """`ArticDBM(server).start()`; a context manager that stops, and fails when the end was not clean.

    `overrides` are merged into `configuration()`: mappings by key, lists and scalars replaced.
    """

    def __init__(self, server: PostgresServer | str | None = None, **overrides: object) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="articdbm-"))
        self.port = free_port()
        self.metrics_port = free_port()
        self.host = "127.0.0.1"
        self.configuration_file = self.folder / "articdbm.yaml"
        self.control_socket = self.folder / "articdbm.sock"
        self.audit_file = self.folder / "audit.jsonl"
        self.log_file = self.folder / "articdbm.log"
        self.environment: dict[str, str] = {}
        self.process: subprocess.Popen | None = None
        address = server if isinstance(server, str) else server.address if server else "127.0.0.1:1"
        self.configuration = merged(self._defaults(address), overrides)
        self._cleanups: list[Callable[[], None]] = []

    def _defaults(self, backend_address: str) -> dict:
        return {
            "runtime": {"threads": 2},
            "control": {"socket": str(self.control_socket)},
            "metrics": {"listen": f"127.0.0.1:{self.metrics_port}"},
            "audit": {"file": str(self.audit_file)},
            "listeners": [
                {
                    "name": "pg",
                    "protocol": "postgresql",
                    "listen": f"127.0.0.1:{self.port}",
                    "auth": "managed",
                    "tls": {"mode": "disable"},
                }
            ],
            "backends": [
                {
                    "name": "main",
                    "protocol": "postgresql",
                    "address": backend_address,
                    "role": "primary",
                    "user": APP_USER,
                    "password": APP_PASSWORD,
                    "tls": {"mode": "disable"},
                    "pool": {"mode": "transaction", "size": 10},
                }
            ],
            "users": [{"name": USER, "password": PASSWORD, "databases": ["*"]}],
        }

    # Shorthands for what tests change most

    @property
    def listener(self) -> dict:
        return self.configuration["listeners"][0]

    @property
    def backend(self) -> dict:
        return self.configuration["backends"][0]

    @property
    def users(self) -> list[dict]:
        return self.configuration["users"]

    def pool(self, **settings: object) -> ArticDBM:
        self.backend["pool"].update(settings)
        return self

    def add_user(self, name: str, **settings: object) -> ArticDBM:
        self.users.append({"name": name, "password": PASSWORD, "databases": ["*"], **settings})
        return self

    # Life

    def write(self) -> None:
        self.configuration_file.touch(mode=0o600)
        self.configuration_file.write_text(yaml.safe_dump(self.configuration, sort_keys=False))

    def start(self, timeout: float = 15) -> ArticDBM:
        """Writes the configuration, starts the process and waits until it is ready."""
        self.write()
        if not BINARY.exists():
            raise RuntimeError(f"{BINARY} is missing: run `make build`")
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--config", self.configuration_file],
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            eventually(self._ready_or_dead, timeout=timeout, what="ready")
            assert self.is_running, "ended at start"
        except AssertionError as error:
            self.kill()
            raise RuntimeError(f"articdbm did not start: {error}\n{self.log()[-4000:]}") from error
        return self

    def _ready_or_dead(self) -> bool:
        return not self.is_running or self.health("ready") == 200

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def reload(self) -> None:
        """Rewrites the file from `configuration` and sends SIGHUP; returns when the reload is counted."""
        before = self.metrics().total("articdbm_config_reloads_total")
        self.write()
        self.signal(signal.SIGHUP)
        eventually(lambda: self.metrics().total("articdbm_config_reloads_total") > before, what="reload counted")

    def terminate(self, timeout: float = 20) -> int:
        """SIGTERM; returns the exit status."""
        if self.is_running:
            self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def wait(self, timeout: float = 20) -> int:
        assert self.process is not None
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"articdbm did not end within {timeout} s\n{self.log()[-3000:]}") from None

    def kill(self) -> None:
        if self.is_running:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Ends the process if it still runs, removes its folder, and asserts a clean end."""
        try:
            problem = self._end()
            log = self.log()
        finally:
            self.remove()
        problem = problem or next((f"log says {word!r}" for word in _CRASHES if word in log), "")
        assert not problem, f"articdbm: {problem}\n{log[-4000:]}"

    def _end(self) -> str:
        if self.is_running:
            status = self.terminate()
            return f"exit status {status}" if status != 0 else ""
        if self.process is None or self.process.returncode in (0, -signal.SIGKILL, -signal.SIGTERM):
            return ""
        return f"ended by itself with {self.process.returncode}"

    def remove(self) -> None:
        self.kill()
        for cleanup in self._cleanups:
            cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def on_remove(self, cleanup: Callable[[], None]) -> None:
        """Runs after the process is gone and before its folder is."""
        self._cleanups.append(cleanup)

    def __enter__(self) -> ArticDBM:
        return self if self.process else self.start()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.stop()
        else:
            print(f"--- articdbm log ---\n{self.log()[-6000:]}")
            self.remove()

    # Clients

    def connect(
        self, user: str = USER, password: str = PASSWORD, database: str = APP_DATABASE, **options: object
    ) -> psycopg.Connection:
        """A psycopg connection through the proxy, in autocommit mode unless told otherwise."""
        options = {"autocommit": True, "connect_timeout": 10, "sslmode": "disable", **options}
        return psycopg.connect(host=self.host, port=self.port, user=user, password=password, dbname=database, **options)

    def dsn(self, user: str = USER, password: str = PASSWORD, database: str = APP_DATABASE, scheme: str = "postgresql"):
        return f"{scheme}://{user}:{password}@{self.host}:{self.port}/{database}"

    def raw(self, **options: object) -> RawPostgres:
        """A connected peer that has sent nothing yet."""
        return RawPostgres(self.host, self.port, **options)

    def session(
        self, user: str = USER, password: str = PASSWORD, database: str = APP_DATABASE, **parameters: str
    ) -> RawPostgres:
        """A raw peer, logged in and idle."""
        peer = self.raw()
        peer.login(user, password, database, **parameters)
        return peer

    # Observation

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def http(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def health(self, kind: str) -> int:
        """Status of /health/<kind>; 0 when nobody answers."""
        try:
            return self.http(f"/health/{kind}")[0]
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0

    def metrics(self) -> Metrics:
        return Metrics(self.http("/metrics")[1])

    def ctl(self, *arguments: str, check: bool = True) -> str:
        """`articdbm ctl …` against this process; returns its standard output."""
        result = subprocess.run(
            [BINARY, "ctl", "--socket", self.control_socket, *arguments],
            cwd=self.folder, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        output = f"{result.stdout}{result.stderr}"
        assert not check or result.returncode == 0, f"ctl {arguments}: {result.returncode}\n{output}"
        return result.stdout

    def audit(self) -> list[dict]:
        """Every complete audit record written so far."""
        if not self.audit_file.exists():
            return []
        lines = self.audit_file.read_text().split("\n")[:-1]
        return [json.loads(line) for line in lines]

    def audited(self, timeout: float = 5, **fields: object) -> list[dict]:
        """Waits for records with all of `fields`, and returns them."""

        def matching() -> list[dict]:
            return [event for event in self.audit() if all(event.get(key) == fields[key] for key in fields)]

        return eventually(matching, timeout=timeout, what=f"audit records with {fields}")

    def server_connections(self, server: PostgresServer) -> int:
        """Connections of this process to that server."""
        return procfs.connections_to(self.pid, server.port)

    def sockets(self) -> int:
        return procfs.sockets(self.pid)

    def threads(self) -> int:
        return procfs.threads(self.pid)

    def resident_bytes(self) -> int:
        return procfs.resident_bytes(self.pid)


def run(*arguments: object, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """Runs the binary to its end."""
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def merged(base: dict, changes: dict) -> dict:
    result = copy.deepcopy(base)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result
