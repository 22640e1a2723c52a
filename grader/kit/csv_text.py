"""CSV files: written so that spreadsheets show them as they are, and read as spreadsheets and people write them."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.kit.errors import GraderError

# A spreadsheet takes a cell that begins so for a formula; an apostrophe in front makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DELIMITERS = ",;\t"


def as_text(cell: str) -> str:
    """`cell` so that a spreadsheet shows it as it is and computes nothing."""
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Return a CSV file of `rows`, in UTF-8; text of students must have gone through `as_text`."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue().encode("utf-8")


def rows_of(path: Path, what: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, each with the number of its line as an editor shows it.

    Commas, semicolons or tabs, whatever the first line has most of; UTF-8, UTF-16 or what Windows writes.

    Raises:
        GraderError: `what`, which is at `path`, cannot be read, or is a spreadsheet's own file.
    """
    lines = _text(path, what).splitlines()
    start, delimiter = 0, ""
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip('"')) == len("sep=,"):
        start, delimiter = 1, lines[0][4]  # for Excel
    title = next((line for line in lines[start:] if line.strip()), "")
    delimiter = delimiter or max(DELIMITERS, key=title.count)
    reader = csv.reader(lines[start:], delimiter=delimiter)
    before = 0
    for row in reader:
        number, before = start + before + 1, reader.line_num
        if any(cell.strip() for cell in row):
            yield number, row


def _text(path: Path, what: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GraderError(f"{what} {path} cannot be read: {error.strerror}") from None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise GraderError(f"{what} {path} is a workbook of a spreadsheet: save it as CSV and give that file")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeError:
        return content.decode("cp1252", errors="replace")  # Excel on Windows, in western languages
