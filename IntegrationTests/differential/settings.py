"""Steps that change or show settings, and transactions around them."""

from __future__ import annotations

from harness.raw import query

from .draw import Draw, feature
from .program import Step, simple

# Reported by the server or not, with a lexing effect or not, built in or custom: two or three values of each.
SETTINGS = {
    "application_name": ("'one'", "'two'"),
    "DateStyle": ("'SQL, DMY'", "'ISO, MDY'", "German"),
    "TimeZone": ("'UTC'", "'Europe/Berlin'", "'Asia/Tokyo'"),
    "IntervalStyle": ("iso_8601", "postgres_verbose"),
    "client_encoding": ("UTF8", "LATIN1"),
    "standard_conforming_strings": ("on", "off"),
    "escape_string_warning": ("on", "off"),
    "work_mem": ("'1MB'", "'2MB'"),
    "search_path": ("public", "other", "other, public", "other, pg_catalog, public"),
    "extra_float_digits": ("0", "1", "-3"),
    "bytea_output": ("hex", "escape"),
    "statement_timeout": ("'20s'", "'30s'"),
    "idle_in_transaction_session_timeout": ("'40s'", "'50s'"),
    "default_transaction_isolation": ("'read committed'", "'repeatable read'"),
    "default_transaction_read_only": ("on", "off"),
    "default_transaction_deferrable": ("on", "off"),
    "app.tenant": ("'red'", "'blue'"),
}

OBSERVED = [name for name in SETTINGS if name != "app.tenant"]

OBSERVE = (
    "SELECT " + ", ".join(f"current_setting('{name}')" for name in OBSERVED)
    + ", nullif(current_setting('app.tenant', true), ''), current_user, session_user,"
    " timestamptz '2026-01-02 03:04:05+00', interval '1 day 2 hours', '\\x00ff'::bytea, 0.1::float8 / 3, chr(233),"
    " 'a\\b'"
)  # fmt: skip

SAVEPOINTS = ("s1", "s2")


def setting(draw: Draw) -> tuple[str, str]:
    name = draw.pick([name for name in SETTINGS if not draw.literals or name != "search_path"])
    return name, draw.pick(SETTINGS[name])


def quoted(value: str) -> str:
    return value if value.startswith("'") else f"'{value}'"


@feature("settings", 6)
def set_session(draw: Draw) -> Step:
    name, value = setting(draw)
    return simple(draw.client, f"SET {draw.pick(('', '', 'SESSION '))}{name} {draw.pick(('=', 'TO'))} {value}")


@feature("settings", 3)
def set_local(draw: Draw) -> Step:
    name, value = setting(draw)
    return simple(draw.client, f"SET LOCAL {name} = {value}")


@feature("settings", 2)
def reset(draw: Draw) -> Step:
    name, _ = setting(draw)
    return simple(draw.client, draw.pick((f"RESET {name}", f"SET {name} TO DEFAULT", "RESET ALL")))


@feature("settings", 3)
def set_config(draw: Draw) -> Step:
    name, value = setting(draw)
    return simple(draw.client, f"SELECT set_config('{name}', {quoted(value)}, {draw.pick(('false', 'true'))})")


@feature("settings", 2)
def set_by_other_words(draw: Draw) -> Step:
    return simple(draw.client, draw.pick((
        "SET TIME ZONE 'Asia/Tokyo'", "SET TIME ZONE LOCAL", "SET TIME ZONE INTERVAL '-03:00' HOUR TO MINUTE",
        "SET NAMES 'LATIN1'", "SET NAMES DEFAULT", "SET NAMES UTF8" if draw.literals else "SET SCHEMA 'other'",
        "set\tSESSION Work_Mem/* why */=1024",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SET TRANSACTION READ ONLY",
        "SET \"app.tenant\" = 'green'", "SET CONSTRAINTS ALL DEFERRED", "SET work_mem = '1 parsec'",
        "SET transaction_read_only = on", "UPDATE pg_settings SET setting = '3072' WHERE name = 'work_mem'",
    )))  # fmt: skip


@feature("settings", 2)
def roles(draw: Draw) -> Step:
    return simple(draw.client, draw.pick((
        "SET ROLE helper", "RESET ROLE", "SET ROLE NONE", "SET LOCAL ROLE helper", "SET SESSION AUTHORIZATION app",
        "SELECT set_config('role', 'helper', false)", "RESET SESSION AUTHORIZATION",
    )))  # fmt: skip


@feature("settings", 1)
def discard(draw: Draw) -> Step:
    what = draw.pick(("ALL", "ALL", "SEQUENCES" if draw.literals else "PLANS", "SEQUENCES", "TEMP"))
    return simple(draw.client, f"DISCARD {what}", unpins=what == "ALL" and draw.status == b"I")


@feature("observe", 12)
def observe(draw: Draw) -> Step:
    return Step(draw.client, "observe all settings", query(OBSERVE))


@feature("observe", 2)
def show(draw: Draw) -> Step:
    return simple(draw.client, f"SHOW {draw.pick(OBSERVED)}")


@feature("transactions", 9)
def begin_or_end(draw: Draw) -> Step:
    if draw.status == b"I" and draw.chance(0.9):
        return simple(draw.client, draw.pick((
            "BEGIN", "BEGIN", "START TRANSACTION", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN READ ONLY",
        )))  # fmt: skip
    return simple(draw.client, draw.pick((
        "COMMIT", "COMMIT", "END", "ROLLBACK", "ROLLBACK", "ABORT", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN",
    )))  # fmt: skip


@feature("transactions", 6)
def savepoint(draw: Draw) -> Step:
    if draw.status == b"I" and draw.chance(0.8):
        return simple(draw.client, "BEGIN")
    name = draw.pick(SAVEPOINTS)
    return simple(draw.client, draw.pick((
        f"SAVEPOINT {name}", f"SAVEPOINT {name}", f"ROLLBACK TO {name}", f"ROLLBACK TO SAVEPOINT {name}",
        f"RELEASE {name}",
    )))  # fmt: skip


@feature("transactions", 3)
def undone_in_parts(draw: Draw) -> Step:
    """A transaction in one message whose settings are half kept and half undone."""
    name, _ = setting(draw)
    statements = ["BEGIN"] if draw.status == b"I" else []
    for _ in range(draw.number(2, 3)):
        statements += [f"SAVEPOINT {draw.pick(SAVEPOINTS)}", f"SET {name} = {draw.pick(SETTINGS[name])}"]
    point = draw.pick(SAVEPOINTS)
    statements.append(draw.pick((f"ROLLBACK TO {point}", f"ROLLBACK TO {point}", f"RELEASE {point}")))
    return simple(draw.client, "; ".join([*statements, "COMMIT"]))


@feature("errors", 3)
def errors(draw: Draw) -> Step:
    return simple(draw.client, draw.pick((
        "SELECT 1/0", "SELEC 1", "SELECT * FROM nowhere", "SELECT no_function()", "SELECT 'unterminated", "", ";;",
        "DO $$BEGIN RAISE EXCEPTION 'mine' USING ERRCODE = 'P0007'; END$$", "SELECT f_notice()",
        "DO $$BEGIN RAISE WARNING 'careful'; END$$",
    )))  # fmt: skip


@feature("data", 5)
def data(draw: Draw) -> Step:
    client = draw.client
    return simple(client, draw.pick((
        f"UPDATE shared SET value = 'by {client} ' || current_setting('work_mem') WHERE id = {client}",
        "SELECT id, value FROM shared ORDER BY id", f"SELECT value FROM shared WHERE id = {client} FOR UPDATE",
        f"INSERT INTO plain VALUES ({client}, 'row') RETURNING value", "SELECT nextval('numbers')",
        "SELECT client, value FROM plain ORDER BY 1, 2", "SELECT id FROM shared ORDER BY id; SELECT 2 AS two",
    )))  # fmt: skip


@feature("data", 1)
def sequence_memory(draw: Draw) -> Step:
    """Where it may differ it must not also change what follows: only outside a transaction."""
    if draw.status != b"I":
        return simple(draw.client, "SELECT nextval('numbers'), currval('numbers'), lastval()")
    return simple(draw.client, draw.pick(("SELECT currval('numbers')", "SELECT lastval()")), tolerates="currval")


@feature("settings", 5)
def several_statements(draw: Draw) -> Step:
    """One message of several statements: one transaction unless they begin and end their own."""
    parts = [
        set_session, set_local, set_config, reset, savepoint, begin_or_end, errors, data, roles, set_by_other_words,
    ]  # fmt: skip
    statements = [draw.pick(parts)(draw).label for _ in range(draw.number(2, 4))]
    return simple(draw.client, "; ".join(statements))
