"""The same students graded by nbgrader and by the kit, in one run: seconds per submission and their ratio.

    tox -e bench-nbgrader -- ex01

nbgrader executes a notebook in a kernel of its own: the solution's code in one cell, and one autograded cell for each
task whose checks are the kit's visible tests of that task. It grades one notebook after the other and runs fewer tests
than the kit's hidden graders.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from bench_class import cpu_seconds, measure
from nbformat.v4 import new_code_cell, new_notebook

from grader.catalog import KIT, Exercise, find_exercise
from grader.stubs import solution_path

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "bench"
c.ExecutePreprocessor.timeout = 300
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", nargs="*", default=["ex01"])
    parser.add_argument("--students", type=int, default=10)
    arguments = parser.parse_args()
    for name in arguments.exercises:
        exercise = find_exercise(name)
        wall, cpu = with_nbgrader(exercise, arguments.students)
        kit = measure(exercise, arguments.students, os.cpu_count() or 1)
        kit_wall, kit_cpu = kit.wall / kit.students, kit.cpu / kit.students
        print(f"{exercise.number}: nbgrader {cpu:.2f} CPU s and {wall:.2f} wall s a submission,")
        print(
            f"      the kit {kit_cpu:.2f} and {kit_wall:.2f}: {cpu / kit_cpu:.1f} and {wall / kit_wall:.1f} times less"
        )


def with_nbgrader(exercise: Exercise, students: int) -> tuple[float, float]:
    """Wall and CPU seconds for each submission of `nbgrader autograde`."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        (course / "nbgrader_config.py").write_text(CONFIG)
        write(course / "source" / exercise.name / f"{exercise.module}.ipynb", notebook(exercise))
        nbgrader(course, "generate_assignment", exercise.name)
        for number in range(students):
            student = course / "submitted" / f"student{number}" / exercise.name / f"{exercise.module}.ipynb"
            write(student, notebook(exercise))
        before, started = cpu_seconds(), time.perf_counter()
        nbgrader(course, "autograde", exercise.name)
        return (time.perf_counter() - started) / students, (cpu_seconds() - before) / students


def nbgrader(course: Path, *words: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(KIT)}
    command = [sys.executable, "-m", "nbgrader", *words]
    subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True)


def notebook(exercise: Exercise) -> nbformat.NotebookNode:
    """The solution in one cell, then the visible tests, a graded cell for each task."""
    cells = [new_code_cell(solution_path(exercise).read_text("utf-8"))]
    tests = ast.parse((exercise.folder / f"test_{exercise.module}.py").read_text("utf-8"))
    shared = [node for node in tests.body if not (isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))]
    setup = "\n".join(ast.unparse(node) for node in shared if not isinstance(node, ast.FunctionDef))
    setup += "\nimport types, sys, numpy\nstudent = types.SimpleNamespace(**globals())"
    cells.append(new_code_cell(setup))
    for task in exercise.tasks:
        body = "\n".join(checks(tests, task.name))
        cell = new_code_cell(body or "pass")
        cell.metadata["nbgrader"] = {
            "grade": True, "grade_id": task.name, "locked": True, "points": task.points, "schema_version": 3,
            "solution": False, "task": False, "cell_type": "code",
        }  # fmt: skip
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def checks(tests: ast.Module, task: str) -> list[str]:
    """The bodies of a task's visible tests that need no fixture but `student`."""
    found = []
    for node in tests.body:
        if isinstance(node, ast.FunctionDef) and [argument.arg for argument in node.args.args] == ["student"]:
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            if any(repr(task) in mark for mark in marks) and not any("parametrize" in mark for mark in marks):
                found += [ast.unparse(statement) for statement in node.body]
    return found


def write(path: Path, content: nbformat.NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(content, path)


if __name__ == "__main__":
    main()
