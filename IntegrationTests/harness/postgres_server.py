"""A throwaway PostgreSQL to test against: own data folder, TLS, every kind of login, replicas, and ways to die."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from .certificates import Authority
from .ports import free_port
from .wait import eventually

SUPERUSER, SUPERUSER_PASSWORD = "postgres", "Super-Pw-1"
APP_USER, APP_PASSWORD, APP_DATABASE = "app", "App-Pw-1", "app"


def programs_folder() -> Path:
    """Folder of `initdb`, `pg_ctl`, …: PG_BIN, or the newest Debian has installed."""
    if "PG_BIN" in os.environ:
        return Path(os.environ["PG_BIN"])
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("no PostgreSQL server is installed: run `make test-integration`")
    return found[-1].parent


class PostgresServer:
    """Running after `create()`; the folder and the process are gone after `remove()`."""

    def __init__(self, name: str = "primary", settings: dict[str, str] | None = None) -> None:
        self.name = name
        self.port = free_port()
        self.host = "127.0.0.1"
        self.folder = Path(tempfile.mkdtemp(prefix=f"articdbm-pg-{name}-"))
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.settings = settings or {}
        self.replicas: list[PostgresServer] = []
        self._owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.folder.chmod(0o755)
        self._give(self.folder)

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    # Set-up

    def create(self) -> PostgresServer:
        """initdb, TLS, roles and databases."""
        password_file = self.folder / "pw"
        password_file.write_text(SUPERUSER_PASSWORD)
        self._give(password_file)
        self._run(
            "initdb", "-D", self.data, "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password_file}",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        self.authority = Authority(self.folder / "ca", "Database CA")
        for source, target in zip(self.authority.issue_server("database"), ("server.crt", "server.key"), strict=True):
            copy = self.data / target
            shutil.copy(source, copy)
            copy.chmod(0o600)
            self._give(copy)
        self.configure(
            listen_addresses="127.0.0.1",
            ssl="on",
            fsync="off",
            max_connections="200",
            max_prepared_transactions="20",
            wal_level="logical",
            **self.settings,
        )
        self.access(
            "local all all trust",
            "host all md5user all md5",
            "host all plain all password",
            "host all trusted all trust",
            "host replication all all scram-sha-256",
            "host all all all scram-sha-256",
        )
        self.start()
        self._create_roles()
        return self

    def _create_roles(self) -> None:
        with self.connect(SUPERUSER, SUPERUSER_PASSWORD, "postgres") as connection:
            for statement in (
                f"CREATE ROLE {APP_USER} LOGIN PASSWORD '{APP_PASSWORD}'",
                "CREATE ROLE plain LOGIN PASSWORD 'Plain-Pw-1'",
                "CREATE ROLE trusted LOGIN",
                "SET password_encryption = md5",
                "CREATE ROLE md5user LOGIN PASSWORD 'Md5-Pw-1'",
                f"CREATE DATABASE {APP_DATABASE} OWNER {APP_USER}",
                f"CREATE DATABASE other OWNER {APP_USER}",
            ):
                connection.execute(statement)

    def access(self, *rules: str) -> None:
        """Replaces pg_hba.conf; takes effect at start or `reload()`."""
        (self.data / "pg_hba.conf").write_text("\n".join(rules) + "\n")

    def configure(self, **settings: str) -> None:
        """Appends settings; the last of a name counts."""
        fixed = {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        with (self.data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in {**settings, **fixed}.items())

    def make_replica(self, name: str = "replica") -> PostgresServer:
        """A hot standby that streams from this server; running, and removed with it."""
        replica = PostgresServer(name)
        self.replicas.append(replica)
        login = f"host={self.host} port={self.port} user={SUPERUSER} password={SUPERUSER_PASSWORD}"
        self._run("pg_basebackup", "-d", login, "-D", replica.data, "-R", "-X", "stream", "--no-sync", "-c", "fast")
        replica.configure()
        replica.start()
        return replica

    # Life

    def start(self) -> None:
        # `-W`, then our own probe: pg_ctl looks at the pid file ten times a second only.
        self._run("pg_ctl", "-D", self.data, "-l", self.log, "-W", "-s", "start")
        eventually(self.accepts_connections, timeout=60, what=f"{self.name} accepts connections")

    def accepts_connections(self) -> bool:
        probe = [programs_folder() / "pg_isready", "-q", "-h", self.host, "-p", str(self.port)]
        return subprocess.run(probe, check=False).returncode == 0

    def stop(self, mode: str = "fast") -> None:
        """mode: smart, fast or immediate."""
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "-s", "stop")

    def kill(self) -> None:
        """kill -9 of every one of its processes, as when the machine goes down."""
        family = self._processes()
        for pid in family:
            _signal(pid, signal.SIGKILL)
        eventually(lambda: not any(_is_alive(pid) for pid in family), what="the server's processes are gone")
        # A new postmaster would take a killed one that its parent has not reaped yet for a running one.
        for lock in (self.data / "postmaster.pid", self.folder / f".s.PGSQL.{self.port}.lock"):
            lock.unlink(missing_ok=True)

    def restart(self, mode: str = "fast") -> None:
        self.stop(mode)
        self.start()

    def reload(self) -> None:
        os.kill(self.pid, signal.SIGHUP)

    def promote(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-s", "promote")

    def pause(self) -> None:
        """Stops every process: the kernel still accepts, nobody answers."""
        for pid in self._processes():
            _signal(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in self._processes():
            _signal(pid, signal.SIGCONT)

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    @property
    def is_running(self) -> bool:
        try:
            return _is_alive(self.pid)
        except (FileNotFoundError, IndexError, ValueError):
            return False

    def remove(self) -> None:
        for replica in self.replicas:
            replica.remove()
        if self.is_running:
            self.resume()
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    # Use

    def connect(
        self, user: str = APP_USER, password: str = APP_PASSWORD, database: str = APP_DATABASE, **options: object
    ) -> psycopg.Connection:
        """A direct connection, in autocommit mode unless told otherwise."""
        options = {"autocommit": True, "connect_timeout": 10, **options}
        return psycopg.connect(host=self.host, port=self.port, user=user, password=password, dbname=database, **options)

    def sql(self, statement: str, *parameters: object, superuser: bool = False, database: str = APP_DATABASE) -> list:
        """Runs one statement directly and returns its rows."""
        login = (SUPERUSER, SUPERUSER_PASSWORD) if superuser else (APP_USER, APP_PASSWORD)
        with self.connect(*login, database=database) as connection:
            cursor = connection.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def backends(self, user: str = APP_USER) -> list[tuple[int, str, str]]:
        """(pid, state, query) of the server processes that serve `user`."""
        return self.sql(
            "SELECT pid, state, query FROM pg_stat_activity WHERE usename = %s AND backend_type = 'client backend' "
            "AND pid <> pg_backend_pid()",
            user,
            superuser=True,
        )

    def version(self) -> int:
        return int(self.sql("SHOW server_version_num")[0][0])

    # Processes

    def _processes(self) -> list[int]:
        postmaster = self.pid
        try:
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        except FileNotFoundError:
            children = []
        return [postmaster, *map(int, children)]

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(programs_folder() / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        output = self.folder / f"{program}.out"
        # Into a file: a daemon that inherits a pipe keeps its reader waiting.
        with output.open("w") as sink:
            result = subprocess.run(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, check=False
            )
        if result.returncode != 0:
            log = self.log.read_text()[-2000:] if self.log.exists() else ""
            raise RuntimeError(f"{program} failed ({result.returncode}):\n{output.read_text()}\n{log}")

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
