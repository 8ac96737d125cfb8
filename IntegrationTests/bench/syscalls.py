"""System calls per transaction, counted by strace over a fixed number of transactions."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pgbench
from bars import DIRECT
from bench import Bench, Figures, Result, alternate
from query import subjects

from harness.syscalls import SyscallCounter

CLIENTS = 16
TRANSACTIONS_PER_CLIENT = 500
READS = ("read", "readv", "recvfrom", "recvmsg")
WRITES = ("write", "writev", "sendto", "sendmsg")
WAITS = ("epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select", "futex")


def count(port: int, pid: int) -> Figures:
    arguments = ("-t", str(TRANSACTIONS_PER_CLIENT))
    load = pgbench.command(port, "simple", CLIENTS, *arguments)
    with SyscallCounter(pid) as calls:
        subprocess.run(load, env=pgbench.environment(), check=True, capture_output=True)
    transactions = CLIENTS * TRANSACTIONS_PER_CLIENT
    return {
        "reads": calls.total(*READS) / transactions,
        "writes": calls.total(*WRITES) / transactions,
        "waits": calls.total(*WAITS) / transactions,
        "calls": sum(calls.counts.values()) / transactions,
    }


def run(bench: Bench) -> Iterator[Result]:
    """Counts hardly vary, so one round says it; logins are in it, 16 to 8,000 transactions."""
    with ExitStack() as stack:
        running = {subject.name: stack.enter_context(subject) for subject in subjects(bench) if subject.name != DIRECT}
        rounds = alternate(bench, list(running), lambda name: count(running[name].port, running[name].pid), 1)
    yield Result("syscalls", f"system calls, pgbench -S, simple protocol, {CLIENTS} clients", rounds)
