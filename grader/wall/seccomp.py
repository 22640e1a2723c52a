"""A seccomp filter: only the system calls of a list, and some of them only with arguments that stay within one process.

What is not on the list is refused with an error and never ends the process, so that libraries do without.
"""

import ctypes
import errno
import os
import signal
import struct
from dataclasses import dataclass

from grader.wall.system import PR_SET_SECCOMP, machine, prctl
from grader.wall.system_calls import ABSENT, CHECKED, COLUMN, FREE, NEW_CALLS

MODE_FILTER = 2
LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
ALLOW, ERROR, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER_OFFSET, ARCH_OFFSET, ARGUMENTS_OFFSET = 0, 4, 16
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALL_BITS = 0xFFFFFFFF

# To read, to write, or both, and empty a file only to write: for Landlock before Linux 6.2, emptying one that is opened
# to be read needs no right to write, and the fourth mode, of which only drivers know, no right at all.
ACCESS_MODE, TRUNCATE = 0o3, 0o1000
OPENINGS = (0, 1, 2, 1 | TRUNCATE, 2 | TRUNCATE)
# Threads share everything, their open files above all: a table of its own would not be counted by any limit.
THREAD = 0x00010F00 | 0x00040000  # VM, FS, FILES, SIGHAND, THREAD, SYSVSEM
THREAD_OPTIONS = 0x00080000 | 0x00100000 | 0x00200000 | 0x00400000 | 0x01000000  # where its id and its storage are
# Shared memory without a file is memory that no limit sees, and so are huge pages; a stack may grow past RLIMIT_DATA.
SHARED, ANONYMOUS, GROWS_DOWN, HUGE_PAGES = 0x01, 0x20, 0x100, 0x40000
# Not: populating (nothing needs it), merging equal pages with other processes, punching holes, paging out.
ADVICE = (0, 1, 2, 3, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19, 25, 102, 103)
# Duplicate, flags, status flags, size of a pipe. Not: owners and signals, leases, notes of changes, locks.
FILE_COMMANDS = (0, 1, 2, 3, 4, 1030, 1032, 1034)
# Names of threads and of memory; what the processor can do; questions. Not: dumpable, which would hide what it holds.
PROCESS_OPTIONS = (2, 3, 15, 16, 21, 23, 39, 42, 51, 56, 64, 0x53564D41)
# Is it a terminal and how wide; bytes that wait; close-on-exec and non-blocking; a clone of a file.
REQUESTS = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5450, 0x5451, 0x5421, 0x40049409)
# Kinds of requests that accelerators know: NVIDIA's memory has none, its driver F, AMD's K, the display's d.
REQUEST_KIND = 0xFF00
ACCELERATOR_KINDS = (0x0000, ord("F") << 8, ord("K") << 8, ord("d") << 8)
UNIX_FAMILY, STREAM, SOCKET_OPTIONS = 1, 1, 0o2004000  # close-on-exec, non-blocking
OUT_OF_BAND = 1  # nothing needs it, and its code in the kernel was a way out of other sandboxes
# A process that SIGKILL ends was killed from outside: none may look so by its own doing.
SIGNALS = tuple(number for number in range(signal.NSIG) if number != signal.SIGKILL)


@dataclass(frozen=True)
class Rule:
    """Half of an argument: under one of the masks it must be one of the values that belong to this mask."""

    argument: int
    choices: tuple[tuple[int, tuple[int, ...]], ...]
    upper: bool = False  # the half that only matters for pointers
    refusal: int = errno.EPERM


def supported() -> bool:
    return machine() in ARCH


def restrict(accelerators: bool) -> None:
    """Install the filter for this process and the threads that it will start. Needs `no_new_privs`.

    With `accelerators` the requests to their drivers are allowed.
    """
    code = b"".join(program(machine(), os.getpid(), accelerators))
    buffer = ctypes.create_string_buffer(code)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    pointer = Program(len(code) // 8, ctypes.addressof(buffer))
    prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(pointer))


def rules(own_pid: int, accelerators: bool) -> dict[str, tuple[Rule, ...]]:
    """Return what the arguments of the calls in `CHECKED` must be; every rule of a call must hold."""
    itself = (_only(0, (0,)),)
    kinds = ((REQUEST_KIND, ACCELERATOR_KINDS),) if accelerators else ()
    # A driver may want memory that it shares with its process.
    mapped = (0, SHARED, ANONYMOUS, *([SHARED | ANONYMOUS] if accelerators else []))
    return {
        "open": (_only(1, OPENINGS, ACCESS_MODE | TRUNCATE),),
        "openat": (_only(2, OPENINGS, ACCESS_MODE | TRUNCATE),),
        "mmap": (_only(3, mapped, SHARED | ANONYMOUS | GROWS_DOWN | HUGE_PAGES),),
        "madvise": (Rule(2, ((ALL_BITS, ADVICE),), refusal=errno.EINVAL),),
        "ioctl": (Rule(1, ((ALL_BITS, REQUESTS), *kinds)),),
        "fcntl": (_only(1, FILE_COMMANDS),),
        "prctl": (_only(0, PROCESS_OPTIONS),),
        "prlimit64": (*itself, *_null(2)),
        "clone": (_only(0, (THREAD,), ALL_BITS & ~THREAD_OPTIONS),),
        "kill": (_only(0, (own_pid,)), _only(1, SIGNALS)),
        "tgkill": (_only(0, (own_pid,)), _only(2, SIGNALS)),
        "socketpair": (_only(0, (UNIX_FAMILY,)), _only(1, (STREAM,), ALL_BITS & ~SOCKET_OPTIONS)),
        "sendto": (_only(3, (0,), OUT_OF_BAND), *_null(4)),
        "recvfrom": (_only(3, (0,), OUT_OF_BAND),),
        "sched_setaffinity": itself,
        "sched_setparam": itself,
        "sched_setscheduler": itself,
        "sched_setattr": itself,
    }


def program(architecture: str, own_pid: int, accelerators: bool) -> list[bytes]:
    """Return the filter's instructions.

    The kernel finds out once which calls are allowed whatever their arguments, and never runs the filter for them.
    """
    column = COLUMN[architecture]
    code = [
        _load(ARCH_OFFSET),
        _jump(JUMP_EQUAL, ARCH[architecture], 1, 0),
        _return(KILL_PROCESS),
        _load(NUMBER_OFFSET),
    ]
    for name, of_call in rules(own_pid, accelerators).items():
        checks = [instruction for rule in of_call for instruction in _check(rule)]
        code += _case(CHECKED[name][column], [*checks, _return(ALLOW)])
    for numbers in FREE.values():
        code += _case(numbers[column], [_return(ALLOW)])
    for numbers in ABSENT.values():
        code += _case(numbers[column], [_error(errno.ENOSYS)])
    return [*code, _jump(JUMP_AT_LEAST, NEW_CALLS, 0, 1), _error(errno.ENOSYS), _error(errno.EPERM)]


def _only(argument: int, values: tuple[int, ...], mask: int = ALL_BITS) -> Rule:
    return Rule(argument, ((mask, values),))


def _null(argument: int) -> tuple[Rule, Rule]:
    """Return what a pointer must be that is not used."""
    return Rule(argument, ((ALL_BITS, (0,)),)), Rule(argument, ((ALL_BITS, (0,)),), upper=True)


def _case(number: int | None, block: list[bytes]) -> list[bytes]:
    """Do `block`, which returns, for the call `number`; nothing where the architecture lacks it."""
    return [] if number is None else [_jump(JUMP_EQUAL, number, 0, len(block)), *block]


def _check(rule: Rule) -> list[bytes]:
    """Go on behind these instructions when `rule` holds, and refuse the call when not."""
    offset = ARGUMENTS_OFFSET + 8 * rule.argument + 4 * rule.upper
    code: list[bytes | int] = []
    for mask, values in rule.choices:
        code += [_load(offset), *([_and(mask)] if mask != ALL_BITS else []), *values]
    return [
        _jump(JUMP_EQUAL, step, len(code) - place, 0) if isinstance(step, int) else step
        for place, step in enumerate(code)
    ] + [_error(rule.refusal)]


def _load(offset: int) -> bytes:
    return _instruction(LOAD, offset)


def _and(mask: int) -> bytes:
    return _instruction(AND, mask)


def _jump(code: int, value: int, if_true: int, if_false: int) -> bytes:
    return _instruction(code, value, if_true, if_false)


def _return(value: int) -> bytes:
    return _instruction(RETURN, value)


def _error(number: int) -> bytes:
    return _return(ERROR | number)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
