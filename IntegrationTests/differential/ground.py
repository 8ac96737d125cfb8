"""A database server with databases of its own for every worker, and what programs are run through."""

from __future__ import annotations

import os
from pathlib import Path

from harness.articdbm import ArticDBM
from harness.postgres_server import APP_PASSWORD, APP_USER, SUPERUSER, SUPERUSER_PASSWORD, PostgresServer
from harness.raw import RawPostgres

from .program import Program
from .stage import Target

SCHEMA = Path(__file__).with_name("schema.sql")
HIDDEN = Path(__file__).with_name("hidden.sql")
POOL_SIZES = (1, 2)
# More than there ever are at once.
SESSIONS = 48


def suffix(hidden: bool) -> str:
    return "h" if hidden else ""


def create_server(workers: int) -> PostgresServer:
    """Databases `w0d` for direct runs and `w0p1`, `w0p2` behind proxies, alike; `w0dh`, `w0p1h`, … hide code.

    The application's role is trusted.
    """
    server = PostgresServer("differential")
    try:
        server.create()
        server.configure(synchronous_commit="off", jit="off", autovacuum_naptime="5s", shared_buffers="64MB")
        server.access("host all app 127.0.0.1/32 trust", "host all all all scram-sha-256", "local all all trust")
        server.restart()
        server.sql("CREATE ROLE helper", superuser=True, database="postgres")
        server.sql("GRANT helper TO app", superuser=True, database="postgres")
        with RawPostgres(server.host, server.port, timeout=60) as admin:
            admin.login(SUPERUSER, SUPERUSER_PASSWORD, "postgres")
            for hidden in (False, True):
                template = f"ground{suffix(hidden)}"
                admin.rows(f"CREATE DATABASE {template} OWNER app")
                with RawPostgres(server.host, server.port) as builder:
                    builder.login(SUPERUSER, SUPERUSER_PASSWORD, template)
                    builder.rows(SCHEMA.read_text() + (HIDDEN.read_text() if hidden else ""))
                    builder.close()
                use_temporary_schemas(server, template)
                for worker in range(workers):
                    for name in ("d", *(f"p{size}" for size in POOL_SIZES)):
                        admin.rows(f"CREATE DATABASE w{worker}{name}{suffix(hidden)} TEMPLATE {template} OWNER app")
    except BaseException:
        server.remove()
        raise
    return server


def use_temporary_schemas(server: PostgresServer, database: str) -> None:
    """Has the schemas of temporary objects made: a new one makes every session read its prepared statements anew."""
    sessions = [RawPostgres(server.host, server.port, timeout=30) for _ in range(SESSIONS)]
    for session in sessions:
        session.login(APP_USER, APP_PASSWORD, database)
    for session in sessions:
        session.rows("CREATE TEMP TABLE made_and_gone (); DROP TABLE made_and_gone")
    for session in sessions:
        session.close()


def administrator(server: PostgresServer, database: str) -> RawPostgres:
    admin = RawPostgres(server.host, server.port, timeout=30)
    admin.login(SUPERUSER, SUPERUSER_PASSWORD, database)
    admin.rows("SET lock_timeout = '5s'")
    return admin


class Ground:
    """One worker's databases and proxy. `fresh` starts the proxy anew, so that nothing older is in its pool."""

    def __init__(self, server: PostgresServer, worker: int, environment: dict[str, str] | None = None) -> None:
        self.server = server
        self.worker = worker
        self.environment = environment or {}
        self.admins = {
            name: administrator(server, f"w{worker}{name}")
            for name in (f"p{size}{suffix(hidden)}" for size in POOL_SIZES for hidden in (False, True))
        }
        self._direct = {
            hidden: self._target(server.port, name, administrator(server, name))
            for hidden, name in ((hidden, f"w{worker}d{suffix(hidden)}") for hidden in (False, True))
        }

    def direct(self, program: Program) -> Target:
        return self._direct[program.hidden]

    def _target(self, port: int, database: str, admin: RawPostgres) -> Target:
        return Target(self.server.host, port, database, admin)

    def start(self) -> None:
        """Nothing by itself: the database reached directly, to prove that the method finds no difference there."""

    def stop(self) -> None:
        """Nor anything to stop."""

    def last_words(self) -> str:
        """Of a proxy that ended by itself."""
        return ""

    def proxied(self, program: Program) -> Target:
        name = f"p{program.pool}{suffix(program.hidden)}"
        return self._target(self.port(), self.database(name), self.admins[name])

    def port(self) -> int:
        return self.server.port

    def database(self, name: str) -> str:
        return f"w{self.worker}{name}"

    def fresh(self, program: Program) -> Target:
        self.stop()
        self.start()
        return self.proxied(program)


class ProxyGround(Ground):
    """Through ArticDBM."""

    proxy: ArticDBM | None = None

    def start(self) -> None:
        proxy = ArticDBM(self.server)
        configuration = proxy.configuration
        del configuration["audit"]
        configuration["users"] = [{"name": APP_USER, "password": APP_PASSWORD, "databases": ["*"]}]
        configuration["databases"] = [
            {"name": name, "backend": "main", "database": f"w{self.worker}{name}", "pool": {"size": int(name[1])}}
            for name in self.admins
        ]
        proxy.environment = self.environment
        self.proxy = proxy.start()

    def last_words(self) -> str:
        return "" if self.proxy.is_running else f"\narticdbm ended by itself:\n{self.proxy.log()[-2000:]}"

    def stop(self) -> None:
        if self.proxy:
            self.proxy.kill()
            self.proxy.remove()
            self.proxy = None

    def port(self) -> int:
        return self.proxy.port

    def database(self, name: str) -> str:
        return name


class BouncerGround(Ground):
    """Through PgBouncer in transaction mode, which is known to differ: the method must see it."""

    bouncer = None

    def start(self) -> None:
        from bench.peers import PgBouncer

        databases = [f"{name} = host={self.server.host} port={self.server.port} dbname=w{self.worker}{name}"
                     f" pool_size={name[1]}" for name in self.admins]  # fmt: skip
        self.bouncer = PgBouncer(f"bouncer{os.getpid()}", self.server, databases=tuple(databases))
        self.bouncer.start()

    def stop(self) -> None:
        if self.bouncer:
            self.bouncer.stop()
            self.bouncer = None

    def port(self) -> int:
        return self.bouncer.port

    def database(self, name: str) -> str:
        return name


GROUNDS = {"postgresql": Ground, "pgbouncer": BouncerGround, "articdbm": ProxyGround}
