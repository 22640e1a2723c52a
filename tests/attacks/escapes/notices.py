"""Has others notified, or be notified of what others do: who gets a signal when a socket is ready, what happens in a
folder, letters to a path, descriptors that are held by nobody, locks on what all read.

Says: nobody can be told
"""

import array
import ctypes
import fcntl
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
FIOSETOWN, SIOCSPGRP, FIOASYNC, SIGIO_FLAG = 0x8901, 0x8902, 0x5452, 0o20000
ours, theirs = socket.socketpair()
parent = array.array("i", [os.getppid()])


def letter():
    here, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return here.sendto(b"x", "/run/systemd/notify") or 1


def lock():
    with open(os.__file__) as file:
        return fcntl.flock(file, fcntl.LOCK_EX) or 1


def record_lock():
    with open(os.__file__) as file:
        return fcntl.lockf(file, fcntl.LOCK_SH) or 1


WAYS = {
    "owner": lambda: fcntl.ioctl(ours, FIOSETOWN, parent) or 1,
    "group": lambda: fcntl.ioctl(ours, SIOCSPGRP, parent) or 1,
    "asynchronous": lambda: fcntl.ioctl(ours, FIOASYNC, array.array("i", [1])) or 1,
    "owner by fcntl": lambda: fcntl.fcntl(ours, fcntl.F_SETOWN, os.getppid()) or 1,
    "signal": lambda: fcntl.fcntl(ours, 10, 9) or 1,
    "lease": lambda: fcntl.fcntl(os.open(__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK) or 1,
    "notes of changes": lambda: fcntl.fcntl(os.open(".", os.O_RDONLY), fcntl.F_NOTIFY, 2) or 1,
    "inotify": lambda: libc.syscall(253) >= 0,
    "inotify1": lambda: libc.syscall(294, 0) >= 0,
    "fanotify": lambda: libc.syscall(300, 0, 0) >= 0,
    "a letter": letter,
    "descriptors": lambda: socket.send_fds(ours, [b"x"], [0]),
    "out of band": lambda: ours.send(b"x", socket.MSG_OOB),
    "lock": lock,
    "record lock": record_lock,
    "attributes": lambda: libc.syscall(469, -100, b".", ctypes.create_string_buffer(24), 24, 0) >= 0,
}
told = []
for name, way in WAYS.items():
    try:
        if way():
            told.append(name)
    except OSError:
        continue
raise RuntimeError(f"ESCAPED {told}" if told else "nobody can be told")
