"""What grading costs: seconds per submission on one core, cold and warm, and what the wall adds. It judges nothing.

    tox -e bench
    tox -e bench -- --runs 3 --keep all

*cold* starts everything anew; *warm* is what each further submission costs in a lane. *without the wall* runs the same
hidden tests on the same solution inside the grader's process, as other graders do: the difference is the wall. *landed*
compares CPU with `landed.json` beside this file, which `--keep` renews: above 1, it has become slower. Machines differ,
so both are divided by how long the same few sums take on the machine, before they are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from rich.table import Table
from support.machine import cpu_seconds_of_family

from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.kit.exercise import SOLUTIONS, Exercise, find_exercise, load_catalog
from grader.testing import plugin
from grader.wall import sandbox
from grader.wall.client import RemoteStudent, Submission
from grader.wall.zygote import Zygote

LANDED = Path(__file__).with_name("landed.json")
ROUND_TRIPS = 2000
COLUMNS = (
    "exercise", "cold", "warm", "without the wall", "ratio", "CPU", "of the student", "CPU without the wall",
    "ratio of CPU", "landed",
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """Seconds: wall time of a first submission, then of a further one (medians), and CPU of a further one (means)."""

    cold: float
    warm: float
    bare: float  # without the wall
    cpu: float
    students_cpu: float
    bare_cpu: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", nargs="*", default=["ex01", "ex08"], help="such as ex01; 'all' for the course")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", action="store_true", help="write landed.json: what later tables are compared with")
    arguments = parser.parse_args()
    names = load_catalog() if "all" in arguments.exercises else arguments.exercises
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    unit = sums()
    with tempfile.TemporaryDirectory() as bytecode:
        costs = {each.number: measure(each, arguments.runs, Path(bytecode)) for each in map(find_exercise, names)}
    landed = json.loads(LANDED.read_text()) if LANDED.is_file() else {}
    show(costs, landed, unit, arguments.runs)
    if arguments.keep:
        kept = landed | {number: asdict(cost) | {"unit": unit} for number, cost in costs.items()}
        LANDED.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def show(costs: dict[str, Cost], landed: dict[str, dict[str, float]], unit: float, runs: int) -> None:
    table = Table(title=f"Seconds per submission on one core ({runs} runs), {sandbox.choose()}")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "exercise" else "right")
    for number, cost in costs.items():
        before = landed.get(number)
        table.add_row(number, *row(cost), f"{cost.cpu / unit / (before['cpu'] / before['unit']):.2f}" if before else "")
    table.add_section()
    together = [sum(getattr(cost, field.name) for cost in costs.values()) for field in fields(Cost)]
    table.add_row("together", *row(Cost(*together)), "")
    console = Console(width=120)
    console.print(table)
    console.print(f"one call of student.accuracy and its answer: {1000 * round_trip():.2f} ms")
    console.print(f"the sums: {unit:.3f} s")


def row(cost: Cost) -> list[str]:
    figures = (cost.cold, cost.warm, cost.bare, cost.warm / cost.bare)
    cpu = (cost.cpu, cost.students_cpu, cost.bare_cpu, cost.cpu / cost.bare_cpu)
    return [f"{figure:.2f}" for figure in (*figures, *cpu)]


def measure(exercise: Exercise, runs: int, bytecode: Path) -> Cost:
    started = time.perf_counter()
    lane = Lane(sandbox.choose(), bytecode=bytecode)
    try:
        grade(lane, exercise)
        cold = time.perf_counter() - started
        walls, students, before = [], [], cpu_seconds_of_family(os.getpid())
        for _ in range(runs):
            started = time.perf_counter()
            students.append(grade(lane, exercise))
            walls.append(time.perf_counter() - started)
        cpu = (cpu_seconds_of_family(os.getpid()) - before) / runs
        bares, before = [], cpu_seconds_of_family(os.getpid())
        for _ in range(runs):
            started = time.perf_counter()
            without_the_wall(exercise, bytecode)
            bares.append(time.perf_counter() - started)
        bare_cpu = (cpu_seconds_of_family(os.getpid()) - before) / runs
    finally:
        lane.close()
    return Cost(
        cold, statistics.median(walls), statistics.median(bares), cpu, statistics.median(students), bare_cpu
    )  # fmt: skip


def grade(lane: Lane, exercise: Exercise) -> float:
    """Grade the solution; returns the CPU seconds of the student's process."""
    job = Job(student="bench", exercise=exercise, source=exercise.solution.read_bytes(), course_key=b"bench")
    result = lane.grade(job)
    assert result.score == 100, result
    return result.student_cpu_seconds


def without_the_wall(exercise: Exercise, bytecode: Path) -> None:
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


def sums() -> float:
    """CPU seconds that the same work takes on this machine: the least of five times."""
    numbers = np.arange(250_000, dtype=float)
    spent = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(40):
            numbers = np.sqrt(numbers + 1)
        assert sum(number % 7 for number in range(1_000_000)) > 0
        spent.append(time.process_time() - started)
    return min(spent)


def round_trip() -> float:
    """Seconds from a call in a test to its value, through the wall."""
    exercise = find_exercise("ex01")
    zygote = Zygote("numpy", sandbox.choose())
    try:
        student = RemoteStudent(zygote, Submission(exercise.filename, exercise.solution.read_bytes(), 0))
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
