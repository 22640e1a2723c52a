"""The system calls that a student's process may make, and their numbers on x86_64 and aarch64.

The list is what the exercises' solutions and other code for them call with TensorFlow, JAX and PyTorch, and what other
versions of the C library call in place of it. Everything else is refused: processes, programs, sockets, signals to
others, shared memory, attributes of files, and every call that Linux will ever get.
"""

# The number is None where an architecture lacks the call. From Linux: arch/x86/entry/syscalls/syscall_64.tbl and
# include/uapi/asm-generic/unistd.h.
Numbers = tuple[int | None, int | None]
COLUMN = {"x86_64": 0, "aarch64": 1}

# Harmless with whatever arguments.
FREE: dict[str, Numbers] = {
    # Files; which ones is for Landlock and bubblewrap to say. Not truncate, which Landlock sees only since Linux 6.2;
    # not fallocate, sync, attributes, links, special files, nor locks, a mailbox between submissions.
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67),
    "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70), "preadv2": (327, 286), "pwritev2": (328, 287),
    "lseek": (8, 62), "creat": (85, None), "close": (3, 57), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24),
    "stat": (4, None), "fstat": (5, 80), "lstat": (6, None), "newfstatat": (262, 79), "statx": (332, 291),
    "statfs": (137, 43), "fstatfs": (138, 44), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78), "getdents": (78, None),
    "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "umask": (95, 166),
    "ftruncate": (77, 46), "fsync": (74, 82), "fdatasync": (75, 83), "fadvise64": (221, 223), "sendfile": (40, 71),
    "copy_file_range": (326, 285), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276),
    # Pipes and waiting. Not sendmsg: what is sent by it is held by nobody's table of open files.
    "pipe": (22, None), "pipe2": (293, 59), "poll": (7, None), "ppoll": (271, 73), "select": (23, None),
    "pselect6": (270, 72), "epoll_create": (213, None), "epoll_create1": (291, 20), "epoll_ctl": (233, 21),
    "epoll_wait": (232, None), "epoll_pwait": (281, 22), "epoll_pwait2": (441, 441), "eventfd": (284, None),
    "eventfd2": (290, 19), "shutdown": (48, 210), "getsockname": (51, 204), "getpeername": (52, 205),
    "getsockopt": (55, 209),
    # Memory
    "brk": (12, 214), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "msync": (26, 227),
    "mincore": (27, 232), "mseal": (462, 462), "map_shadow_stack": (453, 453), "membarrier": (324, 283),
    "mbind": (237, 235), "get_mempolicy": (239, 236), "set_mempolicy": (238, 237),
    # Threads
    "futex": (202, 98), "futex_waitv": (449, 449), "futex_wait": (455, 455), "futex_wake": (454, 454),
    "futex_requeue": (456, 456), "set_robust_list": (273, 99), "set_tid_address": (218, 96), "rseq": (334, 293),
    "gettid": (186, 178), "exit": (60, 93), "exit_group": (231, 94), "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123), "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    "sched_getattr": (315, 275), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "sched_rr_get_interval": (148, 127), "getcpu": (309, 168), "arch_prctl": (158, None),
    # Signals to itself
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigsuspend": (130, 133), "rt_sigtimedwait": (128, 137), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "pause": (34, None), "alarm": (37, None), "setitimer": (38, 103),
    "getitimer": (36, 102),
    # Time
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101),
    "gettimeofday": (96, 169), "time": (201, None), "times": (100, 153),
    # What it is and where it runs
    "getpid": (39, 172), "getppid": (110, 173), "getpgrp": (111, None), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "getresuid": (118, 148), "getresgid": (120, 150),
    "getgroups": (115, 158), "capget": (125, 90), "getrlimit": (97, 163), "getrusage": (98, 165),
    "sysinfo": (99, 179), "uname": (63, 160), "getrandom": (318, 278), "wait4": (61, 260), "waitid": (247, 95),
}  # fmt: skip

# Allowed with some arguments only (`seccomp.rules`).
CHECKED: dict[str, Numbers] = {
    "open": (2, None), "openat": (257, 56), "mmap": (9, 222), "madvise": (28, 233), "ioctl": (16, 29),
    "fcntl": (72, 25), "prctl": (157, 167), "prlimit64": (302, 261), "clone": (56, 220), "kill": (62, 129),
    "tgkill": (234, 131), "socketpair": (53, 199), "sendto": (44, 206), "recvfrom": (45, 207),
    "sched_setaffinity": (203, 122), "sched_setparam": (142, 118), "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
}  # fmt: skip

# Not there, as far as a program can tell: the C library falls back to clone, whose flags can be looked at, and HDF5
# does without locks.
ABSENT: dict[str, Numbers] = {
    "clone3": (435, 435),
    "flock": (73, 32),
}

# Calls from here on have one number on every architecture, and are so new (Linux 5.1) that programs try them and fall
# back when there are none.
NEW_CALLS = 424
