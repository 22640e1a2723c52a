"""The solutions graded by nbgrader and by the kit, in one run: seconds per submission and their ratio.

    tox -e bench-nbgrader -- ex01

nbgrader executes the notebooks of `grader nbgrader`, with the solutions in them, in a kernel each and with its own
preprocessors: the visible tests, one notebook after the other. *Behind the wall* is the same command with the course's
own configuration, one notebook after the other, too, but with the hidden tests. `grader grade` runs them in as many
lanes as there are processors. *All* is with the start-up, *each further* what one more costs. Let nothing else run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench_class import cpu_seconds, measure

from grader.kit.exercise import KIT, Exercise, find_exercise
from grader.nbgrader.course import CONFIG, make_course

TIMES_AS_MANY = 5
# nbgrader as it comes, but for the time that it gives a cell.
PLAIN = """
c = get_config()
c.CourseDirectory.course_id = "bench"
c.ExecutePreprocessor.timeout = 600
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", nargs="*", default=["ex01"])
    parser.add_argument("--students", type=int, default=10)
    arguments = parser.parse_args()
    for name in arguments.exercises:
        exercise = find_exercise(name)
        numbers = arguments.students, TIMES_AS_MANY * arguments.students
        nbgrader = autograde(exercise, numbers[0], PLAIN)
        print(
            f"{exercise.number}: nbgrader, all of {numbers[0]}: {nbgrader.cpu:.2f} CPU s and {nbgrader.wall:.2f} wall s"
        )
        compare(nbgrader, "nbgrader behind the wall", [autograde(exercise, students) for students in numbers])
        compare(nbgrader, "grader grade", [grade(exercise, students) for students in numbers])


class Cost(NamedTuple):
    """What one run cost: seconds for each submission."""

    students: int
    cpu: float
    wall: float


def compare(nbgrader: Cost, name: str, costs: list[Cost]) -> None:
    """Print what two runs of different size cost, and what one more student costs, beside nbgrader's own."""
    few, many = costs
    for which, cpu, wall in (
        (f"all of {few.students}", few.cpu, few.wall),
        (f"all of {many.students}", many.cpu, many.wall),
        ("each further", further(few, many, "cpu"), further(few, many, "wall")),
    ):
        print(f"  {name}, {which}: {cpu:.2f} and {wall:.2f},", end=" ")
        print(f"{nbgrader.cpu / cpu:.1f} and {nbgrader.wall / wall:.1f} times less")


def further(few: Cost, many: Cost, seconds: str) -> float:
    """What one more submission costs."""
    together = [cost.students * getattr(cost, seconds) for cost in (few, many)]
    return (together[1] - together[0]) / (many.students - few.students)


def grade(exercise: Exercise, students: int) -> Cost:
    cost = measure(exercise, solutions(exercise, students), os.cpu_count() or 1)
    return Cost(students, cost.cpu / students, cost.wall / students)


def solutions(exercise: Exercise, count: int) -> list[str]:
    """Different files with the same solution: equal ones would be graded once."""
    text = exercise.solution.read_text("utf-8")
    return [f"{text}\n# student {number}\n" for number in range(count)]


def autograde(exercise: Exercise, students: int, configuration: str = "") -> Cost:
    """`nbgrader autograde` with this configuration; without one, with that of the course."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        if configuration:
            (course / CONFIG).write_text(configuration)
        (solved,) = make_course(course, [exercise])
        nbgrader(course, "generate_assignment", exercise.name)
        for number in range(students):
            shutil.copytree(solved.parent, course / "submitted" / f"student{number}" / exercise.name)
        before, started = cpu_seconds(), time.perf_counter()
        nbgrader(course, "autograde", exercise.name)
        return Cost(students, (cpu_seconds() - before) / students, (time.perf_counter() - started) / students)


def nbgrader(course: Path, *words: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(KIT)}
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"nbgrader {words[0]} failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    main()
