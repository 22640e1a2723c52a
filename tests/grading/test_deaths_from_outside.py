"""A process that was killed from outside is never a verdict: once more, and then an error that is graded again."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.machine import children, descendants, forks

from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.grading.result import Result
from grader.kit.exercise import find_exercise
from grader.wall import sandbox

METRICS = find_exercise("ex01")
# The first call computes for a second, which is time enough to find the processes.
SLOW = (
    METRICS.solution.read_text(encoding="utf-8")
    + """

import time as _time
_confusion_matrix = confusion_matrix

def confusion_matrix(y_true, y_pred, num_classes):
    end = _time.process_time() + 1
    while _time.process_time() < end:
        pass
    return _confusion_matrix(y_true, y_pred, num_classes)
"""
)
LEVELS = [level for level in ("bubblewrap", "landlock") if not sandbox.missing(level)]


# What dies is the same at every level; the first one is what the gate tries.
@pytest.fixture(params=[pytest.param(level, marks=[pytest.mark.long] * (level != LEVELS[0])) for level in LEVELS])
def lane(request: pytest.FixtureRequest) -> Iterator[Lane]:
    lane = Lane(request.param)
    lane.grade(job("pass"))  # everything is warm
    yield lane
    lane.close()


def job(source: str) -> Job:
    return Job(student="Ada", exercise=METRICS, source=source.encode(), course_key=b"a key", content_hash="decided")


def warm_grader() -> list[int]:
    """Return the process in which the hidden tests are collected, a fork of this one, while a child of it works."""
    return [pid for pid in forks(os.getpid()) if forks(pid)]


def grader_child() -> list[int]:
    """Return the process that runs the hidden tests: a fork of the warm one."""
    return [child for pid in forks(os.getpid()) for child in forks(pid)]


def student_process() -> list[int]:
    """Return the process that the warm one in the sandbox has forked."""
    pythons = [pid for pid in descendants(os.getpid()) if is_warm(Path(f"/proc/{pid}/cmdline"))]
    return [child for pid in pythons for child in children(pid) if child in pythons]


def is_warm(command: Path) -> bool:
    """Return whether a process is a warm one, or a fork of one; bubblewrap has the same words behind its own."""
    try:
        return command.read_bytes().startswith(sys.executable.encode() + b"\0-s\0-B\0-m\0grader.wall.worker")
    except OSError:
        return False


def grade_and_kill(lane: Lane, find: Callable[[], list[int]], times: int) -> tuple[Result, int]:
    """Grade while the processes that `find` finds are killed, so many of them; return how many were."""
    killed: set[int] = set()
    over = threading.Event()

    def kill() -> None:
        while len(killed) < times and not over.is_set():
            time.sleep(0.15)
            for pid in set(find()) - killed:
                time.sleep(0.3)  # it is in the middle of a call
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return lane.grade(job(SLOW)), len(killed)
    finally:
        over.set()
        killer.join()


@pytest.mark.parametrize("find", [warm_grader, grader_child, student_process])
def test_one_death_costs_nothing(lane: Lane, find: Callable[[], list[int]]):
    result, killed = grade_and_kill(lane, find, times=1)
    assert killed == 1
    assert (result.score, result.note) == (100, "")


@pytest.mark.parametrize("find", [warm_grader, grader_child, student_process])
def test_two_deaths_are_an_error_and_due_again(lane: Lane, find: Callable[[], list[int]]):
    result, killed = grade_and_kill(lane, find, times=2)
    assert killed == 2
    assert "was killed from outside" in result.note
    assert result.content_hash == ""
    assert lane.grade(job(SLOW)).score == 100


TIMER = """
    import ctypes
    import time

    class Event(ctypes.Structure):
        _fields_ = [
            ("value", ctypes.c_void_p),
            ("signal", ctypes.c_int),
            ("notify", ctypes.c_int),
            ("rest", ctypes.c_byte * 48),
        ]

    libc, timer = ctypes.CDLL(None), ctypes.c_void_p()
    if libc.timer_create(0, ctypes.byref(Event(None, 9, 0)), ctypes.byref(timer)) == 0:
        libc.timer_settime(timer, 0, (ctypes.c_long * 4)(0, 0, 0, 1000), None)
        time.sleep(5)"""
ENDINGS = {
    "exit": "import os; os._exit(3)",
    "kill": "import os; os.kill(os.getpid(), 9)",
    "raise": "import signal; signal.raise_signal(9)",
    "abort": "import os; os.abort()",
    "timer": TIMER,
    "seconds": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (0, 0))\n    while True: pass",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_process_that_ends_itself_is_a_verdict(lane: Lane, ending: str):
    result = lane.grade(job(f"def accuracy(y_true, y_pred):\n    {ENDINGS[ending]}\n"))
    assert (result.score, result.note) == (0, "")
    assert result.content_hash == "decided"
