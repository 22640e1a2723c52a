"""The machine that the kernel runs a system call filter on, as far as ours uses it (see seccomp(2), bpf(4))."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from grader.wall import seccomp

BITS = 0xFFFFFFFF


def run(program: list[bytes], arch: int, number: int, arguments: Sequence[int] = ()) -> int:
    """Return what the filter answers to a system call; an argument that is not given is 0."""
    words = [argument & 2**64 - 1 for argument in (*arguments, 0, 0, 0, 0, 0, 0)][:6]
    data = struct.pack("<IIQ6Q", number & BITS, arch, 0, *words)
    accumulator, place = 0, 0
    while True:
        code, if_true, if_false, value = struct.unpack("=HBBI", program[place])
        place += 1
        if code == seccomp.LOAD:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif code == seccomp.AND:
            accumulator &= value
        elif code == seccomp.JUMP_EQUAL:
            place += if_true if accumulator == value else if_false
        elif code == seccomp.JUMP_AT_LEAST:
            place += if_true if accumulator >= value else if_false
        else:
            assert code == seccomp.RETURN
            return value
