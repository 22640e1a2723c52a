"""What grading costs: seconds per submission on one core, cold and warm, and what the wall adds. It judges nothing.

    tox -e bench
    tox -e bench -- --runs 3 all

*cold* starts everything anew; *warm* is what each further submission costs in a lane. *without the wall* runs the same
hidden tests on the same solution inside the grader's process, as other graders do: the difference is the wall.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console
from rich.table import Table

from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.kit.exercise import SOLUTIONS, Exercise, find_exercise, load_catalog
from grader.testing import plugin
from grader.wall import sandbox
from grader.wall.client import RemoteStudent, Submission
from grader.wall.zygote import Zygote

ROUND_TRIPS = 2000
COLUMNS = (
    "exercise", "cold", "warm", "without the wall", "ratio", "CPU of the student", "CPU of the grader",
    "CPU without the wall", "ratio of CPU",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", nargs="*", default=["ex01", "ex08"], help="such as ex01; 'all' for the course")
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    names = load_catalog() if "all" in arguments.exercises else arguments.exercises
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    table = Table(title=f"Seconds per submission on one core (median of {arguments.runs}), {sandbox.choose()}")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "exercise" else "right")
    costs = {}
    with tempfile.TemporaryDirectory() as bytecode:
        for exercise in map(find_exercise, names):
            costs[exercise.number] = measure(exercise, arguments.runs, Path(bytecode))
    for name, cost in costs.items():
        table.add_row(name, *row(cost))
    table.add_section()
    table.add_row("together", *row(Cost(*(sum(figures) for figures in zip(*costs.values(), strict=True)))))
    console = Console(width=120)
    console.print(table)
    console.print(f"one call of student.accuracy and its answer: {1000 * round_trip():.2f} ms")


class Cost(NamedTuple):
    """Seconds; `warm` and those that follow it are medians."""

    cold: float
    warm: float
    bare: float
    students_cpu: float
    graders_cpu: float
    bare_cpu: float


def row(cost: Cost) -> list[str]:
    cpu = cost.students_cpu + cost.graders_cpu
    figures = (cost.cold, cost.warm, cost.bare, cost.warm / cost.bare)
    return [f"{figure:.2f}" for figure in (*figures, *cost[3:], cpu / cost.bare_cpu)]


def measure(exercise: Exercise, runs: int, bytecode: Path) -> Cost:
    started = time.perf_counter()
    lane = Lane(sandbox.choose(), bytecode=bytecode)
    try:
        grade(lane, exercise)
        cold = time.perf_counter() - started
        walls, students, graders = zip(*[timed(lambda: grade(lane, exercise)) for _ in range(runs)], strict=True)
        bares = [timed(lambda: without_the_wall(exercise, bytecode)) for _ in range(runs)]
    finally:
        lane.close()
    bare, _, bare_cpu = zip(*bares, strict=True)
    return Cost(cold, *map(statistics.median, (walls, bare, students, graders, bare_cpu)))


def grade(lane: Lane, exercise: Exercise) -> float:
    """Grade the solution; returns the CPU seconds of the student's process."""
    job = Job("bench", exercise, exercise.solution.read_bytes(), "", b"bench", "cpu", "")
    result = lane.grade(job)
    assert result.score == 100, result
    return result.student_cpu_seconds


def timed(action: Callable[[], float]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds of the student's process as `action` knows them, CPU seconds of the grader's."""
    before, started = os.times(), time.perf_counter()
    student = action()
    wall, after = time.perf_counter() - started, os.times()
    return wall, student, sum(after[:4]) - sum(before[:4])


def without_the_wall(exercise: Exercise, bytecode: Path) -> float:
    """Run the same hidden tests in a forked grader that imports the solution itself; there is no student's process."""
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        sys.dont_write_bytecode, sys.pycache_prefix = False, str(bytecode)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        words = [str(exercise.hidden), "--submission", str(SOLUTIONS), "-p", "no:cacheprovider"]
        os._exit(int(pytest.main([*words, "-p", plugin.__name__])))
    _, status = os.waitpid(pid, 0)
    assert status == 0
    return 0.0


def round_trip() -> float:
    """Seconds from a call in a test to its value, through the wall."""
    exercise = find_exercise("ex01")
    zygote = Zygote("numpy", sandbox.choose())
    try:
        student = RemoteStudent(zygote, Submission(exercise.filename, Path(exercise.solution).read_bytes(), 0))
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
