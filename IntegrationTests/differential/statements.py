"""Steps with prepared statements and portals, by SQL and by the protocol, and COPY."""

from __future__ import annotations

import struct

from harness.raw import SYNC, bind, close, describe, execute, message, parse, query

from .draw import Draw, feature
from .program import Step, simple

# Shared by SQL and protocol, which have one name space, and by all clients, who each have their own.
NAMES = ("a", "b")

# Text and possible values.
PREPARED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("SELECT $1::int + 1", ("41", "0", "no number")),
    ("SELECT value FROM shared WHERE id = $1::int", ("1", "2", "3", "4")),
    ("SELECT id, value FROM shared ORDER BY id", ()),
    ("SELECT $1::text || current_setting('search_path') || current_user", ("path ",)),
    ("SELECT set_config('work_mem', $1, false)", ("'4MB'", "4MB")),
    ("SELECT x FROM t1 ORDER BY 1", ()),
    ("SELECT generate_series(1, $1::int)", ("5",)),
    ("SELECT timestamptz '2026-01-02 03:04:05+00', $1::interval", ("1 day",)),
    ("INSERT INTO plain VALUES (9, $1) RETURNING value", ("by protocol",)),
)

# Literals are read when a statement is parsed, under the settings of that moment, whatever is set when it runs.
MEANINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("SELECT 'a\\\\b' || $1::text", ("!",)),
    ("SELECT date '01/02/2026', $1::text", ("x",)),
    ("SELECT timestamptz '2026-01-02 03:04:05', $1::text", ("x",)),
)

# Settings that those depend on, as of the parsing and as of later.
BETWEEN = (
    ("standard_conforming_strings", "off", "on"), ("standard_conforming_strings", "on", "off"),
    ("DateStyle", "'SQL, DMY'", "'ISO, MDY'"), ("DateStyle", "'ISO, MDY'", "'SQL, DMY'"),
    ("TimeZone", "'Asia/Tokyo'", "'UTC'"), ("TimeZone", "'UTC'", "'Asia/Tokyo'"),
)  # fmt: skip

# By the protocol only.
UTILITY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("SET work_mem = '8MB'", ()), ("SHOW work_mem", ()), ("BEGIN", ()), ("COMMIT", ()), ("ROLLBACK", ()),
    ("SELECT 1/0", ()), ("SELEC", ()), ("RESET ALL", ()), ("", ()), ("DEALLOCATE a", ()), ("DEALLOCATE ALL", ()),
    ("PREPARE b AS SELECT 7", ()), ("SET LOCAL work_mem = '9MB'", ()), ("SELECT f_set('work_mem', $1)", ("10MB",)),
)  # fmt: skip

# Never under a name: the server ends a session that runs one of them by EXECUTE.
UNNAMED: tuple[tuple[str, tuple[str, ...]], ...] = (("SAVEPOINT s1", ()), ("ROLLBACK TO s1", ()), ("RELEASE s1", ()))

PORTALS = ("", "p1")


def literal(value: str) -> str:
    return "'" + value.strip("'") + "'"


@feature("prepared", 7)
def prepare(draw: Draw) -> Step:
    text, _ = draw.pick(PREPARED)
    return simple(draw.client, f"PREPARE {draw.pick(NAMES)} AS {text}")


@feature("meanings", 3)
def prepare_under_settings(draw: Draw) -> Step:
    name = draw.pick(NAMES)
    text, _ = draw.pick(MEANINGS)
    if draw.chance(0.5):
        return simple(draw.client, f"PREPARE {name} AS {text}")
    return Step(draw.client, f"Parse '{name}': {text}; Sync", parse(name, text) + SYNC)


@feature("meanings", 12)
def prepare_between_settings(draw: Draw) -> Step:
    """Under settings that are others again when the statement runs; in one message, or in several without a pause."""
    name = draw.pick(NAMES)
    (text, _), (setting, then, now) = draw.pick(MEANINGS), draw.pick(BETWEEN)
    before, after = f"SET {setting} = {then}", f"SET {setting} = {now}"
    if draw.chance(0.3):
        return simple(draw.client, f"DEALLOCATE ALL; {before}; PREPARE {name} AS {text}; {after}")
    if draw.chance(0.3):
        data, label = query(f"PREPARE {name} AS {text}"), f"PREPARE {name} AS {text}"
    else:
        data, label = parse(name, text) + SYNC, f"Parse '{name}': {text}; Sync"
    data = query(f"DEALLOCATE ALL; {before}") + data + query(after)
    return Step(draw.client, f"DEALLOCATE ALL; {before} | {label} | {after}", data, 3)


@feature("meanings", 16)
def execute_under_settings(draw: Draw) -> Step:
    name = draw.pick(NAMES)
    if draw.chance(0.5):
        return simple(draw.client, f"EXECUTE {name}('x')")
    return Step(draw.client, f"Bind '{name}' ['x']; Execute; Sync", bind("", name, b"x") + execute() + SYNC)


@feature("prepared", 7)
def execute_prepared(draw: Draw) -> Step:
    _, values = draw.pick(PREPARED)
    arguments = f"({literal(draw.pick(values))})" if values else ""
    return simple(draw.client, f"EXECUTE {draw.pick(NAMES)}{arguments}")


@feature("prepared", 3)
def several_prepared(draw: Draw) -> Step:
    """Names that the statements before them in the same message make or take away."""
    parts = (prepare, execute_prepared, execute_prepared, deallocate)
    return simple(draw.client, "; ".join(draw.pick(parts)(draw).label for _ in range(draw.number(2, 4))))


@feature("prepared", 2)
def deallocate(draw: Draw) -> Step:
    name = draw.pick(NAMES)
    return simple(draw.client, draw.pick((f"DEALLOCATE {name}", f"DEALLOCATE PREPARE {name}", "DEALLOCATE ALL")))


@feature("protocol", 8)
def parse_named(draw: Draw) -> Step:
    name = draw.pick((*NAMES, ""))
    text, _ = draw.pick((*PREPARED, *PREPARED, *UTILITY))
    data = parse(name, text) + (describe("S", name) if draw.chance(0.5) else b"")
    return Step(draw.client, f"Parse '{name}': {text}; Sync", data + SYNC)


@feature("protocol", 9)
def bind_and_execute(draw: Draw) -> Step:
    """A statement parsed in an earlier step, perhaps with the wrong number of values."""
    name, portal = draw.pick((*NAMES, "")), draw.pick(PORTALS)
    _, values = draw.pick(PREPARED)
    limit = draw.pick((0, 0, 2))
    shown = [draw.pick(values)] if values else []
    data = bind(portal, name, *(value.encode() for value in shown), result_format=draw.pick((0, 0, 1)))
    data += (describe("P", portal) if draw.chance(0.5) else b"") + execute(portal, limit)
    label = f"Bind '{name}' as '{portal}' {shown}; Execute {limit}; Sync"
    return Step(draw.client, label, data + SYNC)


@feature("protocol", 7)
def all_at_once(draw: Draw) -> Step:
    """Parse, Bind, Describe, Execute of one or several statements in one go, one Sync at the end or after each."""
    data, labels, syncs = b"", [], 0
    for index in range(draw.number(1, 3)):
        name = draw.pick(("", "", "", *NAMES))
        text, values = draw.pick((*PREPARED, *PREPARED, *UTILITY, *(() if name else UNNAMED)))
        shown = [draw.pick(values)] if values else []
        data += parse(name, text) + bind("", name, *(value.encode() for value in shown))
        data += describe("P") + execute()
        labels.append(f"Parse '{name}', Bind, Execute: {text} {shown}")
        if draw.chance(0.4) and index < 2:
            data, syncs = data + SYNC, syncs + 1
            labels.append("Sync")
    return Step(draw.client, "; ".join([*labels, "Sync"]), data + SYNC, syncs + 1)


@feature("protocol", 2)
def execute_portal(draw: Draw) -> Step:
    """A portal of an earlier step: it lives to its transaction's end.

    In a failed transaction never the unnamed one: that may be a failed simple query's, whose text PostgreSQL has freed,
    and reading it ends the server now and then.
    """
    portal = "p1" if draw.status == b"E" else draw.pick(PORTALS)
    return Step(draw.client, f"Execute '{portal}' 2; Sync", execute(portal, 2) + SYNC)


@feature("protocol", 2)
def close_something(draw: Draw) -> Step:
    kind, name = draw.pick((("S", "a"), ("S", "b"), ("S", ""), ("P", "p1"), ("P", "")))
    return Step(draw.client, f"Close {kind} '{name}'; Sync", close(kind, name) + SYNC)


@feature("protocol", 1)
def describe_something(draw: Draw) -> Step:
    name = draw.pick((*NAMES, ""))
    return Step(draw.client, f"Describe S '{name}'; Sync", describe("S", name) + SYNC)


@feature("protocol", 1)
def bare_sync(draw: Draw) -> Step:
    """Also a query right after a failed extended message, which is skipped up to Sync."""
    if draw.chance(0.5):
        return Step(draw.client, "Sync", SYNC)
    return Step(draw.client, "Parse wrong; Query skipped; Sync", parse("", "SELEC") + query("SELECT 'skipped'") + SYNC)


@feature("protocol", 1)
def function_call(draw: Draw) -> Step:
    """By the old function-call message: int4pl, or a session's advisory lock taken where no SQL shows it."""
    if draw.pins and draw.chance(0.5):
        body = struct.pack("!ihhhiqh", 2882, 1, 1, 1, 8, 1, 1)
        return Step(draw.client, "FunctionCall pg_try_advisory_lock(1)", message(b"F", body), pins=True)
    body = struct.pack("!ihhhiiiih", 177, 1, 1, 2, 4, 40, 4, 2, 1)
    return Step(draw.client, "FunctionCall int4pl(40, 2)", message(b"F", body))


@feature("copy", 2)
def copy_out(draw: Draw) -> Step:
    return simple(draw.client, draw.pick((
        "COPY (SELECT id, value FROM shared ORDER BY id) TO STDOUT",
        "COPY (SELECT id, value FROM shared ORDER BY id) TO STDOUT (FORMAT csv, HEADER)",
        "COPY (SELECT 1/0) TO STDOUT", "COPY (SELECT generate_series(1, 3)) TO STDOUT (FORMAT binary)",
    )))  # fmt: skip


@feature("copy", 2)
def copy_in(draw: Draw) -> Step:
    """Data sent along with the statement: after an error the server ignores what still comes of it."""
    table = draw.pick(("plain", "plain", "written", "nowhere"))
    data = b"".join(message(b"d", row) for row in (f"{draw.client}\tone\n".encode(), b"5\ttwo\n"))
    ending = draw.pick(("done", "done", "fail", "bad"))
    data += {"done": message(b"c"), "fail": message(b"f", b"changed my mind\0"),
             "bad": message(b"d", b"no number\tx\n") + message(b"c")}[ending]  # fmt: skip
    return Step(draw.client, f"COPY {table} FROM STDIN ({ending})", query(f"COPY {table} FROM STDIN") + data)
