"""Exercise -> notebook: the handout, what is given, and for each task a cell to complete and a cell that checks it.

This is the instructor's notebook: the cells to complete hold the solution between `### BEGIN SOLUTION` and
`### END SOLUTION`, which nbgrader cuts out when it makes the students' version.
"""

import ast
import re
from collections.abc import Iterable
from typing import Any

from grader.kit.exercise import Exercise, Task
from grader.kit.stubs import BEGIN, END
from grader.notebooks.source import DEFINITIONS, first_line, given_code

# How a notebook is tested is told in its header; the README's section is about files.
LEFT_OUT = ("Run it",)
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
SETUP = "setup"
CHECK_IMPORT = "from grader.notebooks.check import Check"


def build_notebook(exercise: Exercise) -> dict[str, Any]:
    """Return the notebook of `exercise` with its solution, in Jupyter's format 4."""
    cells = [markdown(f"handout-{n}", text) for n, text in enumerate(handout(exercise), start=1)]
    cells.append(code(SETUP, _setup(exercise), locked=True))
    solutions = _solutions(exercise)
    for task in exercise.tasks:
        cells.append(markdown(f"task-{task.name}", f"### {task.name} ({task.points:g} points)"))
        if task.name in solutions:  # a capstone has no function of its own: it is what the others do together
            cells.append(code(solution_id(task), solutions[task.name], solution=True))
        cells.append(code(task.name, f'check("{task.name}")', locked=True, points=task.points))
    return notebook(cells)


def notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a notebook of these cells, for any Python 3 kernel."""
    return {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}


def solution_id(task: Task) -> str:
    """Return the name of the cell in which a student writes `task`; the cell that checks it has the task's own."""
    return f"solution-{task.name}"


def markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": _cell_id(name), "metadata": {}, "source": text}


def code(
    name: str, text: str, *, solution: bool = False, locked: bool = False, points: float | None = None
) -> dict[str, Any]:
    """Return a code cell with what nbgrader must know of it; one with points is graded."""
    marks = {"grade_id": name, "grade": points is not None, "solution": solution, "locked": locked, "task": False,
             "schema_version": 3, "cell_type": "code"}  # fmt: skip
    if points is not None:
        marks["points"] = points
    return {"cell_type": "code", "id": _cell_id(name), "metadata": {"nbgrader": marks}, "source": text,
            "outputs": [], "execution_count": None}  # fmt: skip


def handout(exercise: Exercise) -> list[str]:
    """Return the sections of the exercise's README, without links that lead out of its folder."""
    text = exercise.handout.read_text(encoding="utf-8")
    text = re.sub(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)[^)]*\)", r"\1", text)
    text = text.replace(f"`{exercise.filename}`", "this notebook")
    sections = re.split(r"(?m)^(?=## )", text)
    return [part.strip() for part in sections if not part.startswith(tuple(f"## {name}" for name in LEFT_OUT))]


def _setup(exercise: Exercise) -> str:
    """Return what is given, and the one line that makes `check`."""
    given = given_code(exercise)
    docstring = ast.get_docstring(ast.parse(given), clean=False) or ""
    body = given.replace(f'"""{docstring}"""', "", 1).strip()
    future, _, rest = body.partition("\n\n")  # it must stay first
    return f'{future}\n\n{CHECK_IMPORT}\n\n{rest}\n\ncheck = Check("{exercise.name}", globals())'


def _solutions(exercise: Exercise) -> dict[str, str]:
    """Return the cell of every task: its function or class, with its private helpers in the region that is cut out."""
    path = exercise.solution
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    found, helpers = {}, []
    tasks = {task.name for task in exercise.tasks}
    for node in ast.parse(text).body:
        if isinstance(node, DEFINITIONS) and node.name in tasks:
            found[node.name] = "\n".join(_with_end(lines, first_line(node), node.end_lineno or node.lineno))
    for begin, end in _top_level_regions(lines):
        helpers.append("\n".join(lines[begin : end - 1]).strip("\n"))
    return _with_helpers(found, helpers)


def _with_end(lines: list[str], first: int, last: int) -> list[str]:
    """Return the lines of a definition with the comment that ends its solution, which is not a statement of it."""
    while sum(line.strip() == BEGIN for line in lines[first - 1 : last]) > sum(
        line.strip() == END for line in lines[first - 1 : last]
    ):
        last += 1
    return lines[first - 1 : last]


def _top_level_regions(lines: list[str]) -> Iterable[tuple[int, int]]:
    """Return the numbers of the lines that begin and end a region outside any function."""
    begins = [number for number, line in enumerate(lines, start=1) if line == BEGIN]
    ends = [number for number, line in enumerate(lines, start=1) if line == END]
    return zip(begins, ends, strict=True)


def _with_helpers(cells: dict[str, str], helpers: list[str]) -> dict[str, str]:
    """Move all private helpers into the region of the first task: what is cut out there takes them with it."""
    if helpers:
        first = next(iter(cells))
        body, end, rest = cells[first].rpartition(END)
        cells[first] = body.rstrip() + "\n\n\n" + "\n\n\n".join(helpers) + "\n" + end + rest
    return cells


def _cell_id(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]", "-", name)[:64]
