"""CSV files: written so that spreadsheets show them as they are, and read as spreadsheets and people write them."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from grader.kit.errors import GraderError

# A spreadsheet takes a cell that begins so for a formula; an apostrophe in front makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DELIMITERS = ",;\t"


def as_text(cell: str) -> str:
    """`cell` so that a spreadsheet shows it as it is and computes nothing."""
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Return a CSV file of `rows`, in UTF-8; text of students must have gone through `as_text`.

    Where it is more than plain text it begins with the mark without which Excel on Windows shows "JÃ¼rgen".
    """
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return _encoded(file.getvalue())


def _encoded(text: str) -> bytes:
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")


def without_quote(cell: str) -> str:
    """`cell` as it was before `as_text`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def rows_of(path: Path, what: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, each with the number of its line as an editor shows it.

    Commas, semicolons or tabs, whatever the first line has most of; UTF-8, UTF-16 or what Windows writes.

    Raises:
        GraderError: `what`, which is at `path`, cannot be read, or is a spreadsheet's own file.
    """
    start, delimiter, lines = _dialect(_text(path, what))
    reader = csv.reader(lines[start:], delimiter=delimiter)
    before = 0
    for row in reader:
        number, before = start + before + 1, reader.line_num
        if any(cell.strip() for cell in row):
            yield number, row


def with_row(path: Path, what: str, cells: Mapping[str, str]) -> bytes:
    """Return the file at `path` with one more row, whose cells go under their titles; the rest is as it was.

    It is UTF-8 then, with the mark by which spreadsheets know it where it was anything but plain text.
    """
    text = _text(path, what)
    titles = [title.strip().lower() for title in next(rows_of(path, what))[1]]
    row = io.StringIO(newline="")
    csv.writer(row, delimiter=_dialect(text)[1]).writerow([cells.get(title, "") for title in titles])
    return _encoded(text.rstrip("\r\n") + "\r\n" + row.getvalue())


def _dialect(text: str) -> tuple[int, str, list[str]]:
    """Where the rows begin, what stands between cells, and the lines."""
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip('"')) == len("sep=,"):
        return 1, lines[0][4], lines  # for Excel
    title = next((line for line in lines if line.strip()), "")
    return 0, max(DELIMITERS, key=title.count), lines


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
