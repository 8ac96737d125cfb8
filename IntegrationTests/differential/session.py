"""Steps with what lives in one server session: temporary tables, cursors, locks, channels; also inside functions."""

from __future__ import annotations

from .draw import Draw, feature
from .program import Step, simple
from .settings import OBSERVED, SETTINGS, quoted, setting

LOCKS = (1, 2, 3)
CHANNELS = ("n1", "n2")


@feature("temporary", 5)
def temporary(draw: Draw) -> Step:
    return simple(draw.client, draw.pick((
        "CREATE TEMP TABLE t1 (x int)", "CREATE TEMPORARY TABLE t1 AS SELECT 5 AS x", "SELECT 6 AS x INTO TEMP t1",
        "CREATE TEMP TABLE t2 (x int) ON COMMIT DROP", "CREATE TEMP TABLE t2 (x int) ON COMMIT DELETE ROWS",
        "CREATE TABLE pg_temp.t1 (x int)", "CREATE TEMP VIEW t2 AS SELECT 1 AS x", "CREATE TEMP SEQUENCE numbers",
        "CREATE TEMP TABLE shared AS SELECT 1 AS id, 'temporary' AS value",
    )), pins=True)  # fmt: skip


@feature("temporary", 5)
def use_temporary(draw: Draw) -> Step:
    return simple(draw.client, draw.pick((
        "INSERT INTO t1 VALUES (1)", "SELECT x FROM t1 ORDER BY 1", "SELECT x FROM t2", "DROP TABLE t1",
        "INSERT INTO t2 VALUES (2) RETURNING x", "DROP TABLE IF EXISTS t2", "SELECT value FROM shared ORDER BY id",
    )))  # fmt: skip


@feature("cursors", 4)
def cursor(draw: Draw) -> Step:
    if draw.status == b"I" and draw.chance(0.8):
        return simple(draw.client, "BEGIN")
    name = draw.pick(("c1", "c2"))
    return simple(draw.client, draw.pick((
        f"DECLARE {name} CURSOR FOR SELECT generate_series(1, 9)", f"FETCH 2 FROM {name}", f"MOVE 1 IN {name}",
        f"DECLARE {name} SCROLL CURSOR FOR SELECT id, value FROM shared ORDER BY id", f"FETCH BACKWARD 1 FROM {name}",
        f"CLOSE {name}", "CLOSE ALL",
    )))  # fmt: skip


@feature("holdable", 4)
def holdable_cursor(draw: Draw) -> Step:
    return simple(draw.client, draw.pick((
        "DECLARE c1 CURSOR WITH HOLD FOR SELECT generate_series(1, 9)",
        "DECLARE c2 SCROLL CURSOR WITH HOLD FOR SELECT id FROM shared ORDER BY id", "FETCH 2 FROM c1",
        "FETCH ALL FROM c2", "SELECT name, is_holdable FROM pg_cursors WHERE name LIKE 'c_' ORDER BY 1",
    )), pins=True)  # fmt: skip


@feature("locks", 5)
def session_lock(draw: Draw) -> Step:
    key = draw.pick(LOCKS)
    return simple(draw.client, draw.pick((
        f"SELECT pg_try_advisory_lock({key})", f"SELECT pg_try_advisory_lock({key})",
        f"SELECT pg_try_advisory_lock_shared({key})", f"SELECT pg_advisory_lock({100 + draw.client})",
        f"SELECT pg_advisory_unlock({key})", "SELECT pg_advisory_unlock_all()",
        f"SELECT pg_advisory_unlock_shared({key})", "SELECT setseed(0.5); SELECT random() < 2",
    )), pins=True)  # fmt: skip


@feature("locks", 2)
def transaction_lock(draw: Draw) -> Step:
    key = draw.pick(LOCKS)
    return simple(draw.client, draw.pick((
        f"SELECT pg_try_advisory_xact_lock({key})", f"SELECT pg_try_advisory_xact_lock_shared({key})",
        "SELECT objid, mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() ORDER BY 1, 2",
    )))  # fmt: skip


@feature("listen", 4)
def listen(draw: Draw) -> Step:
    channel = draw.pick(CHANNELS)
    return simple(draw.client, draw.pick((
        f"LISTEN {channel}", f"LISTEN {channel}", f"UNLISTEN {channel}", "UNLISTEN *",
        "SELECT pg_listening_channels() ORDER BY 1",
    )), pins=True)  # fmt: skip


@feature("notify", 3)
def notify(draw: Draw) -> Step:
    channel = draw.pick(CHANNELS)
    return simple(draw.client, draw.pick((
        f"NOTIFY {channel}", f"NOTIFY {channel}, 'from {draw.client}'",
        f"SELECT pg_notify('{channel}', 'by function {draw.client}')",
    )))  # fmt: skip


@feature("functions", 6)
def setting_in_function(draw: Draw) -> Step:
    name, value = setting(draw)
    value = quoted(value)
    return simple(draw.client, draw.pick((
        f"SELECT public.f_set('{name}', {value})", f"SELECT public.f_set('{name}', {value})",
        f"SELECT public.f_set_sql('{name}', {value})", f"SELECT public.f_set_local('{name}', {value})",
        f"SELECT public.f_set_then_fail('{name}', {value})", f"SELECT public.f_set_and_undo('{name}', {value})",
        "SELECT 'no reset'" if draw.started else "SELECT public.f_reset()",
        "SELECT public.f_with_setting()", f"CALL public.p_commit('{name}', {value})",
        f"DO $$BEGIN PERFORM set_config('{name}', {value}, false); END$$",
        f"DO $$BEGIN SET LOCAL {name} = {value}; END$$", f"DO $$BEGIN SET {name} = {value}; END$$",
        f"SELECT (WITH x AS (SELECT set_config('{name}', {value}, false) AS y) SELECT y FROM x)",
    )))  # fmt: skip


@feature("hidden", 4)
def setting_out_of_sight(draw: Draw) -> Step:
    value = draw.pick(("red", "blue", "3MB", "11MB"))
    return simple(draw.client, draw.pick((
        "SELECT value FROM public.v_set", f"INSERT INTO public.written VALUES ({draw.client}, '{value}')",
        "INSERT INTO public.defaulted (id) VALUES (1)", "SELECT lower('X')",
        f"SELECT 'work_mem' OPERATOR(public.###) '{draw.number(12, 14)}MB'",
        f"SELECT x FROM (VALUES ('app.tenant', '{value}')) AS v (a, b), LATERAL set_config(a, b, false) AS x",
    )))  # fmt: skip


@feature("functions", 2)
def object_in_function(draw: Draw) -> Step:
    if not draw.pins:
        return simple(draw.client, "SELECT public.f_notice()")
    return simple(draw.client, draw.pick((
        "SELECT public.f_temp()", f"SELECT public.f_lock({draw.pick(LOCKS)})", "SELECT public.f_listen()",
        "SELECT public.f_prepare()", "SELECT value FROM public.v_lock", "SELECT public.f_role()",
        "DO $$BEGIN CREATE TEMP TABLE t1 (x int); END$$", "DO $$BEGIN PERFORM pg_try_advisory_lock(2); END$$",
        "DO $$BEGIN LISTEN n2; END$$", "DO $$BEGIN EXECUTE 'SET ROLE helper'; END$$",
    )), pins=True)  # fmt: skip


@feature("connect", 2)
def connect(draw: Draw) -> Step:
    """Leaves as it is, transaction open or not, and comes back, perhaps with settings in the startup message."""
    name = draw.pick(OBSERVED)
    value = draw.pick(SETTINGS[name]).strip("'")
    parameters = draw.pick(({}, {name: value}, {"application_name": "again"}))
    return Step(draw.client, f"reconnect {parameters}", kind="connect", parameters=parameters, readies=0)
