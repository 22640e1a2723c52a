"""Reads the memory and the open files of the processes around it.

Says: nothing could be reached
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(4096)


class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


ours, theirs = Span(ctypes.addressof(buffer), 4096), Span(0x400000, 4096)
reached = []
for pid in (1, 2, os.getppid()):
    ways = {
        "attach": libc.ptrace(16, pid, None, None),
        "seize": libc.ptrace(0x4206, pid, None, None),
        "read": libc.process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0),
        "write": libc.process_vm_writev(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0),
        "pidfd_open": libc.syscall(434, pid, 0),
        "pidfd_getfd": libc.syscall(438, 3, 3, 0),
        "kcmp": libc.syscall(312, os.getpid(), pid, 1, 0, 0),
        "madvise": libc.syscall(440, 3, ctypes.byref(theirs), 1, 20, 0),
    }
    reached += [f"{name} of {pid}" for name, result in ways.items() if result >= 0]
    for link in ("exe", "cwd", "root", "fd/3", "ns/user"):
        try:
            os.readlink(f"/proc/{pid}/{link}")
            reached.append(f"{link} of {pid}")
        except OSError:
            continue
raise RuntimeError(f"LEAKED {reached}" if reached else "nothing could be reached")
