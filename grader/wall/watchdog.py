"""Watches one process from outside: CPU time first, wall time as a generous back-stop, memory, threads, files."""

import contextlib
import re
import time

from grader.wall.limits import MAX_FILES, MAX_MEMORY, MAX_SCRATCH, MAX_THREADS, wall_limit
from grader.wall.storage import Storage

# Fields of /proc/PID/stat after the parenthesised name, counted from 0 (see proc_pid_stat(5)).
STATE, THREADS = 0, 17
# Lines of /proc/PID/status: what is in memory, what describes it, and what would be in memory.
MEMORY = re.compile(r"^(?:VmRSS|VmPTE|VmSwap):\s*(\d+) kB$", re.MULTILINE)


def cpu_clock(pid: int) -> int:
    """Return the clock of the CPU time that all threads of a process use, numbered as by clock_getcpuclockid(3)."""
    return (~pid << 3) | 2


class OverLimit(Exception):
    """The process used more than it may; the message says of what."""

    def __init__(self, message: str, of_time: bool = False) -> None:
        super().__init__(message)
        self.of_time = of_time


class Ended(Exception):
    """The process, or its main thread, has ended."""


class Watchdog:
    """The use of one process since its start, and since `begin`."""

    def __init__(self, pid: int, storage: Storage) -> None:
        """`storage` is where it writes."""
        self._process = f"/proc/{pid}"
        self._clock = cpu_clock(pid)
        self._storage = storage
        self._cpu_limit = self._deadline = float("inf")
        self._allowed = 0.0
        self._last_cpu = 0.0

    def begin(self, allowed: float, cpu_left: float, wall_left: float) -> None:
        """From now on the process may use this much more; `allowed` is what the limit is called in messages."""
        self._allowed = allowed
        self._cpu_limit = self.cpu_seconds() + cpu_left
        self._deadline = time.monotonic() + wall_left

    def check(self) -> None:
        """Raise `OverLimit` when the process is over a limit."""
        fields = self._fields()
        if fields is None or fields[STATE] == "Z":  # threads that continue without the main one could not be measured
            raise Ended
        if self.cpu_seconds() > self._cpu_limit:
            raise OverLimit(f"the call used more than {self._allowed:g} s of CPU time", of_time=True)
        if time.monotonic() > self._deadline:
            raise OverLimit(
                f"the call took more than {wall_limit(self._allowed):g} s (allowed: {self._allowed:g} s of CPU)",
                of_time=True,
            )
        if self._memory() > MAX_MEMORY:
            raise OverLimit(f"the process used more than {MAX_MEMORY / 2**30:g} GiB of memory")
        if int(fields[THREADS]) > MAX_THREADS:
            raise OverLimit(f"the process started more than {MAX_THREADS} threads")
        self._check_files()

    def cpu_seconds(self) -> float:
        """Return the CPU time used so far; of a process that ended, the last that was seen."""
        with contextlib.suppress(OSError):
            self._last_cpu = time.clock_gettime(self._clock)
        return self._last_cpu

    def _fields(self) -> list[str] | None:
        try:
            with open(f"{self._process}/stat") as file:
                return file.read().rpartition(")")[2].split()
        except OSError:
            return None

    def _memory(self) -> int:
        try:
            with open(f"{self._process}/status") as file:
                return sum(map(int, MEMORY.findall(file.read()))) * 1024
        except OSError:
            return 0  # it has just ended

    def _check_files(self) -> None:
        try:
            size, count = self._storage.used()
        except OSError:
            raise OverLimit("the process made folders that cannot be looked into") from None
        if size > MAX_SCRATCH or count > MAX_FILES:
            raise OverLimit("the process wrote too many files")
