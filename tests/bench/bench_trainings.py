"""What a class costs whose students share a few architectures: equal models are trained once. It judges nothing.

    tox -e bench-trainings
    tox -e bench-trainings -- --students 50 --architectures 10 ex12

All files differ. CPU seconds of one lane, the students' included, from the second submission on: the first starts it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from support.machine import cpu_seconds_of_family

from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.kit.exercise import Exercise, find_exercise
from grader.wall import sandbox

COLUMNS = ("exercise", "students", "architectures", "all trained", "equal ones once", "ratio", "all known", "ratio")
# What is in the solutions once, and how much more of it makes another architecture.
SIZES: dict[str, dict[str, float]] = {
    "ex10": {"Dropout(0.2": 0.01, "Dropout(0.3": 0.01},
    "ex11": {"Dense(16": 1, "Conv1D(32": 1, "LSTM(32": 1},
    "ex12": {"GRU(64": 1},
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", nargs="*", default=list(SIZES), help=f"of {', '.join(SIZES)}")
    parser.add_argument("--students", type=int, default=50)
    parser.add_argument("--architectures", type=int, default=10)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    table = Table(title=f"CPU seconds per submission on one core, {sandbox.choose()}")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "exercise" else "right")
    for name in arguments.exercises:
        trained, once, known = measure(find_exercise(name), arguments.students, arguments.architectures)
        seconds = [f"{figure:.2f}" for figure in (trained, once, trained / once, known, trained / known)]
        table.add_row(name, str(arguments.students), str(arguments.architectures), *seconds)
    Console(width=120).print(table)


def measure(exercise: Exercise, students: int, architectures: int) -> tuple[float, float, float]:
    """CPU seconds per submission: without outcomes that are kept, with them, and when they are there already."""
    jobs = [
        Job(student=str(number), exercise=exercise, source=source, course_key=b"bench")
        for number, source in enumerate(sources(exercise, students, architectures))
    ]
    with tempfile.TemporaryDirectory() as folder:
        lane = Lane(sandbox.choose(), (Path(folder),), bytecode=Path(folder) / "bytecode")
        try:
            lane.grade(jobs[0])
            keeping = [replace(job, trainings=str(Path(folder) / "trainings")) for job in jobs]
            return seconds_each(lane, jobs), seconds_each(lane, keeping), seconds_each(lane, keeping)
        finally:
            lane.close()


def seconds_each(lane: Lane, jobs: list[Job]) -> float:
    before = cpu_seconds_of_family(os.getpid())
    for job in jobs:
        result = lane.grade(job)
        assert result.score == 100, result
    return (cpu_seconds_of_family(os.getpid()) - before) / len(jobs)


def sources(exercise: Exercise, students: int, architectures: int) -> list[bytes]:
    """Files that all differ; one in so many has the architecture of another."""
    solution, files = exercise.solution.read_text("utf-8"), []
    for number in range(students):
        source, kind = solution, number % architectures
        for size, step in SIZES[exercise.number].items():
            assert source.count(size) == 1, size
            source = source.replace(size, f"{size} + {kind * step}")
        files.append(f"{source}\n# student {number}\n".encode())
    return files


if __name__ == "__main__":
    main()
