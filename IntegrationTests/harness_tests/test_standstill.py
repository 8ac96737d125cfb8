"""A machine that stood still is no difference; a client that waits in vain is."""

import os
import signal
import subprocess
import sys
import time

from differential.run import Standstill

PROGRAM = """
import sys, time
sys.path.insert(0, sys.argv[1])
from differential.run import Standstill
clock = Standstill()
print("ready", flush=True)
sys.stdin.readline()
time.sleep(0.2)
print(clock.stops, flush=True)
"""


def stops_after(pause: float, *, stopped: bool) -> int:
    """What the clock of a process counts that sleeps for a while, or does not run at all."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        if stopped:
            process.send_signal(signal.SIGSTOP)
        time.sleep(pause)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.2)
        return int(process.communicate("go on\n")[0])


def test_only_a_standstill_counts() -> None:
    longer = Standstill.LONGEST + 0.5
    assert stops_after(longer, stopped=True) == 1
    assert stops_after(longer, stopped=False) == 0
