"""Memory that counts neither as the process's data nor as what it has in use: shared, filled, and let go of.

Says: nowhere to hide
"""

import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
POPULATE_WRITE, DONTNEED = 23, 4
SHARED, VALIDATED, ANONYMOUS, HUGE = 1, 3, 0x20, 0x40000
PIECE = 2**26


def shared(flags, path=None):
    """Fill a piece and let go of it; whether that was possible."""
    descriptor = os.open(path, os.O_RDWR) if path else -1
    place = libc.mmap(None, PIECE, mmap.PROT_READ | mmap.PROT_WRITE, flags, descriptor, 0)
    if place in (None, 2**64 - 1):
        return False
    ctypes.memset(place, 1, PIECE)
    return libc.madvise(place, PIECE, DONTNEED) == 0


def in_memory_file():
    descriptor = libc.syscall(319, b"x", 0)
    return descriptor >= 0 and os.ftruncate(descriptor, PIECE) is None


def populated():
    place = libc.mmap(None, PIECE, mmap.PROT_READ | mmap.PROT_WRITE, 2 | ANONYMOUS, -1, 0)
    return libc.madvise(place, PIECE, POPULATE_WRITE) == 0


WAYS = {
    "shared": lambda: shared(SHARED | ANONYMOUS),
    "shared and validated": lambda: shared(VALIDATED | ANONYMOUS),
    "huge pages": lambda: shared(SHARED | ANONYMOUS | HUGE),
    "zeros": lambda: shared(SHARED, "/dev/zero"),
    "a segment": lambda: libc.syscall(29, 0, PIECE, 0o1600) >= 0,
    "a file in memory": in_memory_file,
    "a file in /dev/shm": lambda: os.open("/dev/shm/hidden", os.O_RDWR | os.O_CREAT) >= 0,
    "populated": populated,
}
held = []
for name, way in WAYS.items():
    try:
        if way():
            held.append(name)
    except OSError:
        continue
raise RuntimeError(f"ESCAPED {held}" if held else "nowhere to hide")
