"""Moodle: the offline grading worksheet of an assignment, with grades and feedback filled in, to be uploaded again.

The rules are those of Moodle's own code, `mod/assign/feedback/offline/importgradeslib.php`: the columns are found by
their titles, in the language of whoever uploads; a student is the number at the end of "Participant 12345"; an empty
grade changes nothing. Feedback comments are HTML.
"""

import html
import re

from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise
from grader.reporting.exports.matching import Matches, Row, match
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.sheet import Sheet
from grader.reporting.exports.text import as_number, feedback_lines, points, scaled, scaling_news, some
from grader.reporting.student_view import FeedbackDetail, student_view

# Moodle's titles in English; those of other languages are named with --column.
TITLES = {
    "identifier": "Identifier",
    "name": "Full name",
    "email": "Email address",
    "id": "ID number",
    "username": "Username",
    "grade": "Grade",
    "maximum": "Maximum grade",
    "feedback": "Feedback comments",
}
NEEDED = ("identifier", "grade")


def export(request: ExportRequest) -> Export:
    """Return the worksheet with the grades of the chosen exercise; of several, with their sum.

    Raises:
        GraderError: there is no worksheet, it is none, or it is not clear which exercise or row is meant.
    """
    sheet = request.sheet("the offline grading worksheet of the assignment that Moodle exported")
    columns = _columns(sheet, request)
    results = request.by_student()
    exercises = sorted({result.exercise for own in results.values() for result in own})
    if len(exercises) > 1 and not request.exercises:
        raise GraderError(
            f"a worksheet is of one assignment, and there are results of {', '.join(exercises)}: "
            "choose with --exercise (of several, the sum counts)"
        )
    matches = match(results, _rows(sheet, columns), request.roster)
    failed, scales = [], set()
    for student, row in matches.rows.items():
        if any(result.note for result in results[student]):
            failed.append(student)
            continue
        scales.add(_fill_in(sheet, row.number, columns, results[student], request.level))
    news = scaling_news(scales) + _news(matches, failed, sheet, columns, request.level)
    return Export({"": sheet.to_bytes()}, news)


def _fill_in(sheet: Sheet, row: int, columns: dict[str, int], results: list[Result], level: str) -> tuple[float, float]:
    """Fill in one row; return how many points there were to get, here and in Moodle."""
    score, most = sum(result.score for result in results), sum(result.max_score for result in results)
    maximum = as_number(sheet.cell(row, columns.get("maximum")))
    sheet.set(row, columns["grade"], points(scaled(score, most, maximum)))
    if "feedback" in columns and level != FeedbackDetail.NONE:
        sheet.set(row, columns["feedback"], _feedback(results, level))
    return most, maximum


def _feedback(results: list[Result], level: str) -> str:
    """Return the feedback as HTML: messages may hold what looks like mark-up."""
    parts = []
    for result in results:
        exercise = find_exercise(result.exercise)
        lines = [f"{exercise.number} {exercise.title}: {points(result.score)} of {points(result.max_score)}"]
        for task in student_view(result, level):
            told = "; ".join(feedback_lines(task, level))
            lines.append(f"{task.task}: {points(task.score)} of {points(task.max_score)} ({told})")
        parts.append("<br>".join(html.escape(line) for line in lines))
    return "<br><br>".join(parts)


def _news(matches: Matches, failed: list[str], sheet: Sheet, columns: dict[str, int], level: str) -> list[str]:
    told = matches.news()
    if failed:
        told.append(f"rows left as they are, since the file could not be graded: {some(failed)}")
    if "feedback" not in columns and level != FeedbackDetail.NONE:
        told.append(
            f"the worksheet has no column '{TITLES['feedback']}', so no feedback was written "
            "(switch it on in the assignment, or name the column with --column feedback=TITLE)"
        )
    if sheet.delimiter != ",":
        told.append("Moodle reads worksheets with commas only, and this one has others: save it as Moodle exported it")
    return told


def _rows(sheet: Sheet, columns: dict[str, int]) -> list[Row]:
    others = [columns[what] for what in ("email", "id", "username") if what in columns]
    rows = []
    for number in range(1, sheet.size):
        # "Participant 12345", in any language
        found = re.search(r"\d+$", sheet.cell(number, columns["identifier"]).strip())
        if found:
            ids = tuple(sheet.cell(number, column) for column in others)
            rows.append(Row(number, found[0], ids, sheet.cell(number, columns.get("name"))))
    return rows


def _columns(sheet: Sheet, request: ExportRequest) -> dict[str, int]:
    """Where each column is that is there."""
    unknown = [what for what in request.columns if what not in TITLES]
    if unknown:
        raise GraderError(f"--column {unknown[0]}=...: of a worksheet, name one of {', '.join(TITLES)}")
    places = {title.strip().casefold(): number for number, title in reversed(list(enumerate(sheet.titles)))}
    wanted = {what: request.columns.get(what, title).strip().casefold() for what, title in TITLES.items()}
    columns = {what: places[title] for what, title in wanted.items() if title in places}
    for what in [*NEEDED, *request.columns]:
        if what not in columns:
            raise GraderError(
                f"the worksheet {request.into} has no column {request.columns.get(what, TITLES[what])!r}; its columns "
                f"are {', '.join(sheet.titles)}. In another language, name it with --column {what}=TITLE"
            )
    return columns
