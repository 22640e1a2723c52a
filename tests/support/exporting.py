"""What the tests of exports share: results as the grader makes them, and exporting them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from grader.grading.result import Result, TestResult
from grader.handins.roster import Person
from grader.kit.options import DEFAULT_LEVEL
from grader.misconceptions.recognise import Recognised
from grader.reporting.exports import export
from grader.reporting.exports.request import ExportRequest
from grader.reporting.exports.written import Written
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

# Names that have broken other people's exports.
NAMES = (
    'O\'Brien, "Ada"',
    "Jürgen Groß",
    "李雷",
    '=HYPERLINK("http://example.org")',
    "a; b\tc",
    "<script>alert(1)</script>",
)
CRASH = 'ValueError: <script>alert(1)</script> & "more", =1+1; Größe \x00\x1b[31m'


def make_result(student: str, exercise: str = "ex01_metrics", score: float = 52.5, note: str = "") -> Result:
    """A result of 100 points in which every status occurs; `score` is that of the first two tasks."""
    if note:
        scores = [TaskScore("accuracy", 0.0, 100, Status.ERROR, note)]
        tests = []
    else:
        scores = [
            TaskScore("accuracy", min(score, 40.0), 40, Status.PASSED if score >= 40 else Status.FAILED, ""),
            TaskScore("precision", max(score - 40.0, 0.0), 30, Status.PARTIAL, "1 of 2 tests failed: not a number"),
            TaskScore("recall", 0.0, 15, Status.TODO, "1 of 1 tests failed: to do"),
            TaskScore("r2", 0.0, 15, Status.ERROR, f"1 of 1 tests failed: {CRASH}"),
        ]
        tests = [
            TestResult("t::accuracy", "accuracy", Status.PASSED, ""),
            TestResult("t::precision", "precision", Status.PASSED, ""),
            TestResult("t::precision_0", "precision", Status.FAILED, "not a number", "no positive at all"),
            TestResult("t::recall", "recall", Status.TODO, "to do"),
            TestResult("t::r2", "r2", Status.ERROR, CRASH, "a perfect prediction"),
        ]
    hints = [] if note else [Recognised("precision", "divides", "Look at the denominator.")]
    return Result(
        student=student, exercise=exercise, scores=scores, tests=tests, note=note, recognised=hints,
        sandbox="landlock", profile="cpu", device="cpu", wall_seconds=1.25, student_cpu_seconds=0.5, content_hash="abc",
    )  # fmt: skip


def not_handed_in(student: str, exercise: str = "ex01_metrics") -> Result:
    """A result of somebody who handed nothing in: 0 points, and no fault of the grader."""
    scores = [TaskScore("accuracy", 0.0, 100, Status.MISSING, "not submitted")]
    return Result(
        student=student, exercise=exercise, scores=scores, sandbox="landlock", profile="cpu", device="cpu",
        content_hash="abc",
    )  # fmt: skip


def not_readable(student: str, exercise: str = "ex01_metrics") -> Result:
    """A result of somebody whose hand-in could not be used: 0 points, and for a person to look at."""
    scores = [TaskScore("accuracy", 0.0, 100, Status.UNREADABLE, "work.rar: a RAR archive")]
    return Result(student=student, exercise=exercise, scores=scores, content_hash="abc")


def exported(
    tmp_path: Path,
    to: str,
    results: list[Result],
    into: bytes | None = None,
    exercises: tuple[str, ...] = (),
    roster: list[Person] | None = None,
    level: str = DEFAULT_LEVEL,
    columns: dict[str, str] | None = None,
    only: tuple[str, ...] = (),
    overwrite: bool = False,
) -> tuple[bytes, str]:
    """The file that an export of `results` makes, filled into `into` if there is such, and what is told about it."""
    table = None
    if into is not None:
        table = tmp_path / "from_the_lms.csv"
        table.write_bytes(into)
    written = Written(tmp_path / "exported.json", overwrite)  # what was exported before in the same folder
    request = ExportRequest(results, exercises, table, roster or [], level, columns or {}, only, written)
    news = export(request, to, tmp_path / "out.csv")
    assert table is None or table.read_bytes() == into, "the original was changed"
    return (tmp_path / "out.csv").read_bytes(), "\n".join(news)


def cells(content: bytes, delimiter: str = ",") -> list[list[str]]:
    """The cells of a CSV file, as any program reads them."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))
