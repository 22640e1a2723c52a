"""Which processes there are, and what they cost this machine."""

import contextlib
import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """The processes that all threads of `pid` have started, whatever of them is there while one looks."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    """The processes below `pid`."""
    return [found for child in children(pid) for found in (child, *descendants(child))]


def forks(pid: int) -> list[int]:
    """The children of `pid` that run the same program as this process."""
    return [child for child in children(pid) if _command(child) == _command(os.getpid())]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""  # it has just ended


def cpu_seconds_of_family(pid: int) -> float:
    """CPU time of a process and its descendants, those included that have ended and were waited for."""
    return sum(map(_cpu_ticks, [pid, *descendants(pid)])) / TICKS


def _cpu_ticks(pid: int) -> int:
    try:
        # utime, stime, and both of the children that were waited for: see proc_pid_stat(5).
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    except OSError:
        return 0  # it has just ended
