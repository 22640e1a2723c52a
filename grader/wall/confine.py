"""What a student's process gives up before it sees the student's code. Each step is final."""

from __future__ import annotations

import resource
from dataclasses import dataclass

from grader.wall import landlock, seccomp, system

# From weakest to strongest; each includes those before it.
LEVELS = ("none", "process", "landlock", "bubblewrap")


@dataclass(frozen=True)
class Limits:
    """What one student's process may use. CPU seconds of single calls are watched from outside."""

    cpu_seconds: int = 3600
    data_bytes: int = 2 * 2**30
    file_bytes: int = 32 * 2**20
    open_files: int = 128
    processes: int = 512


def confine(level: str, limits: Limits, readable: list[str], writable: list[str]) -> None:
    """Give up rights up to `level`; `readable` and `writable` are the paths that stay."""
    if level == "none":
        return
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    limit(resource.RLIMIT_DATA, limits.data_bytes)
    limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    limit(resource.RLIMIT_NOFILE, limits.open_files)
    limit(resource.RLIMIT_CORE, 0)
    if level == "process":
        return
    if level == "bubblewrap":
        # Counted per user *namespace*: outside one, the instructor's own processes would count.
        limit(resource.RLIMIT_NPROC, limits.processes)
    if landlock.version():
        landlock.restrict(readable, writable)
    system.drop_capabilities()
    seccomp.restrict()


def limit(what: int, value: int) -> None:
    """Lower a limit to `value`, or to what it is where that is lower still."""
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))
