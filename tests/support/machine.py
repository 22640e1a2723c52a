"""What processes cost this machine."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = [int(word) for word in (task / "children").read_text().split()]
        except OSError:
            continue
        for child in children:
            found += family(child)
    return found


def cpu_seconds_of_family(pid: int) -> float:
    """CPU time of a process and its descendants, those included that have ended and were waited for."""
    return sum(map(_cpu_ticks, family(pid))) / TICKS


def _cpu_ticks(pid: int) -> int:
    try:
        # utime, stime, and both of the children that were waited for: see proc_pid_stat(5).
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    except OSError:
        return 0  # it has just ended
