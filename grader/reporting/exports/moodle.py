"""Moodle: the offline grading worksheet of an assignment, with grades and feedback filled in, to be uploaded again.

The rules are those of Moodle's own code, `mod/assign/feedback/offline/importgradeslib.php`: the columns are found by
their titles, in the language of whoever uploads; a student is the number at the end of "Participant 12345"; an empty
grade changes nothing. Feedback comments are HTML.
"""

import html
import re
from dataclasses import dataclass, field

from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.reporting.exercise_names import heading_of
from grader.reporting.exports.matching import Row, match
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.sheet import Sheet
from grader.reporting.exports.text import as_number, each, feedback_lines, points, scaled, scaling_news, some
from grader.reporting.exports.written import Written, others_news
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
    "changeable": "Grade can be changed",
    "feedback": "Feedback comments",
}
NEEDED = ("identifier", "grade")
SEPARATORS = {";": "a semicolon", "\t": "a tab"}
# What Moodle writes below "Grade can be changed" where it cannot be, in the languages that it is mostly used in.
NO = ("no", "nein", "non", "não", "nee", "nej", "nei", "ei", "nie", "ne", "nem", "нет", "ні", "όχι", "hayır", "否")


def export(request: ExportRequest) -> Export:
    """Return the worksheet with the grades of the chosen exercise; of several, with their sum.

    Raises:
        GraderError: there is no worksheet, it is none, or it is not clear which exercise or row is meant, or how many
            points the assignment counts.
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
    rows = _rows(sheet, columns)
    columns |= _columns_behind_the_grade(sheet, columns, rows)
    matches = match(request.students(), rows, request.roster).of(request.only)
    filling = Filling(sheet, columns, request.level, request.written)
    for student, row in matches.rows.items():
        filling.fill_in(student, row, results[student])
    news = scaling_news(filling.scales) + matches.news() + filling.news() + _news(sheet, columns, request.level)
    return Export({"": sheet.to_bytes()}, news)


@dataclass
class Filling:
    """Fills in one row after the other, and knows what was left and why."""

    sheet: Sheet
    columns: dict[str, int]
    level: str
    written: Written
    scales: set[tuple[float, float]] = field(default_factory=set)  # how many points there are, here and in Moodle
    failed: list[str] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def fill_in(self, student: str, row: Row, results: list[Result]) -> None:
        """Fill in the grade and the feedback of one student, where they are not a person's."""
        grade, maximum = (self._cell(row, what) for what in ("grade", "maximum"))
        if any(result.note for result in results):
            self.failed.append(student)
            return
        if self._cell(row, "changeable").casefold() in NO:
            self.locked.append(student)
            return
        score, most = sum(result.score for result in results), sum(result.max_score for result in results)
        text = points(scaled(score, most, as_number(maximum)))
        text = text.replace(".", ",") if "," in maximum else text
        if not self.written.fills(("moodle", "grade", row.key), grade, text):
            self.others.append(f"{student}: {grade}")
            return
        self.scales.add((most, as_number(maximum)))
        self.sheet.set(row.number, self.columns["grade"], text)
        if "feedback" in self.columns and self.level != FeedbackDetail.NONE:
            self._comment(student, row, _feedback(results, self.level))

    def news(self) -> list[str]:
        told = []
        if self.failed:
            told.append(f"rows left as they are, since the file could not be graded: {some(self.failed)}")
        if self.locked:
            told.append(f"rows left as they are, since Moodle lets nobody change their grade: {each(self.locked)}")
        return told + others_news("grades", self.others) + others_news("feedback cells", self.comments)

    def _comment(self, student: str, row: Row, feedback: str) -> None:
        if self.written.fills(("moodle", "feedback", row.key), self._cell(row, "feedback"), feedback):
            self.sheet.set(row.number, self.columns["feedback"], feedback)
        else:
            self.comments.append(student)

    def _cell(self, row: Row, what: str) -> str:
        return self.sheet.cell(row.number, self.columns.get(what)).strip()


def _feedback(results: list[Result], level: str) -> str:
    """Return the feedback as HTML: messages may hold what looks like mark-up."""
    parts = []
    for result in results:
        lines = [f"{heading_of(result.exercise)}: {points(result.score)} of {points(result.max_score)}"]
        for task in student_view(result, level):
            told = "; ".join(feedback_lines(task, level))
            lines.append(f"{task.task}: {points(task.score)} of {points(task.max_score)} ({told})")
        parts.append("<br>".join(html.escape(line) for line in lines))
    return "<br><br>".join(parts)


def _news(sheet: Sheet, columns: dict[str, int], level: str) -> list[str]:
    told = []
    if "feedback" not in columns and level != FeedbackDetail.NONE:
        told.append(
            f"the worksheet has no column '{TITLES['feedback']}', so no feedback was written "
            "(switch it on in the assignment, or name the column with --column feedback=TITLE)"
        )
    if sheet.delimiter != ",":
        told.append(
            f"the worksheet's separator is {SEPARATORS[sheet.delimiter]}: choose that when you upload it; a Moodle "
            "without a choice reads commas only, so give it the worksheet as Moodle exported it"
        )
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


def _columns_behind_the_grade(sheet: Sheet, columns: dict[str, int], rows: list[Row]) -> dict[str, int]:
    """Return where the maximum is, and whether grades can be changed, in any language.

    Moodle's `mod/assign/gradingtable.php` puts the maximum right behind the grade, and whether that can be changed
    behind it, with the marking workflow between in some courses.

    Raises:
        GraderError: the worksheet does not tell the maximum: no grade may be written that counts another number.
    """

    if not rows:
        return {}

    def cells(column: int) -> set[str]:
        return {sheet.cell(row.number, column).strip().casefold() for row in rows}

    maximum = columns.get("maximum", columns["grade"] + 1)
    if not (len(cells(maximum)) == 1 and as_number(min(cells(maximum))) > 0):
        title = sheet.titles[columns.get("maximum", columns["grade"])]
        raise GraderError(
            "the worksheet does not tell how many points the assignment counts: "
            f"{'in' if 'maximum' in columns else 'behind'} the column {title!r} is not the same number in every row; "
            "name the column with --column maximum=TITLE (grades on a scale cannot be filled in)"
        )
    behind = [place for place in (maximum + 1, maximum + 2) if len(cells(place)) <= 2 and cells(place).intersection(NO)]
    changeable = columns.get("changeable", behind[0] if behind else None)
    return {"maximum": maximum} | ({} if changeable is None else {"changeable": changeable})


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
