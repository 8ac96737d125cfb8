"""The closed list of what may differ between a program run directly and one run through the proxy.

Masked values: no two server sessions agree on them, so programs avoid them where they can and these hide the rest.
- The file, line and routine of errors and notices (fields F, L, R).
- Object identifiers of tables in RowDescription: every database has its own.
- The number in a temporary schema's name.
- The schema before a function's name in a context (field W): PL/pgSQL words it once for each server connection.
- The process id of a notification's sender, and between which steps of an idle client the notification arrives; its
  order and payload count.
- ParameterStatus messages one by one: what counts is the value a client knows after each step.

The known difference, allowed in the steps that are marked with its name:
- `currval`: in transaction pooling `currval` and `lastval` outside the transaction that called `nextval` may give
  error 55000, alone, where a direct session gets its value. They never give another client's value. The mark is on
  queries of nothing else, between transactions, so that the error changes nothing for what follows.

Never asked for by programs, because the answer is another by nature:
- process ids, transaction ids, times, `pg_stat_*`, `pg_locks` of other sessions;
- `pg_prepared_statements`, which shows the server's statements under names of their own;
- in an aborted transaction Describe of an INSERT, UPDATE or DELETE without RETURNING that the connection lacks: 25P02;
- PREPARE inside a function or DO block under a name that the client uses itself;
- RESET inside a function or DO block of a setting that the client's startup packet gave: to the end of that
  transaction it is the account's default, then the startup value again;
- literals of a prepared statement whose meaning depends on settings, after something that makes PostgreSQL analyse the
  statement anew, under the settings of then: another `search_path`, a session's first temporary object, DISCARD PLANS,
  DDL. Where the statement is prepared again on another connection they keep the meaning that they had;
- whether a custom parameter that was never set is unknown or empty: PostgreSQL itself makes it empty for the rest of
  the server session once it has been set and reset, so programs read it by `nullif(current_setting(…, true), '')`.
"""

from __future__ import annotations

import re

from harness.raw import fields

from .client import Answer

_HIDDEN_FIELDS = frozenset("FLR")
_TEMP_SCHEMA = re.compile(r"pg_(toast_)?temp_\d+")

_FUNCTION = re.compile(r"function \w+\.(\w+\()")

# The SQLSTATE each known difference may show instead of the direct answer.
TOLERATED = {"currval": "55000"}


def normal(answer: Answer) -> list[tuple[str, object]]:
    """An answer in a form that two runs can be compared in."""
    return [(kind.decode(), _body(kind, body)) for kind, body in answer]


def _body(kind: bytes, body: bytes) -> object:
    if kind in (b"E", b"N"):
        shown = {
            code: _FUNCTION.sub(r"function \1", text) if code == "W" else text for code, text in fields(body).items()
        }
        shown = {code: _TEMP_SCHEMA.sub("pg_temp_N", text) for code, text in shown.items()}
        return tuple(sorted((code, text) for code, text in shown.items() if code not in _HIDDEN_FIELDS))
    if kind == b"T":
        return _without_tables(body)
    return body


def _without_tables(body: bytes) -> bytes:
    """A RowDescription with every column's table identifier set to zero."""
    result, offset = bytearray(body), 2
    for _ in range(int.from_bytes(body[:2], "big")):
        offset = body.index(b"\0", offset) + 1
        result[offset : offset + 4] = bytes(4)
        offset += 18
    return bytes(result)


def is_tolerated(difference: str, direct: list, proxied: list) -> bool:
    """Whether two different answers are the named known difference."""
    if difference not in TOLERATED or [kind for kind, _ in direct] != ["T", "D", "C", "Z"]:
        return False
    # The columns may be told before the function is called.
    *before, (kind, body), ready = proxied if len(proxied) in (2, 3) else [("", ()), ()]
    is_error = kind == "E" and dict(body)["C"] == TOLERATED[difference]
    return is_error and before in ([], direct[:1]) and ready == direct[-1]
