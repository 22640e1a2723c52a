"""A class that hands in notebooks: correct, partial, wrong, untouched, and ten that try to be graded otherwise."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]

STUB = 'def {name}(*args, **kwargs):\n    raise NotImplementedError("to do")'
TRANSFORMER = """
shell = get_ipython()
shell.input_transformers_cleanup.append(lambda lines: ["15.0"])
shell.input_transformers_post.append(lambda lines: ["15.0"])
"""
HOOK = """
def win(info):
    info.raw_cell = "15.0"
get_ipython().events.register("pre_run_cell", win)
"""
AST_TRANSFORMER = """
import ast
class Win(ast.NodeTransformer):
    def visit_Expr(self, node):
        return ast.Expr(ast.Constant(15.0))
get_ipython().ast_transformers.append(Win())
"""
DATABASE = """
import glob, sqlite3
def _write():
    for folder in ["..", "../..", "../../..", {course!r}]:
        for path in glob.glob(folder + "/gradebook.db"):
            with sqlite3.connect(path) as database:
                database.execute("UPDATE grade SET auto_score = 15, manual_score = 15")
_written = _write()
def precision(*args, **kwargs):
    _written
    _write()
    return 1.0
"""
ALWAYS_EQUAL = """
class Anything(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __abs__(self): return 0.0
    __hash__ = None
    __array_priority__ = 1e9
def {name}(*args, **kwargs):
    return Anything(0.123)
"""
SNEAK = """
import sys
def _look():
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            if hasattr(value, "verdicts"): value.verdicts.clear()
        frame = frame.f_back
    import pytest
    pytest.exit("done", 0)
def {name}(*args, **kwargs):
    _look()
"""


def cell_of(notebook: Notebook, name: str) -> dict[str, Any]:
    """The cell that nbgrader knows as `name`."""
    return next(cell for cell in notebook["cells"] if marks_of(cell).get("grade_id") == name)


def marks_of(cell: dict[str, Any]) -> dict[str, Any]:
    return cell["metadata"].get("nbgrader", {})


def graded(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if marks_of(cell).get("grade")]


def code_cell(source: str, **marks: Any) -> dict[str, Any]:
    metadata = {"nbgrader": marks} if marks else {}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def answered(released: Notebook, answers: dict[str, str]) -> Notebook:
    """The released notebook with these cells filled in."""
    notebook = copy.deepcopy(released)
    for task, source in answers.items():
        cell_of(notebook, f"solution-{task}")["source"] = source
    return notebook


def with_cell_first(released: Notebook, source: str) -> Notebook:
    notebook = copy.deepcopy(released)
    notebook["cells"].insert(0, code_cell(source))
    return notebook


def forged_outputs(released: Notebook, _: Path) -> Notebook:
    notebook = copy.deepcopy(released)
    for cell in graded(notebook):
        result = {"output_type": "execute_result", "data": {"text/plain": "15"}, "metadata": {}, "execution_count": 1}
        cell.update(source="15", outputs=[result])
    return notebook


def forged_marks(released: Notebook, _: Path) -> Notebook:
    notebook = copy.deepcopy(released)
    for cell in graded(notebook):
        marks_of(cell).update(points=1000, schema_version=1, locked=False, solution=True, grade=False)
        cell["source"] = "pass"
    return notebook


def no_checks(released: Notebook, _: Path) -> Notebook:
    notebook = copy.deepcopy(released)
    notebook["cells"] = [cell for cell in notebook["cells"] if not marks_of(cell).get("grade")]
    return notebook


def bonus(released: Notebook, _: Path) -> Notebook:
    notebook = copy.deepcopy(released)
    marks = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3, "points": 1000}
    notebook["cells"].append(code_cell("1000", grade_id="bonus", **marks))
    notebook["cells"].append(code_cell("15", grade_id="accuracy", **marks))
    notebook["metadata"]["kernelspec"] = {"name": "sh", "display_name": "sh", "language": "bash"}
    return notebook


HOSTILE: dict[str, Callable[[Notebook, Path], Notebook]] = {
    "hostile transformer": lambda released, _: with_cell_first(released, TRANSFORMER),
    "hostile hook": lambda released, _: with_cell_first(released, HOOK),
    "hostile tree": lambda released, _: with_cell_first(released, AST_TRANSFORMER),
    "hostile database": lambda released, course: answered(released, {"precision": DATABASE.format(course=str(course))}),
    "hostile equal": lambda released, _: answered(
        released, {name: ALWAYS_EQUAL.format(name=name) for name in ("precision", "recall", "f1_score")}
    ),
    "hostile frames": lambda released, _: answered(released, {"precision": SNEAK.format(name="precision")}),
    "hostile outputs": forged_outputs,
    "hostile marks": forged_marks,
    "hostile deletion": no_checks,
    "hostile bonus": bonus,
}


def write_notebook(path: Path, notebook: Notebook) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
