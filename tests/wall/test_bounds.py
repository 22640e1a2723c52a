"""What a student's process holds is bounded where memory and files are held that the usual limits do not see."""

from __future__ import annotations

import os

import pytest

from grader.wall import sandbox, watchdog
from grader.wall.client import LimitReached
from grader.wall.limits import MAX_SCRATCH
from grader.wall.zygote import Zygote, ZygoteError


def test_page_tables_count_as_memory(student, monkeypatch):
    """A page of zeros costs nothing, and a page to say where it is four kilobytes"""
    monkeypatch.setattr(watchdog, "MAX_MEMORY", 2**30)
    work = student(
        """
        import mmap
        import numpy as np
        def look():
            kept = []
            while True:
                kept.append(mmap.mmap(-1, 2**40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, mmap.PROT_READ))
                np.frombuffer(kept[-1], np.uint8)[:: 2**21].sum()
        """,
        call_seconds=20,
    )
    with pytest.raises(LimitReached, match="of memory"):
        work.look()


def test_empty_files_are_counted(student):
    work = student(
        "import itertools\ndef fill():\n    for i in itertools.count(): open(f'{i}', 'w').close()", call_seconds=20
    )
    with pytest.raises(LimitReached, match="too many files"):
        work.fill()


@pytest.mark.parametrize("way", ["open", "mapped", "temporary"])
def test_files_without_a_name_are_counted(student, way):
    """Held open, held by a mapping only, made without a name: more than the folder may hold is not kept"""
    work = student(
        f"""
        import itertools, mmap, os, tempfile, time
        kept, allowed = [], {MAX_SCRATCH}
        def fill(way):
            for number in itertools.count():
                file = tempfile.TemporaryFile() if way == "temporary" else open(str(number), "w+b")
                for _ in range(30): file.write(bytes(2**20))
                file.flush()
                if way == "mapped":
                    kept.append(mmap.mmap(file.fileno(), 2**12, mmap.MAP_PRIVATE, mmap.PROT_READ))
                    file.close()
                else:
                    kept.append(file)
                if way != "temporary": os.unlink(str(number))
                if 30 * 2**20 * len(kept) > 10 * allowed: time.sleep(100)
        """,
        call_seconds=20,
    )
    # Where the folder is a file system of its own it is full, and where not, the process is stopped.
    with pytest.raises((LimitReached, OSError), match=r"too many files|No space left"):
        work.fill(way)


def test_a_few_temporary_files_are_nothing_to_stop(student):
    """One at a time, much more in all than may be kept at once"""
    work = student(
        """
        import tempfile, time
        def churn():
            for _ in range(12):
                with tempfile.TemporaryFile() as file:
                    file.write(bytes(20 * 2**20)); file.flush(); time.sleep(0.05)
            return "done"
        """,
        call_seconds=20,
    )
    assert work.churn() == "done"


def test_a_student_s_process_is_the_first_to_go_when_memory_is_out(student):
    """And cannot take that back"""
    work = student(
        """
        def wish():
            try:
                with open("/proc/self/oom_score_adj", "w") as file: file.write("0")
            except OSError: pass
            return int(open("/proc/self/oom_score_adj").read())
        """,
        call_seconds=20,
    )
    assert work.wish() == 1000


def test_a_sandbox_in_which_a_file_is_left_is_given_up():
    """Also beside the student's folder: without Landlock all of the sandbox's own file system can be written to"""
    if sandbox.missing("bubblewrap"):
        pytest.skip("no bubblewrap here")
    zygote = Zygote("numpy", "bubblewrap")
    try:
        zygote.wait_until_ready()
        os.close(os.open("left", os.O_CREAT, dir_fd=zygote._descriptors[0]))
        with pytest.raises(ZygoteError):
            zygote.reset()
    finally:
        zygote.close()


def test_nothing_but_the_own_folder_can_be_written_to(zygote, student):
    """Not even before Landlock: the sandbox's other file systems are read-only"""
    if zygote.level != "bubblewrap":
        pytest.skip("no file system of its own")
    work = student("def mounts(): return open('/proc/self/mounts').read().splitlines()")
    mounts = [line.split() for line in work.mounts()]
    writable = {place for _, place, kind, options, *_ in mounts if "rw" in options.split(",") and kind == "tmpfs"}
    assert writable == {"/tmp"}
