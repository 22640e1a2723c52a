"""A notebook's code cells, from its JSON. Nothing is executed, and what is not a notebook is refused with a reason."""

import json
import re
from dataclasses import dataclass
from typing import Any

from grader.kit.errors import GraderError
from grader.kit.handin_limits import MAX_FILE, MAX_NOTEBOOK, megabytes

MAX_CELLS = 2000
MAX_LABEL = 60


@dataclass(frozen=True)
class Cell:
    """One code cell: what it says, how people find it, and whether the assignment asks for it."""

    label: str
    source: str
    is_solution: bool


def code_cells(notebook: bytes) -> list[Cell]:
    """Return the code cells that a student may have written, in their order, without those that are locked.

    Raises:
        GraderError: this is not a notebook, or it is too large.
    """
    if len(notebook) > MAX_NOTEBOOK:
        raise GraderError(f"the notebook is larger than {megabytes(MAX_NOTEBOOK)}; clear its outputs")
    try:
        cells = json.loads(notebook)["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise GraderError("the notebook cannot be read: it is not what Jupyter (format 4) saves") from None
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        raise GraderError(f"the notebook cannot be read: it needs a list of at most {MAX_CELLS} cells")
    found = []
    code = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    for number, cell in enumerate(code, start=1):
        marks = _marks(cell)
        is_solution = marks.get("solution") is True
        if is_solution or not (marks.get("grade") or marks.get("locked")):
            found.append(Cell(_label(marks, number), _source(cell), is_solution))
    if sum(len(cell.source) for cell in found) > MAX_FILE:
        raise GraderError(f"the notebook holds more than {megabytes(MAX_FILE)} of code")
    return found


def _marks(cell: dict[str, Any]) -> dict[str, Any]:
    """Return what nbgrader has written on a cell."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _source(cell: dict[str, Any]) -> str:
    """Return a cell's text, which Jupyter saves as one string or as a list of lines."""
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    # A lone surrogate is not text that a file can hold.
    return re.sub(r"\r\n?", "\n", text.encode("utf-8", errors="replace").decode("utf-8"))


def _label(marks: dict[str, Any], number: int) -> str:
    """How a person finds the cell; what is not a plain name is not repeated."""
    name = marks.get("grade_id")
    if isinstance(name, str) and name.replace("-", "_").isidentifier() and len(name) <= MAX_LABEL:
        return f"cell {name}"
    return f"code cell {number}"
