"""Plays steps on one target, PostgreSQL itself or a proxy before it, and tells what came of each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.postgres_server import APP_PASSWORD, APP_USER
from harness.raw import RawPostgres, ServerError, query

from .client import STEP_TIMEOUT, Client, Stalled
from .known import normal
from .program import Program, Step

# How long a proxy may take to clean up after a client that left.
CLEANUP_TIMEOUT = 5.0

_RESET = (
    "UPDATE public.shared SET value = 'row ' || id; UPDATE other.shared SET value = 'other ' || id;"
    "DELETE FROM public.plain; DELETE FROM public.written; DELETE FROM public.defaulted;"
    "SELECT setval('public.numbers', 100)"
)

_FILL = "INSERT INTO public.shared SELECT id, '' FROM generate_series(1, 4) AS id ON CONFLICT DO NOTHING"

# What sessions own that others could notice: held advisory locks, temporary relations.
_RESIDUE = (
    "SELECT (SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database WHERE locktype = 'advisory'"
    " AND datname = current_database()), (SELECT count(*) FROM pg_class WHERE relpersistence = 't')"
)

_OPEN = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND state LIKE 'idle in transaction%'"
)

_CONTENTS = (
    "SELECT 'shared', id, value FROM public.shared UNION ALL SELECT 'other', id, value FROM other.shared"
    " UNION ALL SELECT 'plain', client, value FROM public.plain UNION ALL SELECT 'written', client, value FROM"
    " public.written UNION ALL SELECT 'defaulted', id, value FROM public.defaulted UNION ALL"
    " SELECT 'numbers', last_value, '' FROM public.numbers ORDER BY 1, 2, 3"
)


class NotPlayable(Exception):
    """The step would have to wait for a server connection that other clients hold."""


@dataclass(frozen=True)
class Target:
    """Where clients log in, and a superuser's own connection to the database behind. `timeout` of a step in seconds."""

    host: str
    port: int
    database: str
    admin: RawPostgres
    timeout: float = STEP_TIMEOUT


@dataclass(frozen=True)
class Outcome:
    """What a step's client saw; after a client left, what it left behind in the database."""

    answer: list
    parameters: dict[str, str] = field(default_factory=dict)
    residue: list = field(default_factory=list)


class Stage:
    """One playing of one program. `expected_residue` makes it wait for a proxy's cleaning up."""

    def __init__(self, target: Target, program: Program) -> None:
        self.target = target
        self.program = program
        self.clients: dict[int, Client] = {}
        self.pinned: set[int] = set()
        # Clients whose connection has a seed of their own, which nothing takes back.
        self.seeded: set[int] = set()
        self.notifications: dict[int, list[bytes]] = {}

    def prepare(self) -> Outcome:
        """The same contents for every program."""
        self.target.admin.rows(_FILL)
        self.target.admin.rows(_RESET)
        return Outcome([])

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients.values():
            client.socket.close()

    # The rule that keeps a pool of few connections from stopping everybody

    def holders(self) -> set[int]:
        """Clients that own a server connection for now: in a transaction, or pinned as far as we know."""
        return self.pinned | {number for number, client in self.clients.items() if client.status != b"I"}

    def may_play(self, client: int) -> bool:
        holders = self.holders()
        return client in holders or len(holders) < self.program.pool

    # Steps

    def perform(self, step: Step, expected: Outcome | None = None) -> Outcome:
        if not self.may_play(step.client):
            raise NotPlayable
        if step.kind == "connect":
            residue = self.leave(step.client, expected.residue if expected else None)
            return self._enter(step.client, step.parameters, residue)
        if step.client not in self.clients:
            self._enter(step.client, {}, [])
        client = self.clients[step.client]
        if step.pins:
            self.pinned.add(step.client)
        answer = client.step(step.data, step.readies)
        if b"setseed" in step.data:
            self.seeded.add(step.client)
        if step.unpins and client.status == b"I" and step.client not in self.seeded:
            self.pinned.discard(step.client)
        return Outcome(normal(answer), dict(client.parameters))

    def _enter(self, number: int, parameters: dict[str, str], residue: list) -> Outcome:
        client = Client(self.target.host, self.target.port, self.target.timeout)
        client.notifications = self.notifications.setdefault(number, [])
        self.clients[number] = client
        answer = client.login(APP_USER, APP_PASSWORD, self.target.database, parameters)
        return Outcome(normal(answer), dict(client.parameters), residue)

    def leave(self, number: int, expected: list | None = None) -> list:
        """Ends a client's session; the residue, waited for when it is expected to be something else at first."""
        client = self.clients.pop(number, None)
        if client is None:
            return []
        held = number in self.pinned or client.status != b"I"
        if client.status == b"I":
            # What was sent to a listener meanwhile arrives with this answer at the latest.
            client.step(query("SELECT 'leaving'"), 1)
        client.end()
        self.pinned.discard(number)
        self.seeded.discard(number)
        return self._residue(expected) if held else []

    def _residue(self, expected: list | None) -> list:
        deadline = time.monotonic() + CLEANUP_TIMEOUT
        while True:
            found = self.target.admin.rows(_RESIDUE)
            if not expected or found == expected or time.monotonic() > deadline:
                return found
            time.sleep(0.001)

    def finish(self, expected: Outcome | None = None) -> Outcome:
        """Everybody leaves, holders first; what the database holds and whoever was notified."""
        for number in sorted(self.clients, key=lambda number: (number not in self.holders(), number)):
            self.leave(number)
        residue = self._residue(expected.residue if expected else None)
        deadline = time.monotonic() + CLEANUP_TIMEOUT
        while (still_open := self.target.admin.rows(_OPEN)) != [("0",)] and time.monotonic() < deadline:
            time.sleep(0.001)
        contents = self.target.admin.rows(_CONTENTS)
        heard = sorted((number, list(heard)) for number, heard in self.notifications.items() if heard)
        return Outcome([("contents", contents), ("heard", heard), ("open", still_open)], {}, residue)


def guarded(action: Callable[[], Outcome]) -> Outcome:
    """What goes wrong is an outcome too: a client that waits for a connection nobody should hold, a row left locked."""
    try:
        return action()
    except Stalled:
        return Outcome([("stalled", b"")])
    except ServerError as error:
        return Outcome([("administrator", str(error))])
    except OSError as error:
        return Outcome([("no login", str(error))])
