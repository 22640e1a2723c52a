"""The account of what came in: every file and what was made of it, so that none is passed over without a word."""

from dataclasses import dataclass
from enum import StrEnum

from grader.kit.csv_text import as_text, csv_bytes

COLUMNS = ("student", "file", "exercise", "outcome", "reason")


class Outcome(StrEnum):
    """What became of a file. What is irrelevant, such as the kit's own files, is in no account."""

    GRADED = "graded"
    SET_ASIDE = "set aside"  # another file of the student counts: this one is a copy, the stub, or older
    UNKNOWN = "not understood"  # a person should look


@dataclass(frozen=True)
class Received:
    """One file; `student` and `exercise` are empty where nobody knows."""

    student: str
    file: str
    exercise: str
    outcome: Outcome
    reason: str = ""


def received_csv(rows: list[Received]) -> bytes:
    """Return the account as a CSV file, what a person should look at first."""
    order = {Outcome.UNKNOWN: 0, Outcome.SET_ASIDE: 1, Outcome.GRADED: 2}
    ordered = sorted(rows, key=lambda row: (order[row.outcome], row.student, row.exercise, row.file))
    cells = (
        (as_text(row.student), as_text(row.file), row.exercise, row.outcome, as_text(row.reason)) for row in ordered
    )
    return csv_bytes([COLUMNS, *cells])
