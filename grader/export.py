"""Results for other programs: CSV with one row per student, exercise and task."""

from __future__ import annotations

import csv
import os
import tempfile
from pathlib import Path

from grader.errors import GraderError
from grader.records import Result

COLUMNS = ("student", "exercise", "task", "score", "max_score", "status", "reason")
# A spreadsheet takes a cell that begins so for a formula; an apostrophe in front makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export(results: list[Result], to: str, out: Path) -> None:
    """Write `results` to the file `out` in the format `to`; the file is complete or not there."""
    if to not in FORMATS:
        raise GraderError(f"there is no export format '{to}'; choose from {', '.join(FORMATS)}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=out.parent, delete=False) as file:
            try:
                FORMATS[to](results, file)
                os.fchmod(file.fileno(), 0o644)
                file.close()
                os.replace(file.name, out)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise GraderError(f"cannot write {out}: {error.strerror}") from None


def _write_csv(results: list[Result], file) -> None:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for result in results:
        for score in result.scores:
            writer.writerow(
                [
                    as_text(result.student),
                    result.exercise,
                    score.task,
                    f"{score.score:g}",
                    f"{score.max_score:g}",
                    score.status,
                    as_text(score.reason),
                ]
            )


def as_text(cell: str) -> str:
    """`cell` so that a spreadsheet shows it as it is and computes nothing."""
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell


FORMATS = {"csv": _write_csv}
