"""CSV files that spreadsheets show as they are."""

import csv
import io
from collections.abc import Iterable

# A spreadsheet takes a cell that begins so for a formula; an apostrophe in front makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_text(cell: str) -> str:
    """`cell` so that a spreadsheet shows it as it is and computes nothing."""
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Return a CSV file of `rows`, in UTF-8; text of students must have gone through `as_text`."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue().encode("utf-8")
