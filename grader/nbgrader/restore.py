"""Before autograding: the cells of the assignment are what the gradebook says they are, whatever a student did to them.

nbgrader restores the text of locked cells. Their marks (which cell is graded, which is a solution) and cells that were
removed are restored here, so that no hand-in gains by it, and no accident loses more than it must.
"""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.filters import markdown2html
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.kit.errors import GraderError
from grader.kit.handin_limits import MAX_NOTEBOOK, megabytes

SCHEMA = 3
TAGS = """a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub sup
table tbody td th thead tr ul"""
ATTRIBUTES = {"a": ["href", "title"], "img": ["src", "alt", "title", "width", "height"], "*": ["class", "id", "align"]}


class RestoreCells(NbGraderPreprocessor):
    """Gives every cell of the assignment its marks back, adds graded cells that are missing, and takes all else off."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            known = gradebook.find_notebook(names["notebook"], names["assignment"])
            marks, sources = _marks(known), {cell.name: cell.source for cell in known.source_cells}
        nb.metadata = NotebookNode()  # the kernel's name follows from the gradebook; widgets are a way to bring scripts
        if not isinstance(nb.cells, list):
            raise GraderError("this is not what Jupyter saves: it has no list of cells")
        nb.cells = [_plain(cell) for cell in nb.cells if isinstance(cell, dict)]
        found: set[str] = set()
        for cell in reversed(nb.cells):  # of several with the same name nbgrader takes the last
            _restore(cell, marks, found)
        for name, mark in marks.items():
            if mark["grade"] and name not in found:
                self.log.warning("the cell %s was missing; it is added at the end", name)
                nb.cells.append(_cell(sources[name], mark, nb.nbformat_minor))
        return nb, resources


def _marks(known: Any) -> dict[str, dict[str, Any]]:
    """Return the nbgrader metadata of every cell of the assignment, from the gradebook."""
    points = {cell.name: cell.max_score for cell in known.grade_cells}
    solutions = {cell.name for cell in known.solution_cells}
    tasks = {cell.name for cell in known.task_cells}
    marks = {}
    for cell in known.source_cells:
        mark = {"grade_id": cell.name, "grade": cell.name in points, "solution": cell.name in solutions,
                "task": cell.name in tasks, "locked": cell.locked, "cell_type": cell.cell_type,
                "schema_version": SCHEMA}  # fmt: skip
        if cell.name in points:
            mark["points"] = points[cell.name]
        marks[cell.name] = mark
    return marks


def _plain(cell: dict[str, Any]) -> NotebookNode:
    """Return the cell with everything that a cell has, as Jupyter saves it; some programs leave out what is empty.

    A raw cell would be HTML that nobody has looked at; it becomes text.
    """
    source = cell.get("source")
    text = source if isinstance(source, str) else ""
    plain = NotebookNode(cell_type="markdown", metadata=NotebookNode(), source=text)
    if cell.get("cell_type") == "code":
        plain.update(cell_type="code", outputs=[], execution_count=None)
    metadata = cell.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("nbgrader"), dict):
        plain.metadata.nbgrader = metadata["nbgrader"]
    if isinstance(cell.get("id"), str):
        plain.id = cell["id"]
    return plain


def _restore(cell: NotebookNode, marks: dict[str, dict[str, Any]], found: set[str]) -> None:
    name = cell.metadata.pop("nbgrader", {}).get("grade_id")
    if isinstance(name, str) and name in marks and name not in found:
        found.add(name)
        cell.metadata.nbgrader = NotebookNode(marks[name])


def _cell(source: str, mark: dict[str, Any], minor: int) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(source, metadata={"nbgrader": NotebookNode(mark)})
    if minor < 5:
        del cell["id"]  # older formats have none
    return cell


def refuse_large(notebooks: list[str], **_: object) -> None:
    """Refuse a notebook that is too large before it is read; nbgrader continues with the next student."""
    for notebook in map(Path, notebooks):
        if notebook.stat().st_size > MAX_NOTEBOOK:
            raise GraderError(f"{notebook} is larger than {megabytes(MAX_NOTEBOOK)}; ask for one without outputs")


def safe_markdown(text: str) -> str:
    """Text of a student as HTML that an instructor's browser may show: no script, no style, no form."""
    import bleach

    return bleach.clean(
        markdown2html(text), tags=TAGS.split(), attributes=ATTRIBUTES, protocols={"http", "https", "mailto"}
    )
