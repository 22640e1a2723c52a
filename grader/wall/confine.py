"""What a student's process gives up before it sees the student's code. Each step is final."""

import resource
from enum import StrEnum

from grader.wall import landlock, seccomp, system
from grader.wall.limits import Limits


class SandboxLevel(StrEnum):
    """How strong a sandbox is, from weakest to strongest; each includes those before it."""

    NONE = "none"
    PROCESS = "process"
    LANDLOCK = "landlock"
    BUBBLEWRAP = "bubblewrap"


def confine(level: str, limits: Limits, readable: list[str], writable: list[str], accelerators: list[str]) -> None:
    """Give up rights up to `level`; `readable`, `writable` and the devices `accelerators` are the paths that stay."""
    if level == SandboxLevel.NONE:
        return
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    limit(resource.RLIMIT_DATA, limits.data_bytes)
    limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    limit(resource.RLIMIT_NOFILE, limits.open_files)
    limit(resource.RLIMIT_CORE, 0)
    if level == SandboxLevel.PROCESS:
        return
    if level == SandboxLevel.BUBBLEWRAP:
        # Counted per user *namespace*: outside one, the instructor's own processes would count.
        limit(resource.RLIMIT_NPROC, limits.processes)
    if landlock.version():
        landlock.restrict(readable, [*writable, *accelerators])
    system.drop_capabilities()
    seccomp.restrict(bool(accelerators))


def limit(what: int, value: int) -> None:
    """Lower a limit to `value`, or to what it is where that is lower still."""
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))
