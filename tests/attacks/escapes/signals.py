"""Signals to the parent, to all processes and to groups; signal 0, which asks whether a real one would be allowed.

Says: nobody could be reached
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
info = ctypes.create_string_buffer(128)
reached = []
for pid in (1, 2, os.getppid(), -1, 0, -os.getppid(), -os.getpgrp()):
    ways = {
        "kill": lambda pid=pid: os.kill(pid, 0) or 0,
        "tkill": lambda pid=pid: libc.syscall(200, pid, 0),
        "tgkill": lambda pid=pid: libc.syscall(234, pid, pid, 0),
        "queue": lambda pid=pid: libc.syscall(129, pid, 0, info),
        "queue to a thread": lambda pid=pid: libc.syscall(297, pid, pid, 0, info),
        "pidfd": lambda: libc.syscall(424, 3, 0, None, 0),
        "upper half": lambda pid=pid: libc.syscall(62, ctypes.c_long((1 << 32) - 1), 0),
    }
    for name, way in ways.items():
        try:
            if way() >= 0:
                reached.append(f"{name} {pid}")
        except OSError:
            continue
raise RuntimeError(f"ESCAPED {reached}" if reached else "nobody could be reached")
