"""The report of a class: one HTML file for the instructor, and the same numbers as CSV."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from math import isnan, nan
from pathlib import Path

from grader.grading.result import Result
from grader.handins.received import Received
from grader.kit.csv_text import as_text, csv_bytes
from grader.kit.errors import GraderError
from grader.kit.files import write_whole
from grader.reporting.pages import charts
from grader.reporting.pages.class_numbers import BINS, ClassNumbers, summarise
from grader.reporting.pages.html import render

COLUMNS = ("section", "exercise", "task", "measure", "value")
# Rows of a table on the page; the CSV has all.
MOST_ROWS = 30
Row = tuple[str, str, str, str, object]


def write_report(
    results: list[Result],
    out: Path,
    departed: Iterable[str] = (),
    received: Iterable[Received] = (),
    grades: Mapping[str, float | None] | None = None,
) -> list[Path]:
    """Write the report of `results` to the file `out`, and its numbers to a CSV file beside it; returns both.

    Raises:
        GraderError: there are no results, or the files cannot be written.
    """
    if out.suffix.lower() == ".csv":
        raise GraderError(f"--out {out}: the report is an HTML file; its numbers go into a .csv file beside it")
    numbers = summarise(results, departed, received, grades)
    table = out.with_suffix(".csv")
    write_whole(out, report_page(numbers, table.name))
    write_whole(table, report_csv(numbers))
    return [out, table]


def report_page(numbers: ClassNumbers, table: str) -> bytes:
    """Return the page; `table` is the name of the CSV file that it mentions."""
    handed_in = [exercise for exercise in numbers.exercises if not isnan(exercise.mean)]
    return render(
        "class_report.html.j2",
        numbers=numbers,
        table=table,
        most_rows=MOST_ROWS,
        in_words=charts.in_words,
        only=lambda who: " ".join(f"--only {shlex.quote(student)}" for student in who),
        means=sum(exercise.mean for exercise in handed_in) / len(handed_in) if handed_in else float("nan"),
        spread=charts.spread_of_points(numbers.exercises),
        tasks_map=charts.map_of_tasks(numbers.tasks),
        misconceptions=charts.common_misconceptions(numbers.misconceptions) if numbers.misconceptions else None,
        exercise_times=charts.time_of_exercises(numbers.exercise_times) if numbers.exercise_times else None,
        task_times=charts.time_of_tasks(numbers.task_times) if numbers.task_times else None,
    )


def report_csv(numbers: ClassNumbers) -> bytes:
    """One number per line: which section, exercise and task it belongs to, what it is; undefined ones are empty."""
    return csv_bytes(
        [COLUMNS, *((*place, as_text(measure), _cell(value)) for *place, measure, value in _rows(numbers))]
    )


def _cell(value: object) -> object:
    if isinstance(value, float):
        return "" if isnan(value) else f"{value:.6g}"
    return as_text(value) if isinstance(value, str) else value


def _rows(numbers: ClassNumbers) -> Iterator[Row]:
    yield "class", "", "", "students", numbers.students
    yield "class", "", "", "submissions", numbers.submissions
    yield from (("class", "", "", "absent", student) for student in numbers.absent)
    for exercise in numbers.exercises:
        for measure in ("submitted", "mean", "median", "lower_quartile", "upper_quartile"):
            yield "points", exercise.name, "", measure, getattr(exercise, measure)
        for index, count in enumerate(exercise.histogram):
            yield "points", exercise.name, "", f"from {index * 100 // BINS} % of the points", count
        yield "points", exercise.name, "", "missing", len(exercise.missing)
        yield "points", exercise.name, "", "unreadable", len(exercise.unreadable)
        yield from (("missing", exercise.name, "", "student", student) for student in exercise.missing)
    for section, listed in (
        ("tasks", numbers.tasks),
        ("time of exercises", numbers.exercise_times),
        ("time of tasks", numbers.task_times),
    ):
        for item in listed:
            values = asdict(item)
            exercise_name, task = values.pop("exercise"), values.pop("task", "")
            yield from ((section, exercise_name, task, measure, value) for measure, value in values.items())
    for known in numbers.misconceptions:
        yield "misconceptions", known.exercise, known.task, known.name, known.students
        yield from (("who", known.exercise, known.task, known.name, student) for student in known.who)
    for failed in numbers.failed_tests:
        yield "failed tests", failed.exercise, failed.task, failed.promise, len(failed.who)
        yield from (("who", failed.exercise, failed.task, failed.promise, student) for student in failed.who)
    for row in numbers.grades:
        yield "grades", "", "", row.student, nan if row.grade is None else row.grade
    for slow in numbers.slowest:
        yield "slowest", slow.exercise, "", slow.student, slow.wall_seconds
    for unusual in numbers.unusual:
        yield "look at by hand", unusual.exercise, "", unusual.student, unusual.reason
    for file in numbers.not_understood:
        yield "not understood", file.exercise, "", file.student, f"{file.file}: {file.reason}"
    for remark in numbers.remarks:
        yield "remarks", remark.exercise, "", remark.student, remark.remark
    yield from (("class", "", "", "no longer in the class", student) for student in numbers.departed)
