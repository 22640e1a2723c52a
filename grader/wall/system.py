"""The few Linux system calls that Python has no name for, by way of libc."""

import contextlib
import ctypes
import os
import platform

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 4, 38, 22
SIGKILL = 9
CAPABILITY_VERSION_3 = 0x20080522
# capset(2), landlock_create_ruleset(2) and its two companions; the latter have the same numbers everywhere.
CAPSET = {"x86_64": 126, "aarch64": 91}

_libc = ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    return platform.machine()


def syscall(number: int, *args: object) -> int:
    """Call `syscall(2)`; raises `OSError`."""
    result = _libc.syscall(ctypes.c_long(number), *args)
    if result < 0:
        errno = ctypes.get_errno()
        raise OSError(errno, os.strerror(errno))
    return result


def prctl(option: int, value: int = 0, pointer: object = 0) -> None:
    """Call `prctl(2)`; raises `OSError`."""
    if _libc.prctl(option, ctypes.c_ulong(value), pointer, 0, 0) != 0:
        errno = ctypes.get_errno()
        raise OSError(errno, os.strerror(errno))


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it ends, however it ends."""
    prctl(PR_SET_PDEATHSIG, SIGKILL)


def hide_from_debuggers() -> None:
    """No ptrace and no /proc/PID/mem for processes of the same user."""
    prctl(PR_SET_DUMPABLE, 0)


def show_to_debuggers() -> None:
    """Undo `hide_from_debuggers`."""
    prctl(PR_SET_DUMPABLE, 1)


def be_first_to_go() -> None:
    """Have the kernel end this process before any other when the machine is out of memory.

    A process that is hidden from debuggers may not ask for it.
    """
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def drop_capabilities() -> None:
    """Give up every capability: root keeps its files, not its powers over the machine."""

    class Header(ctypes.Structure):
        _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]

    header, data = Header(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    syscall(CAPSET[machine()], ctypes.byref(header), ctypes.byref(data))
