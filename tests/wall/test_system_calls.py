"""Only the system calls of a list reach the kernel: every number is tried, and arguments that lead out of a process.

What the filter answers is asked of the filter itself, for both architectures, and of the running kernel from within a
student's process.
"""

from __future__ import annotations

import errno
import mmap
import re
from pathlib import Path

import pytest
from support import filter_machine

from grader.wall import seccomp
from grader.wall.system import machine
from grader.wall.system_calls import ABSENT, CHECKED, COLUMN, FREE, NEW_CALLS

OWN_PID = 4711
EPERM, ENOSYS, EINVAL = (seccomp.ERROR | number for number in (errno.EPERM, errno.ENOSYS, errno.EINVAL))
ALLOW = seccomp.ALLOW
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
LAST_NUMBER = 600
# Linux asks no filter about the calls that its probes put into a program, and ends a program that makes them itself.
UNASKED = {"x86_64": {335, 336}, "aarch64": set[int]()}
# Each was allowed once, or would lead out of a sandbox: numbers on x86_64 and aarch64.
DANGEROUS = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None), "clone3": (435, 435),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "timer_create": (222, 107),
    "rt_tgsigqueueinfo": (297, 240), "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendmsg": (46, 211), "sendmmsg": (307, 269), "recvmsg": (47, 212),
    "recvmmsg": (299, 243), "setsockopt": (54, 208), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "io_setup": (206, 0), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197), "semget": (64, 190),
    "semctl": (66, 191), "semop": (65, 193), "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189),
    "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263), "chmod": (90, None), "fchmod": (91, 52),
    "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None), "fchown": (93, 55), "fchownat": (260, 54),
    "utimensat": (280, 88), "utime": (132, None), "setxattr": (188, 5), "setxattrat": (463, 463),
    "removexattr": (197, 14), "file_setattr": (469, 469), "file_getattr": (468, 468), "truncate": (76, 45),
    "fallocate": (285, 47), "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "mknod": (133, None), "mknodat": (259, 33), "flock": (73, 32), "sync": (162, 81), "syncfs": (306, 267),
    "splice": (275, 76), "tee": (276, 77), "vmsplice": (278, 75), "openat2": (437, 437), "close_range": (436, 436),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsmount": (432, 432), "mount_setattr": (442, 442),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "seccomp": (317, 277), "setrlimit": (160, 164),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "personality": (135, 92), "setsid": (112, 157),
    "setpgid": (109, 154), "setuid": (105, 146), "setgroups": (116, 159), "capset": (126, 91),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "remap_file_pages": (216, 234), "mlock": (149, 228),
    "mlockall": (151, 230), "swapon": (167, 224), "reboot": (169, 142), "init_module": (175, 105),
    "finit_module": (313, 273), "acct": (163, 89), "kexec_load": (246, 104), "quotactl": (179, 60),
    "syslog": (103, 116), "vhangup": (153, 58), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "adjtimex": (159, 171), "sethostname": (170, 161), "iopl": (172, None), "modify_ldt": (154, None),
    "get_robust_list": (274, 100), "lookup_dcookie": (212, 18), "statmount": (457, 457),
}  # fmt: skip


def answer(architecture: str, number: int, *arguments: int, accelerators: bool = False) -> int:
    """What the filter says to a call."""
    program = seccomp.program(architecture, OWN_PID, accelerators)
    return filter_machine.run(program, seccomp.ARCH[architecture], number, arguments)


def ask(name: str, *arguments: int, accelerators: bool = False) -> set[int]:
    """What the filters of all architectures say to a call that takes arguments into account."""
    return {
        answer(architecture, number, *arguments, accelerators=accelerators)
        for architecture, column in COLUMN.items()
        if (number := CHECKED[name][column]) is not None
    }


@pytest.mark.parametrize("architecture", COLUMN)
@pytest.mark.parametrize("name", DANGEROUS)
def test_a_dangerous_call_is_refused_by_name(architecture, name):
    number = DANGEROUS[name][COLUMN[architecture]]
    if number is not None:
        assert answer(architecture, number) == (ENOSYS if name in ABSENT or number >= NEW_CALLS else EPERM)


@pytest.mark.parametrize("architecture", COLUMN)
def test_what_is_not_on_the_list_is_refused_whatever_its_arguments(architecture):
    """Also with the numbers of the other ABI of the same processor, and with numbers that no kernel knows yet."""
    column = COLUMN[architecture]
    listed = {numbers[column] for table in (FREE, CHECKED) for numbers in table.values()}
    for number in [*range(1000), *range(0x40000000, 0x40000000 + 600), 2**31, 2**32 - 1]:
        for arguments in ((0,) * 6, (1,) * 6, (2**64 - 1,) * 6):
            allowed = answer(architecture, number, *arguments) == ALLOW
            assert not allowed or number in listed, (number, arguments)
    free = {numbers[column] for numbers in FREE.values()} - {None}
    assert {answer(architecture, number) for number in free} == {ALLOW}


@pytest.mark.parametrize("architecture", COLUMN)
def test_numbers_are_those_of_the_kernels_headers(architecture):
    header = HEADERS[architecture]
    if not header.exists():
        pytest.skip("the kernel's headers are not installed")
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", header.read_text()))
    if "fstatat" in known:  # what 64-bit systems call it, see the end of the generic table
        known["newfstatat"] = known.pop("fstatat")
    for table in (FREE, CHECKED, ABSENT, DANGEROUS):
        for name, numbers in table.items():
            number = numbers[COLUMN[architecture]]
            if number is not None and number < 451:  # newer than many headers
                assert int(known[name]) == number, name
            elif number is None:
                assert name not in known, name


@pytest.mark.parametrize("architecture", COLUMN)
@pytest.mark.parametrize("accelerators", [False, True])
def test_the_filter_is_short_and_knows_its_architecture(architecture, accelerators):
    program = seccomp.program(architecture, OWN_PID, accelerators)
    assert len(program) <= 1000  # the kernel takes 4096
    assert filter_machine.run(program, 0x40000003, 4) == seccomp.KILL_PROCESS  # 32-bit calls on the same processor


SHARED, PRIVATE, VALIDATED = mmap.MAP_SHARED, mmap.MAP_PRIVATE, 3
THREAD = 0x3D0F00
UPPER = 1 << 32
# A call, and what its arguments may be; then what they may not.
ARGUMENTS = [
    ("mmap", [(0, 0, 3, PRIVATE | 0x20), (0, 0, 3, 0x4028), (0, 0, 1, SHARED), (0, 0, 1, PRIVATE | 0x812),
              (0, 0, 0, PRIVATE | 0x24022)],
     [(0, 0, 3, SHARED | 0x20), (0, 0, 3, VALIDATED | 0x20), (0, 0, 3, PRIVATE | 0x40020), (0, 0, 3, PRIVATE | 0x120),
      (0, 0, 3, UPPER | SHARED | 0x20)]),
    ("open", [(0, 0o100), (0, 0o1101), (0, 0o2000000)], [(0, 0o1000), (0, 0o2001000), (0, 3), (0, 0o1003)]),
    ("openat", [(0, 0, 0), (0, 0, 0o1101), (0, 0, 0o1102)],
     [(0, 0, 0o1000), (0, 0, 0o1100), (0, 0, 3), (0, 0, 0o1003)]),
    ("ioctl", [(1, 0x5401), (1, 0x541B), (1, 0x5421)],
     [(1, 0x8901), (1, 0x8902), (1, 0x5452), (1, 0x5412), (1, 0x40086602), (1, 0xC0104620), (1, UPPER | 0x8901)]),
    ("fcntl", [(1, 1), (1, 3), (1, 4), (1, 1030)],
     [(1, 5), (1, 6), (1, 7), (1, 8), (1, 10), (1, 15), (1, 37), (1, 1024), (1, 1026), (1, 1031), (1, UPPER | 8)]),
    ("prctl", [(15,), (16,), (2,)], [(1,), (4,), (22,), (35,), (36,), (38,), (41,), (0x59616D61,), (UPPER | 4,)]),
    ("prlimit64", [(0, 7, 0, 1)], [(0, 7, 1, 0), (0, 7, UPPER, 0), (1, 7, 0, 0)]),
    ("clone", [(THREAD,), (THREAD | 0x400000,), (THREAD | 0x1000000,)],
     [(17,), (THREAD & ~0x400,), (THREAD & ~0x10000,), (THREAD | 0x10000000,), (THREAD | 0x1000,), (0x4111,),
      (THREAD | 9,)]),
    ("kill", [(OWN_PID, 0), (OWN_PID, 15)],
     [(OWN_PID, 9), (1, 15), (0, 15), (UPPER - 1, 0), (-OWN_PID, 0), (OWN_PID, UPPER | 9)]),
    ("tgkill", [(OWN_PID, OWN_PID + 1, 6)], [(OWN_PID, OWN_PID, 9), (OWN_PID + 1, OWN_PID, 6), (-1, OWN_PID, 0)]),
    ("socketpair", [(1, 1), (1, 0o2004001)], [(1, 2), (1, 3), (1, 5), (2, 1), (16, 3), (1, 0o2000002)]),
    ("sendto", [(3, 1, 1, 0x4040, 0)], [(3, 1, 1, 0, 4096), (3, 1, 1, 0, UPPER), (3, 1, 1, 1, 0)]),
    ("recvfrom", [(3, 1, 1, 0, 0), (3, 1, 1, 2, 0)], [(3, 1, 1, 1, 0)]),
    ("sched_setaffinity", [(0,)], [(1,), (OWN_PID,)]),
    ("sched_setparam", [(0,)], [(1,)]),
    ("sched_setscheduler", [(0,)], [(1,)]),
    ("sched_setattr", [(0,)], [(1,)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "allowed", "refused"), ARGUMENTS, ids=[name for name, *_ in ARGUMENTS])
def test_arguments_that_lead_out_of_the_process_are_refused(name, allowed, refused):
    assert [ask(name, *arguments) for arguments in allowed] == [{ALLOW}] * len(allowed)
    assert [ask(name, *arguments) for arguments in refused] == [{EPERM}] * len(refused)


def test_every_call_whose_arguments_matter_is_tried():
    assert {name for name, *_ in ARGUMENTS} | {"madvise"} == CHECKED.keys() == seccomp.rules(1, False).keys()


def test_advice_on_memory_that_an_old_kernel_would_not_know_is_not_taken():
    for advice in (4, 8, 14, 102):
        assert ask("madvise", 0, 0, advice) == {ALLOW}
    for advice in (9, 12, 21, 22, 23, 100):
        assert ask("madvise", 0, 0, advice) == {EINVAL}


def test_requests_to_drivers_are_allowed_where_there_is_an_accelerator():
    for request in (0xC0104620, 0x30000001, 27, 0xC0184B01, 0xC0106401, 0x5401):
        assert ask("ioctl", 3, request, accelerators=True) == {ALLOW}
    for request in (0x8901, 0x8902, 0x5452, 0x5412, 0x40086602):
        assert ask("ioctl", 3, request, accelerators=True) == {EPERM}
    assert ask("mmap", 0, 0, 3, SHARED | 0x20, accelerators=True) == {ALLOW}
    assert ask("mmap", 0, 0, 3, SHARED | 0x40020, accelerators=True) == {EPERM}


CALL = """
    import ctypes, errno
    libc = ctypes.CDLL(None, use_errno=True)
    def make_call(number, *arguments):
        result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
        return "" if result >= 0 else errno.errorcode[ctypes.get_errno()]
    def call_all(numbers):
        return {number: make_call(number, 0, 0, 0, 0, 0, 0) for number in numbers}
"""


def test_the_kernel_refuses_every_number_that_is_not_on_the_list(student):
    """Tried by number, as a program would that knows a call which this list has never heard of"""
    column = COLUMN[machine()]
    listed = {numbers[column] for table in (FREE, CHECKED) for numbers in table.values()}
    numbers = [number for number in range(LAST_NUMBER + 1) if number not in listed | UNASKED[machine()]]
    answers = student(CALL, call_seconds=5).call_all(numbers)
    assert len(answers) > 350
    assert {number: answer for number, answer in answers.items() if answer not in ("EPERM", "ENOSYS")} == {}


def test_the_kernel_heeds_the_rules_for_arguments(student):
    """The same as the filter says by itself"""
    column, work = COLUMN[machine()], student(CALL, call_seconds=5)
    for name, _, refused in ARGUMENTS:
        number = CHECKED[name][column]
        for arguments in refused if number is not None else ():
            if OWN_PID not in arguments:
                signed = [argument if argument < 2**63 else argument - 2**64 for argument in arguments]
                assert work.make_call(number, *signed) == "EPERM", (name, arguments)
    assert work.make_call(CHECKED["madvise"][column], 0, 4096, 23) == "EINVAL"


LEGAL = {
    "threads": """
        from concurrent.futures import ThreadPoolExecutor
        def work(): return sum(ThreadPoolExecutor(8).map(abs, range(-100, 0)))
    """,
    "temporary files": """
        import os, tempfile
        def work():
            with tempfile.TemporaryFile() as a, tempfile.NamedTemporaryFile() as b, tempfile.TemporaryDirectory() as c:
                a.write(b"12"); b.write(b"34"); open(os.path.join(c, "d"), "w").close(); a.truncate(1)
                os.rename(os.path.join(c, "d"), os.path.join(c, "e")); os.remove(os.path.join(c, "e"))
            return sorted(os.listdir())
    """,
    "time": "import time, os, uuid\ndef work(): time.sleep(0.01); return len(os.urandom(8) + uuid.uuid4().bytes)",
    "arrays on disk": """
        import numpy as np
        def work():
            np.save("a.npy", np.arange(10.0)); np.savez_compressed("b.npz", a=np.arange(3))
            shared = np.load("a.npy", mmap_mode="r+"); shared[0] = 5
            return float(np.load("a.npy", mmap_mode="r")[0] + np.load("b.npz")["a"].sum())
    """,
    "HDF5": """
        import h5py
        def work():
            with h5py.File("a.h5", "w") as file: file["x"] = [1.0, 2.0]
            with h5py.File("a.h5") as file: return file["x"][:].tolist()
    """,
    "an event loop": """
        import asyncio
        async def later(): await asyncio.sleep(0.01); return 3
        def work(): return asyncio.run(later())
    """,
    "a database in memory": """
        import sqlite3
        def work(): return sqlite3.connect(":memory:").execute("select 1 + 1").fetchone()[0]
    """,
    "pictures": """
        import io, numpy as np
        from PIL import Image
        import matplotlib.pyplot as plt
        def work():
            Image.fromarray(np.zeros((4, 4), np.uint8)).save("a.png"); plt.plot([1, 2]); plt.savefig("b.png")
            return Image.open("a.png").size + (plt.imread("b.png").shape[2],)
    """,
    "an alarm of one's own": """
        import signal, time
        def work():
            heard = []
            signal.signal(signal.SIGALRM, lambda *_: heard.append(1)); signal.setitimer(signal.ITIMER_REAL, 0.01)
            while not heard: time.sleep(0.005)
            return len(heard)
    """,
    "copies": """
        import shutil
        from pathlib import Path
        def work():
            Path("a").write_text("x" * 100_000); shutil.copyfile("a", "b")
            with open("a", "rb") as source, open("c", "wb") as target: shutil.copyfileobj(source, target)
            return Path("b").stat().st_size + Path("c").stat().st_size
    """,
    "the terminal that is none": """
        import shutil, sys, getpass, platform, resource
        def work(): return [sys.stdout.isatty(), shutil.get_terminal_size()[0] > 0, resource.getrlimit(7)[0] > 0]
    """,
}  # fmt: skip


@pytest.mark.parametrize("use", LEGAL)
def test_what_programs_do_within_themselves_still_works(student, use):
    assert student(LEGAL[use], call_seconds=20).work() is not None


def test_what_is_refused_is_an_ordinary_error(student):
    """An exception that names what is not permitted, not the end of the process"""
    work = student(
        """
        import mmap, os, socket, subprocess, sys
        def start(): subprocess.run([sys.executable, "-c", ""])
        def fork(): os.fork()
        def spawn(): os.posix_spawn(sys.executable, [sys.executable], {})
        def connect(): socket.create_connection(("127.0.0.1", 80), timeout=1)
        def mode(): os.chmod(__file__, 0o600)
        def share(): mmap.mmap(-1, 4096)
        """
    )
    for function in (work.start, work.fork, work.spawn, work.connect, work.mode, work.share):
        with pytest.raises(PermissionError, match="Operation not permitted"):
            function()
