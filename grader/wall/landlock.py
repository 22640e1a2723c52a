"""Landlock: which files this process and its descendants can still reach. Linux 5.13 or newer.

See https://docs.kernel.org/userspace-api/landlock.html for the numbers.
"""

import ctypes
import os
from collections.abc import Iterable

from grader.wall.system import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG = 1
RULE_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15  # truncate, device ioctl
READ = EXECUTE | READ_FILE | READ_DIR
# The rights of the first version, and what each later one added: rename across folders, truncate, device ioctl.
FIRST_RIGHTS = (1 << 13) - 1
ADDED_RIGHTS = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
# Bind and connect TCP (version 4); abstract sockets and signals to processes outside (version 6).
NETWORK_RIGHTS, SCOPES = 0b11, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # what packing means; Python 3.14 wants it said
    _fields_ = [("allowed", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def version() -> int:
    """Return the kernel's Landlock version; 0 where there is none."""
    try:
        return syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION_FLAG))
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """From now on: read and execute beneath `readable`, everything beneath `writable`, nothing else, no TCP.

    Needs `no_new_privs`. Paths that do not exist are passed over.
    """
    abi = version()
    rights = FIRST_RIGHTS | sum(right for since, right in ADDED_RIGHTS.items() if abi >= since)
    ruleset = _Ruleset(rights, NETWORK_RIGHTS if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset_fd = syscall(CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow(ruleset_fd, path, READ & rights)
        for path in writable:
            _allow(ruleset_fd, path, rights)
        syscall(RESTRICT_SELF, ctypes.c_int(ruleset_fd), ctypes.c_uint32(0))
    finally:
        os.close(ruleset_fd)


def _allow(ruleset_fd: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= FILE_RIGHTS
        rule = _PathBeneath(rights, fd)
        syscall(
            ADD_RULE,
            ctypes.c_int(ruleset_fd),
            ctypes.c_int(RULE_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(fd)
