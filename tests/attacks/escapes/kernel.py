"""System calls that lead out of a sandbox: namespaces, mounts, handles, io_uring, programs for the kernel.

Says: every door is locked
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
page = ctypes.create_string_buffer(4096)
here = ctypes.c_char_p(b".")
DOORS = {
    "unshare": (272, 0x10000000),
    "setns": (308, 0, 0),
    "mount": (165, here, here, b"tmpfs", 0, None),
    "bind": (165, b"/", here, None, 4096, None),
    "umount": (166, here, 0),
    "pivot_root": (155, here, here),
    "chroot": (161, here),
    "open_tree": (428, -100, here, 1),
    "fsopen": (430, b"tmpfs", 0),
    "move_mount": (429, 0, here, 0, here, 0),
    "name_to_handle_at": (303, -100, here, page, page, 0),
    "open_by_handle_at": (304, 0, page, 0),
    "io_uring_setup": (425, 4, page),
    "memfd_create": (319, b"x", 0),
    "memfd_secret": (447, 0),
    "bpf": (321, 0, page, 128),
    "perf_event_open": (298, page, 0, -1, -1, 0),
    "userfaultfd": (323, 1),
    "add_key": (248, b"user", b"x", b"y", 1, -3),
    "keyctl": (250, 0, -3, 0),
    "shmget": (29, 0x1234, 4096, 0o1600),
    "msgget": (68, 0x1234, 0o1600),
    "semget": (64, 0x1234, 1, 0o1600),
    "mq_open": (240, b"x", 0o102, 0o600, None),
    "personality": (135, 0x0040000),
    "setsid": (112,),
    "setuid": (105, 1),
    "setgid": (106, 1),
    "sethostname": (170, b"x", 1),
    "settimeofday": (164, page, None),
    "swapon": (167, here, 0),
    "init_module": (175, page, 1, b""),
    "syslog": (103, 3, page, 4096),
    "setrlimit": (160, 6, page),
    "prlimit of another": (302, os.getppid(), 6, page, None),
    "prlimit": (302, 0, 6, page, None),
    "capset": (126, (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)),
}
opened = [name for name, (number, *args) in DOORS.items() if libc.syscall(number, *args) >= 0]
raise RuntimeError(f"ESCAPED {opened}" if opened else "every door is locked")
