"""The proxies that are measured, each before the same PostgreSQL and set alike."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from harness import articdbm
from harness.ports import free_port
from harness.postgres_server import APP_DATABASE, APP_PASSWORD, APP_USER, PostgresServer, programs_folder
from harness.wait import eventually

sys.path.insert(0, str(articdbm.ROOT / "IntegrationTests" / "scripts"))

import debian_root  # noqa: E402  a script beside the packages, not a module of one

# Downloaded once, kept between runs.
FOLDER = articdbm.ROOT / "IntegrationTests" / ".servers" / "pgbouncer"

# Server connections per proxy; what either takes by default.
POOL_SIZE = 20

MAX_CLIENTS = 11_000


class Subject:
    """What a scenario measures: a port to connect to and, unless it is the server itself, a process to meter."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.port = port

    @property
    def pid(self) -> int | None:
        return None

    def start(self) -> None:
        """Nothing to start for the database reached directly."""

    def stop(self) -> None:
        """Nor to stop."""

    def __enter__(self) -> "Subject":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Gateway(Subject):
    """ArticDBM with shipped defaults: only what it can't know is set."""

    def __init__(self, name: str, server: PostgresServer, *, audit: bool = False, tls: tuple[Path, Path] | None = None):
        self._proxy = articdbm.ArticDBM(server)
        super().__init__(name, self._proxy.port)
        settings = self._proxy.configuration
        del settings["runtime"]
        if not audit:
            del settings["audit"]
        del self._proxy.listener["tls"]
        if tls:
            self._proxy.listener["tls"] = {"mode": "allow", "certificate": str(tls[0]), "key": str(tls[1])}
        self._proxy.pool(size=POOL_SIZE)
        settings["users"] = [{"name": APP_USER, "password": APP_PASSWORD, "databases": ["*"]}]

    @property
    def pid(self) -> int:
        return self._proxy.pid

    def start(self) -> None:
        self._proxy.start()

    def stop(self) -> None:
        self._proxy.stop()

    @staticmethod
    def is_built() -> bool:
        return articdbm.BINARY.exists()

    @staticmethod
    def version() -> str:
        return subprocess.run([articdbm.BINARY, "version"], check=True, capture_output=True, text=True).stdout.strip()


class PgBouncer(Subject):
    """The newest PgBouncer that Debian has, run from an unpacked folder with its own libraries."""

    def __init__(
        self, name: str, server: PostgresServer, *, secret: str = APP_PASSWORD, tls: tuple[Path, Path] | None = None,
        databases: tuple[str, ...] = (), **settings: object,
    ) -> None:  # fmt: skip
        """`secret`: a password, or the verifier that the server holds; `databases`: that section's lines instead of the
        usual one; `settings` go over the standard ones."""
        super().__init__(name, free_port())
        self._server = server
        self._secret = secret
        usual = f"{APP_DATABASE} = host={server.host} port={server.port} dbname={APP_DATABASE}"
        self._databases = databases or (usual,)
        self._settings = settings
        self._tls = tls
        self._process: subprocess.Popen | None = None
        # A folder that the server's user owns.
        self._folder = server.folder / name
        self._log = self._folder / "pgbouncer.log"

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        unpack()
        self._configure()
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*program(), "-q", str(self._folder / "pgbouncer.ini")],
                cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, **user,
            )  # fmt: skip
        try:
            eventually(self._accepts, what=f"{self.name} accepts connections")
        except AssertionError as error:
            self.stop()
            raise RuntimeError(f"{error}\n{self._log.read_text()[-2000:]}") from error

    def _accepts(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _configure(self) -> None:
        self._folder.mkdir(exist_ok=True)
        users = self._folder / "users.txt"
        users.write_text(f'"{APP_USER}" "{self._secret}"\n')
        settings = {
            "listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "", "auth_type": "scram-sha-256",
            "auth_file": users, "pool_mode": "transaction", "default_pool_size": POOL_SIZE,
            "max_client_conn": MAX_CLIENTS, "max_prepared_statements": 200, "server_tls_sslmode": "disable",
            **self._tls_settings(), **self._settings,
        }  # fmt: skip
        lines = ["[databases]", *self._databases, "[pgbouncer]"]
        lines += [f"{key} = {value}" for key, value in settings.items()]
        (self._folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
        if os.geteuid() == 0:
            for path in (self._folder, *self._folder.iterdir()):
                shutil.chown(path, "postgres", "postgres")

    def _tls_settings(self) -> dict[str, object]:
        if not self._tls:
            return {}
        certificate, key = (shutil.copy(path, self._folder) for path in self._tls)
        return {"client_tls_sslmode": "allow", "client_tls_cert_file": certificate, "client_tls_key_file": key}

    @staticmethod
    def version() -> str:
        """With the suite it came from, which is not always the newest."""
        suite = unpack()
        output = subprocess.run([*program(), "--version"], check=True, capture_output=True, text=True).stdout
        return f"{output.splitlines()[0]} ({suite})"


def unpack() -> str:
    return debian_root.unpack(FOLDER, ["pgbouncer"])


def program() -> list[str]:
    """PgBouncer by its own dynamic loader, so neither a chroot nor privileges are needed."""
    root = FOLDER / "root"
    loader = next(root.glob("usr/lib*/ld-linux*.so.*"))
    libraries = next(root.glob("usr/lib/*-linux-gnu"))
    return [str(loader), "--library-path", str(libraries), str(root / "usr/sbin/pgbouncer")]


def postgres_program(name: str) -> str:
    return str(programs_folder() / name)


def create_database(scale: int) -> PostgresServer:
    """A server with pgbench's tables; TLS is offered but no proxy here asks for it."""
    server = PostgresServer("bench")
    try:
        server.create()
        server.configure(
            max_connections="400", shared_buffers="256MB", jit="off", synchronous_commit="off", max_wal_size="4GB",
        )  # fmt: skip
        server.restart()
        subprocess.run(
            [postgres_program("pgbench"), "-i", "-q", "-s", str(scale), "-h", server.host, "-p", str(server.port),
             "-U", APP_USER, APP_DATABASE],
            check=True, env={**os.environ, "PGPASSWORD": APP_PASSWORD}, capture_output=True,
        )  # fmt: skip
    except BaseException:
        server.remove()
        raise
    return server
