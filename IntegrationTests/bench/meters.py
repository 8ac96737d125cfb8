"""What the kernel knows of a process: processor time, context switches, memory."""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def processor_time(pid: int) -> float:
    """Seconds of user and system time of all threads, ended ones included, exact to the nanosecond.

    The identity of a process's CPU clock is made from its id as `clock_getcpuclockid(3)` does.
    """
    return time.clock_gettime((~pid << 3) | 2)


def user_time(pid: int) -> float:
    """Seconds of user time, in the kernel's ticks."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11]) / TICKS


def context_switches(pid: int) -> int:
    """Voluntary and forced, of all threads alive."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        # A thread may end while we look.
        with contextlib.suppress(OSError):
            for line in (task / "status").read_text().splitlines():
                if "ctxt_switches" in line:
                    total += int(line.split()[1])
    return total


def resident(pid: int) -> int:
    """Bytes of physical memory now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def reset_peak(pid: int) -> None:
    """Makes `peak` start anew from the present."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak(pid: int) -> int:
    """The most bytes of physical memory since `reset_peak`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"no VmHWM for process {pid}")


@dataclass
class Reading:
    """The meters of a process at one moment; without a process only the clock runs."""

    clock: float
    processor: float = 0.0
    user: float = 0.0
    switches: int = 0

    @classmethod
    def of(cls, pid: int | None) -> "Reading":
        if pid is None:
            return cls(time.monotonic())
        return cls(time.monotonic(), processor_time(pid), user_time(pid), context_switches(pid))
