"""What grading costs: seconds per submission on one core, cold and warm, and what the wall adds. It judges nothing.

    tox -e bench

*cold* starts everything anew; *warm* is what each further submission costs in a lane. *without the wall* runs the same
hidden tests on the same solution inside the grader's process, as other graders do: the difference is the wall.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from grader import plugin
from grader.catalog import SOLUTIONS, Exercise, find_exercise
from grader.grade import Job, Lane
from grader.stubs import solution_path
from grader.wall import sandbox
from grader.wall.client import RemoteStudent, Submission
from grader.wall.zygote import Zygote

EXERCISES = ("ex01", "ex08")
RUNS = 9
ROUND_TRIPS = 2000


def main() -> None:
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    sys.dont_write_bytecode = False
    table = Table(title=f"Seconds per submission on one core (median of {RUNS}), sandbox: {sandbox.choose()}")
    for column in (
        "exercise",
        "cold",
        "warm",
        "without the wall",
        "wall adds",
        "CPU of the student",
        "CPU of the grader",
    ):
        table.add_column(column, justify="left" if column == "exercise" else "right")
    with tempfile.TemporaryDirectory() as bytecode:
        sys.pycache_prefix = bytecode
        for name in EXERCISES:
            table.add_row(name, *measure(find_exercise(name)))
    console = Console(width=120)
    console.print(table)
    console.print(f"one call of student.accuracy and its answer: {1000 * round_trip():.2f} ms")


def measure(exercise: Exercise) -> list[str]:
    started = time.perf_counter()
    lane = Lane(sandbox.choose())
    try:
        grade(lane, exercise)
        cold = time.perf_counter() - started
        walls, students, graders = zip(*[timed(lambda: grade(lane, exercise)) for _ in range(RUNS)], strict=True)
        bare = statistics.median(without_the_wall(exercise) for _ in range(RUNS))
    finally:
        lane.close()
    warm = statistics.median(walls)
    figures = (cold, warm, bare, warm - bare, statistics.median(students), statistics.median(graders))
    return [f"{figure:.2f}" for figure in figures]


def grade(lane: Lane, exercise: Exercise) -> float:
    """Grade the solution; returns the CPU seconds of the student's process."""
    job = Job("bench", exercise, solution_path(exercise).read_bytes(), "", b"bench", "cpu", "")
    result = lane.grade(job)
    assert result.score == 100, result
    return result.student_cpu_seconds


def timed(action: Callable[[], float]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds of the student's process, CPU seconds of the grader's."""
    before, started = os.times(), time.perf_counter()
    student = action()
    wall, after = time.perf_counter() - started, os.times()
    return wall, student, sum(after[:4]) - sum(before[:4])


def without_the_wall(exercise: Exercise) -> float:
    """Wall seconds of the same hidden tests in a forked grader that imports the solution itself."""
    started = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        words = [str(exercise.hidden_tests), "--submission", str(SOLUTIONS), "-p", "no:cacheprovider"]
        os._exit(int(pytest.main([*words, "-p", plugin.__name__])))
    _, status = os.waitpid(pid, 0)
    assert status == 0
    return time.perf_counter() - started


def round_trip() -> float:
    """Seconds from a call in a test to its value, through the wall."""
    exercise = find_exercise("ex01")
    zygote = Zygote("numpy", sandbox.choose())
    try:
        student = RemoteStudent(zygote, Submission(exercise.filename, Path(solution_path(exercise)).read_bytes(), 0))
        student.begin("accuracy", 60)
        student.accuracy([1, 0, 1, 1], [1, 1, 1, 1])
        started = time.perf_counter()
        for _ in range(ROUND_TRIPS):
            student.accuracy([1, 0, 1, 1], [1, 1, 1, 1])
        return (time.perf_counter() - started) / ROUND_TRIPS
    finally:
        student.close()
        zygote.close()


if __name__ == "__main__":
    main()
