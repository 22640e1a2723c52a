"""A CSV file in which single cells are changed; everything else stays byte for byte: quotes, line ends, BOM."""

from __future__ import annotations

import re
from pathlib import Path

from grader.kit.errors import GraderError

BOM = b"\xef\xbb\xbf"
DELIMITERS = ",;\t"


class Sheet:
    """The cells of a CSV file, by row and column; the first row is the titles of the columns."""

    def __init__(self, text: str, bom: bool = False) -> None:
        self._bom = bom
        self.delimiter = _delimiter(text)
        self._rows, self._ends = _split(text, self.delimiter)

    @classmethod
    def read(cls, path: Path) -> Sheet:
        """Read the sheet in a file.

        Raises:
            GraderError: it cannot be read, or is not a CSV file in UTF-8.
        """
        try:
            content = path.read_bytes()
            text = content.removeprefix(BOM).decode("utf-8")
        except OSError as error:
            raise GraderError(f"cannot read {path}: {error.strerror}") from None
        except UnicodeError:
            raise GraderError(
                f"{path} is not a CSV file in UTF-8: take the file as the LMS exported it, or save it as 'CSV UTF-8'"
            ) from None
        try:
            sheet = cls(text, content.startswith(BOM))
        except ValueError as error:
            raise GraderError(f"{path} is not a CSV file: {error}") from None
        if not sheet._rows:
            raise GraderError(f"{path} is empty: export it from the LMS again")
        return sheet

    @property
    def titles(self) -> list[str]:
        return [_value(raw) for raw in self._rows[0]]

    @property
    def size(self) -> int:
        """The number of rows, that of the titles included."""
        return len(self._rows)

    def cell(self, row: int, column: int | None) -> str:
        """Return the text in a cell; of a column that is not there, nothing."""
        cells = self._rows[row]
        return _value(cells[column]) if column is not None and column < len(cells) else ""

    def set(self, row: int, column: int, text: str) -> None:
        """Put `text` in a cell, in quotes where it needs them or where the cell had them."""
        cells = self._rows[row]
        cells += [""] * (column + 1 - len(cells))
        quoted = cells[column].startswith('"') or any(char in text for char in ('"', "\r", "\n", self.delimiter))
        cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def to_bytes(self) -> bytes:
        lines = [self.delimiter.join(cells) + end for cells, end in zip(self._rows, self._ends, strict=True)]
        return (BOM if self._bom else b"") + "".join(lines).encode("utf-8")


def _delimiter(text: str) -> str:
    """Return the delimiter that divides the titles; some countries' Canvas writes semicolons."""
    first = re.sub(r'"[^"]*"', "", text).partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def _split(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    """Return the cells as they are written, quotes included, row by row, and what ends each row."""
    cell = re.compile(rf'("[^"]*(?:""[^"]*)*"|[^"{delimiter}\r\n][^{delimiter}\r\n]*|)({delimiter}|\r\n|\r|\n|\Z)')
    rows: list[list[str]] = []
    ends: list[str] = []
    cells: list[str] = []
    position = 0
    while position < len(text) or cells:
        found = cell.match(text, position)
        if found is None:
            raise ValueError(f"row {len(rows) + 1} has a quote that does not end")
        cells.append(found[1])
        position = found.end()
        if found[2] != delimiter:
            rows.append(cells)
            ends.append(found[2])
            cells = []
    return rows, ends


def _value(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw
