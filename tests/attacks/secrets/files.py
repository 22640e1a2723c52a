"""Opens hidden tests, solutions, the course key, results, other submissions and files of the system, in many ways.

Says: nothing could be read
"""

import ctypes
import mmap
import os
import shutil
from pathlib import Path

import grader.wall

KIT = Path(grader.wall.__file__).parents[2]
WANTED = [
    KIT / "grader" / "hidden" / "ex01_metrics" / "test_regression.py",
    KIT / "solutions" / "ex01_metrics" / "metrics.py",
]
WANTED += [
    KIT / "grader" / "grading" / "lane.py",
    KIT / "pyproject.toml",
    KIT / "grader" / "hidden",
    KIT / "solutions",
    KIT / ".git" / "HEAD",
]
WANTED += [
    Path("@COURSE@", name) for name in ("course.key", "results/results.sqlite", "submissions/bob/metrics.py", "")
]
WANTED += [Path("@COURSE@/results/trainings"), Path("@COURSE@/results/trainings/known.json")]
WANTED += [
    Path(name)
    for name in ("/etc/passwd", "/etc/shadow", "/root", "/home", "/var/log", "/tmp", "/dev/shm", "/run", "/boot")
]
WANTED += [
    Path(f"/proc/{pid}/{name}") for pid in (1, 2, os.getppid()) for name in ("environ", "cmdline", "mem", "maps", "fd")
]
WANTED += [Path("/proc/kcore"), Path("/proc/kallsyms"), Path("/dev/mem"), Path("/proc/1/root/etc/passwd")]
libc = ctypes.CDLL(None, use_errno=True)


def linked(path):
    os.link(path, "hard")
    return open("hard", "rb").read(1)


def symbolic(path):
    os.symlink(path, "soft")
    try:
        return open("soft", "rb").read(1) if not path.is_dir() else os.listdir("soft")
    finally:
        os.unlink("soft")


def mapped(path):
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)[:1]


def upwards(path):
    here = os.open(".", os.O_PATH)
    name = "../" * 12 + str(path).lstrip("/")
    return os.read(os.open(name, os.O_RDONLY, dir_fd=here), 1)


def through_libc(path):
    fd = libc.open(str(path).encode(), 0)
    if fd < 0:
        raise OSError
    return os.read(fd, 1)


def through_root(path):
    return open(f"/proc/self/root{path}", "rb").read(1)


def moved(path):
    os.rename(path, "moved")
    return True


WAYS = [
    lambda path: path.read_bytes(),
    os.listdir,
    linked,
    symbolic,
    mapped,
    upwards,
    through_libc,
    through_root,
]
WAYS += [lambda path: shutil.copy(path, "copy"), lambda path: list(os.scandir(path)), moved]
found = set()
for path in WANTED:
    for way in WAYS:
        try:
            if way(path):
                found.add(f"{path} by {way.__name__}")
        except (OSError, ValueError):
            continue
raise RuntimeError(f"LEAKED {sorted(found)}" if found else "nothing could be read")
