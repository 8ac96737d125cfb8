"""A database server with databases of its own for every worker, and what programs are run through."""

from __future__ import annotations

import os
from pathlib import Path

from harness.articdbm import ArticDBM
from harness.postgres_server import APP_PASSWORD, APP_USER, SUPERUSER, SUPERUSER_PASSWORD, PostgresServer
from harness.raw import RawPostgres

from .stage import Target

SCHEMA = Path(__file__).with_name("schema.sql")
POOL_SIZES = (1, 2)


def create_server(workers: int) -> PostgresServer:
    """Databases `w0d` for direct runs and `w0p1`, `w0p2` behind proxies, alike; the application's role is trusted."""
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
            admin.rows("CREATE DATABASE ground OWNER app")
            with RawPostgres(server.host, server.port) as builder:
                builder.login(SUPERUSER, SUPERUSER_PASSWORD, "ground")
                builder.rows(SCHEMA.read_text())
                builder.close()
            for worker in range(workers):
                for suffix in ("d", *(f"p{size}" for size in POOL_SIZES)):
                    admin.rows(f"CREATE DATABASE w{worker}{suffix} TEMPLATE ground OWNER app")
    except BaseException:
        server.remove()
        raise
    return server


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
        self.admins = {size: administrator(server, f"w{worker}p{size}") for size in POOL_SIZES}
        self.direct = self._target(server.port, f"w{worker}d", administrator(server, f"w{worker}d"))

    def _target(self, port: int, database: str, admin: RawPostgres) -> Target:
        return Target(self.server.host, port, database, admin)

    def start(self) -> None:
        """Nothing by itself: the database reached directly, to prove that the method finds no difference there."""

    def stop(self) -> None:
        """Nor anything to stop."""

    def last_words(self) -> str:
        """Of a proxy that ended by itself."""
        return ""

    def proxied(self, pool: int) -> Target:
        return self._target(self.server.port, f"w{self.worker}p{pool}", self.admins[pool])

    def fresh(self, pool: int) -> Target:
        self.stop()
        self.start()
        return self.proxied(pool)


class ProxyGround(Ground):
    """Through ArticDBM."""

    proxy: ArticDBM | None = None

    def start(self) -> None:
        proxy = ArticDBM(self.server)
        configuration = proxy.configuration
        del configuration["audit"]
        configuration["users"] = [{"name": APP_USER, "password": APP_PASSWORD, "databases": ["*"]}]
        configuration["databases"] = [
            {"name": f"p{size}", "backend": "main", "database": f"w{self.worker}p{size}", "pool": {"size": size}}
            for size in POOL_SIZES
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

    def proxied(self, pool: int) -> Target:
        return self._target(self.proxy.port, f"p{pool}", self.admins[pool])


class BouncerGround(Ground):
    """Through PgBouncer in transaction mode, which is known to differ: the method must see it."""

    bouncer = None

    def start(self) -> None:
        from bench.peers import PgBouncer

        databases = [f"p{size} = host={self.server.host} port={self.server.port} dbname=w{self.worker}p{size}"
                     f" pool_size={size}" for size in POOL_SIZES]  # fmt: skip
        self.bouncer = PgBouncer(f"bouncer{os.getpid()}", self.server, databases=tuple(databases))
        self.bouncer.start()

    def stop(self) -> None:
        if self.bouncer:
            self.bouncer.stop()
            self.bouncer = None

    def proxied(self, pool: int) -> Target:
        return self._target(self.bouncer.port, f"p{pool}", self.admins[pool])


GROUNDS = {"postgresql": Ground, "pgbouncer": BouncerGround, "articdbm": ProxyGround}
