"""A seccomp filter: system calls that no exercise needs and that reach beyond one process.

No new process, no socket, no signal to another process, no debugging, no io_uring (it bypasses filters), no shared
memory that outlives the process, no change to a file's attributes (Landlock does not cover them), no scheduling of
others. Threads stay allowed: the frameworks need them.
"""

import ctypes
import errno
import os
import signal
import struct

from grader.wall.system import PR_SET_PDEATHSIG, PR_SET_SECCOMP, machine, prctl

MODE_FILTER = 2
LOAD, JUMP_EQUAL, JUMP_ANY_BIT, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
ALLOW, ERROR, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER_OFFSET, ARCH_OFFSET, ARGUMENTS_OFFSET = 0, 4, 16
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
CLONE_THREAD = 0x00010000

# Numbers on x86_64 and aarch64; None where an architecture lacks the call.
REFUSED = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "bind": (49, 200),
    "connect": (42, 203),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "tkill": (200, 130),
    "timer_create": (222, 107),  # its signal can be SIGKILL
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "setrlimit": (160, 164),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "personality": (135, 92),
    "setsid": (112, 157),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
}
CLONE, CLONE3 = (56, 220), (435, 435)
KILL, TGKILL = (62, 129), (234, 131)
PRLIMIT64, PRCTL, FCNTL = (302, 261), (157, 167), (72, 25)
# Calls that may concern this process (0) but no other.
SCHEDULING = ((203, 122), (142, 118), (144, 119), (314, 274))
# Who gets a signal, and which, when a file is ready: it could be another process.
SET_OWNER, SET_SIGNAL, SET_OWNER_EX = 8, 10, 15


def supported() -> bool:
    return machine() in ARCH


def restrict() -> None:
    """Install the filter for this process and all its threads. Needs `no_new_privs`."""
    program = b"".join(_instructions(column=0 if machine() == "x86_64" else 1))
    buffer = ctypes.create_string_buffer(program)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    pointer = Program(len(program) // 8, ctypes.addressof(buffer))
    prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(pointer))


def _instructions(column: int) -> list[bytes]:
    """Return the filter: one block for each refused call, which begins with the call's number in the accumulator."""
    own_pid = os.getpid()
    program = [
        _load(ARCH_OFFSET),
        _jump(JUMP_EQUAL, ARCH[machine()], 1, 0),
        _return(KILL_PROCESS),
        _load(NUMBER_OFFSET),
    ]
    if column == 0:
        program += [_jump(JUMP_AT_LEAST, X32_BIT, 0, 1), _error(errno.EPERM)]
    for numbers in REFUSED.values():
        number = numbers[column]
        if number is not None:
            program += [_jump(JUMP_EQUAL, number, 0, 1), _error(errno.EPERM)]
    # libc falls back to clone(), whose flags can be looked at.
    program += [_jump(JUMP_EQUAL, CLONE3[column], 0, 1), _error(errno.ENOSYS)]
    program += _unless(CLONE[column], 0, _jump(JUMP_ANY_BIT, CLONE_THREAD, 1, 0))
    program += _unless(KILL[column], 0, _jump(JUMP_EQUAL, own_pid, 1, 0))
    program += _unless(TGKILL[column], 0, _jump(JUMP_EQUAL, own_pid, 1, 0))
    # A process that SIGKILL ends was killed from outside: none may look so by its own doing.
    for call, signal_argument in ((KILL, 1), (TGKILL, 2)):
        program += _unless(call[column], signal_argument, _jump(JUMP_EQUAL, signal.SIGKILL, 0, 1))
    program += _unless(PRLIMIT64[column], 2, _jump(JUMP_EQUAL, 0, 1, 0))
    program += _unless(PRCTL[column], 0, _jump(JUMP_EQUAL, PR_SET_PDEATHSIG, 0, 1))
    for command in (SET_OWNER, SET_SIGNAL, SET_OWNER_EX):
        program += _unless(FCNTL[column], 1, _jump(JUMP_EQUAL, command, 0, 1))
    for numbers_of_call in SCHEDULING:
        program += _unless(numbers_of_call[column], 0, _jump(JUMP_EQUAL, 0, 1, 0))
    return [*program, _return(ALLOW)]


def _unless(number: int, argument: int, test: bytes) -> list[bytes]:
    """Refuse call `number` unless `test` holds for both halves that matter of its argument."""
    low = ARGUMENTS_OFFSET + 8 * argument
    block = [_load(low), test, _error(errno.EPERM)]
    if argument == 2:  # a pointer: its upper half must be zero as well
        block += [_load(low + 4), test, _error(errno.EPERM)]
    block.append(_load(NUMBER_OFFSET))
    return [_jump(JUMP_EQUAL, number, 0, len(block)), *block]


def _load(offset: int) -> bytes:
    return struct.pack("=HBBI", LOAD, 0, 0, offset)


def _jump(code: int, value: int, if_true: int, if_false: int) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _return(value: int) -> bytes:
    return struct.pack("=HBBI", RETURN, 0, 0, value)


def _error(number: int) -> bytes:
    return _return(ERROR | number)
