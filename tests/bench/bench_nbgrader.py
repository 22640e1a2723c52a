"""The solutions graded by nbgrader and by the kit, in one run: seconds per submission and their ratio.

    tox -e bench-nbgrader -- ex01

nbgrader executes the notebooks of `grader nbgrader`, with the solutions in them, in a kernel each and with its own
preprocessors: the visible tests, one notebook after the other. The kit runs the hidden tests, which are more, in as
many lanes as there are processors. *All* is with its start-up, *each further* what one more costs. Let nothing else
run.
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

from bench_class import cpu_seconds, measure

from grader.catalog import KIT, Exercise, find_exercise
from grader.nbgrader.course import CONFIG, make_course
from grader.stubs import solution_path

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
        wall, cpu = with_nbgrader(exercise, arguments.students)
        few, many = (
            measure(exercise, solutions(exercise, times * arguments.students), os.cpu_count() or 1)
            for times in (1, TIMES_AS_MANY)
        )
        further = many.students - few.students
        print(f"{exercise.number}: nbgrader {cpu:.2f} CPU s and {wall:.2f} wall s a submission")
        for which, kit_cpu, kit_wall in (
            (f"all of {few.students}", few.cpu / few.students, few.wall / few.students),
            (f"all of {many.students}", many.cpu / many.students, many.wall / many.students),
            ("each further", (many.cpu - few.cpu) / further, (many.wall - few.wall) / further),
        ):
            print(f"  the kit, {which}: {kit_cpu:.2f} and {kit_wall:.2f},", end=" ")
            print(f"{cpu / kit_cpu:.1f} and {wall / kit_wall:.1f} times less")


def solutions(exercise: Exercise, count: int) -> list[str]:
    """Different files with the same solution: equal ones would be graded once."""
    text = solution_path(exercise).read_text("utf-8")
    return [f"{text}\n# student {number}\n" for number in range(count)]


def with_nbgrader(exercise: Exercise, students: int) -> tuple[float, float]:
    """Wall and CPU seconds for each submission of `nbgrader autograde`."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        (course / CONFIG).write_text(PLAIN)
        (solved,) = make_course(course, [exercise])
        nbgrader(course, "generate_assignment", exercise.name)
        for number in range(students):
            shutil.copytree(solved.parent, course / "submitted" / f"student{number}" / exercise.name)
        before, started = cpu_seconds(), time.perf_counter()
        nbgrader(course, "autograde", exercise.name)
        return (time.perf_counter() - started) / students, (cpu_seconds() - before) / students


def nbgrader(course: Path, *words: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(KIT)}
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"nbgrader {words[0]} failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    main()
