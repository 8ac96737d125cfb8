"""Counting a process's system calls by strace."""

from __future__ import annotations

import re
import signal
import subprocess
import tempfile
from pathlib import Path

from .wait import eventually

_ROW = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:(\d+)\s+)?([a-z_0-9]+)$")


class SyscallCounter:
    """`with SyscallCounter(pid) as count: …`, then `count["sendto"]`; every thread is followed."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.counts: dict[str, int] = {}
        self.errors: dict[str, int] = {}

    def __enter__(self) -> SyscallCounter:
        self._folder = tempfile.TemporaryDirectory(prefix="articdbm-strace-")
        self._output = Path(self._folder.name) / "summary"
        self._messages = Path(self._folder.name) / "messages"
        with self._messages.open("w") as sink:
            self._strace = subprocess.Popen(
                ["strace", "-f", "-c", "-p", str(self.pid), "-o", self._output], stdout=sink, stderr=sink
            )
        eventually(
            lambda: "attached" in self._messages.read_text(), what=self._messages.read_text() or "strace attached"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._strace.send_signal(signal.SIGINT)
        self._strace.wait(10)
        for line in self._output.read_text().splitlines():
            if match := _ROW.match(line):
                calls, errors, name = match.groups()
                self.counts[name] = int(calls)
                self.errors[name] = int(errors or 0)
        self._folder.cleanup()

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def total(self, *names: str) -> int:
        return sum(self[name] for name in names)
