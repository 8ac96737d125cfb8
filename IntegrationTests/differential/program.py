"""Programs: steps of several clients in one order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from harness.raw import query


@dataclass(frozen=True)
class Step:
    """One client's turn: bytes of one or more messages, and how many ReadyForQuery they are answered with.

    `kind` is `send`, `connect` (log in anew with `parameters`) or `end` (leave for good). `pins` says that the client
    may own something afterwards that lives in its server session alone; `unpins` that it surely owns nothing such.
    `tolerates` names an entry of the known differences.
    """

    client: int
    label: str
    data: bytes = b""
    readies: int = 1
    kind: str = "send"
    pins: bool = False
    unpins: bool = False
    tolerates: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """`pool` server connections for `clients` clients; `hidden` in a database where code runs out of sight."""

    seed: int
    pool: int
    clients: int
    steps: tuple[Step, ...] = ()
    hidden: bool = False

    def with_steps(self, steps: list[Step]) -> Program:
        return replace(self, steps=tuple(steps))

    def __str__(self) -> str:
        lines = [f"seed {self.seed}, {self.clients} clients on {self.pool} server connection(s)"
                 + (", hidden code" if self.hidden else "")]  # fmt: skip
        return "\n".join(lines + [f"  {step.client}: {step.label}" for step in self.steps])


def simple(client: int, sql: str, **marks: object) -> Step:
    """A simple query."""
    return Step(client, sql, query(sql), **marks)
