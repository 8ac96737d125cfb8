"""What the kernel says about a process, from /proc."""

import os
from pathlib import Path


def descriptors(pid: int) -> dict[int, str]:
    """Open descriptors and what they lead to."""
    found: dict[int, str] = {}
    folder = Path(f"/proc/{pid}/fd")
    for entry in folder.iterdir():
        try:
            found[int(entry.name)] = os.readlink(entry)
        except FileNotFoundError:
            continue
    return found


def sockets(pid: int) -> int:
    """Number of open sockets."""
    return sum(1 for target in descriptors(pid).values() if target.startswith("socket:"))


def connections_to(pid: int, port: int) -> int:
    """Number of established IPv4 connections from the process to `port` of this machine."""
    mine = {target[8:-1] for target in descriptors(pid).values() if target.startswith("socket:")}
    count = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        # 01 is ESTABLISHED
        count += fields[3] == "01" and fields[9] in mine and int(fields[2].rpartition(":")[2], 16) == port
    return count


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def cpu_seconds(pid: int) -> float:
    """User and system time used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
