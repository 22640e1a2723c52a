"""What earlier exports wrote into the tables of an LMS: any other value in a cell is a person's, and stays.

It is kept beside the results, in `exported.json`: by format, column and row, the number or the digest of the text.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.files import write_whole
from grader.reporting.exports.text import as_number, each, is_number

NAME = "exported.json"
EMPTY = ("", "-")  # what stands in a cell that nobody has filled in
NEARLY = 0.0051  # an LMS shows two decimals

Place = tuple[str, str, str]  # the format, the column, what the LMS knows the row by


class Written:
    """The cells that earlier exports filled in; with `overwrite`, those of others are filled in, too."""

    def __init__(self, path: Path | None = None, overwrite: bool = False) -> None:
        """`path` keeps it from one export to the next."""
        self._path, self._overwrite = path, overwrite
        self._cells: dict[str, str] | None = None  # until they are asked for: most formats fill in no table

    def fills(self, place: Place, cell: str, text: str) -> bool:
        """Whether `text` may go where `cell` is now; if so, it is remembered.

        Numbers are the same however an LMS writes them; texts are compared without mark-up, which it may write in its
        own way.

        Raises:
            GraderError: what earlier exports wrote cannot be read.
        """
        if self._cells is None:
            self._cells = _read(self._path) if self._path is not None else {}
        key = " / ".join(place)
        own = any(_same(cell, known) for known in (_mark(text), self._cells.get(key, "")))
        if not own and cell.strip() not in EMPTY and not self._overwrite:
            return False
        self._cells[key] = _mark(text)
        return True

    def save(self) -> None:
        """Keep it for the next export."""
        if self._path is not None and self._cells:
            content = json.dumps(dict(sorted(self._cells.items())), ensure_ascii=False, indent=1) + "\n"
            write_whole(self._path, content.encode())


def _read(path: Path) -> dict[str, str]:
    try:
        cells = json.loads(path.read_bytes())
        if isinstance(cells, dict) and all(isinstance(mark, str) for mark in cells.values()):
            return cells
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        pass
    raise GraderError(
        f"{path} cannot be read, which tells what earlier exports wrote: remove it, and every cell with another value "
        "is left alone unless you export with --overwrite"
    )


def _mark(text: str) -> str:
    """Return a number as it is, and the digest of any other text, its words alone."""
    if is_number(text):
        return f"{as_number(text):.10g}"
    words = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())
    return "sha256:" + hashlib.sha256(words.encode()).hexdigest()


def _same(cell: str, known: str) -> bool:
    if is_number(cell) and is_number(known):
        return abs(as_number(cell) - as_number(known)) < NEARLY
    return _mark(cell) == known


def others_news(what: str, left: list[str]) -> list[str]:
    """Return, in words, which `what` ("cells") were left since they hold what no earlier export wrote."""
    if not left:
        return []
    return [f"{what} left as they are, since no export wrote what is in them (--overwrite replaces it): {each(left)}"]
