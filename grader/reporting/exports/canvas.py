"""Canvas: the gradebook as Canvas exported it, with points filled in, to be imported again.

The rules are those of Canvas' own code, `lib/gradebook_exporter.rb` and `lib/gradebook_importer.rb`: the first columns
say who, up to `Section`; a column of points is titled "name (id)"; totals are read only; a row begins with
"Points Possible" and one may say "Manual Posting"; "EX" is excused, "N/A" not assigned. Canvas writes the first titles
in English in every language. A cell with a value that no earlier export wrote is a person's and stays.
"""

import re
from dataclasses import dataclass, field

from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise
from grader.reporting.exercise_names import short_name, title_of
from grader.reporting.exports.matching import Row, match
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.sheet import Sheet
from grader.reporting.exports.text import as_number, points, scaled, scaling_news, some
from grader.reporting.exports.written import Written, others_news

LAST_TITLE = "Section"
IDS = ("SIS User ID", "SIS Login ID")
TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
POINTS_POSSIBLE = "Points Possible"
TEST_STUDENT = "Student, Test"
# What a person has decided about a student is not overwritten: excused; the assignment is not this student's.
KEPT = ("EX", "N/A")


def export(request: ExportRequest) -> Export:
    """Return the gradebook with the points of the chosen exercises.

    Raises:
        GraderError: there is no gradebook, it is none, or it is not clear which column or row is meant.
    """
    sheet = request.sheet("the gradebook that Canvas exported")
    columns, news = _columns(sheet, request)
    possible = _points_possible(sheet)
    most = {name: as_number(sheet.cell(possible, column)) if possible else 0.0 for name, column in columns.items()}
    matches = match(request.students(), _rows(sheet), request.roster).of(request.only)
    left = Left()
    for result in request.chosen():
        row, column = matches.rows.get(result.student), columns.get(result.exercise)
        if row is not None and column is not None:
            text = points(scaled(result.score, result.max_score, most[result.exercise]))
            _fill_in(sheet, row, column, result, text, request.written, left)
    news += scaling_news({(result.max_score, most.get(result.exercise, 0.0)) for result in request.chosen()})
    return Export({"": sheet.to_bytes()}, news + matches.news() + left.news())


@dataclass
class Left:
    """The students whose cells are left as they are, by why."""

    kept: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def news(self) -> list[str]:
        told = []
        if self.kept:
            told.append(f"cells left as they are, excused (EX) or not assigned (N/A): {some(self.kept)}")
        if self.failed:
            told.append(f"cells left as they are, since the file could not be graded: {some(self.failed)}")
        return told + others_news("cells", self.others)


def _fill_in(sheet: Sheet, row: Row, column: int, result: Result, text: str, written: Written, left: Left) -> None:
    """Fill in one cell, if it is not a person's."""
    cell = sheet.cell(row.number, column)
    if result.note:
        left.failed.append(result.student)
    elif cell.strip().upper() in KEPT:
        left.kept.append(result.student)
    elif written.fills(("canvas", sheet.titles[column], row.key), cell, text):
        sheet.set(row.number, column, text)
    else:
        left.others.append(f"{result.student}: {cell.strip()}")


def _rows(sheet: Sheet) -> list[Row]:
    titles = sheet.titles
    named = titles.index("ID")  # "Student", or "LastName" and "FirstName", come before
    others = [titles.index(title) for title in IDS if title in titles]
    rows = []
    for number in range(1, sheet.size):
        name = ", ".join(sheet.cell(number, column) for column in range(named))
        lms_id, ids = sheet.cell(number, named), tuple(sheet.cell(number, column) for column in others)
        is_student = POINTS_POSSIBLE not in name and name.strip() != TEST_STUDENT
        if is_student and (name.strip(" ,") or lms_id or any(ids)):
            rows.append(Row(number, lms_id, ids, name))
    return rows


def _points_possible(sheet: Sheet) -> int | None:
    """Return the row that says how many points each column counts."""
    return next((row for row in range(1, sheet.size) if POINTS_POSSIBLE in sheet.cell(row, 0)), None)


def _columns(sheet: Sheet, request: ExportRequest) -> tuple[dict[str, int], list[str]]:
    """Return the column of each exercise, and news of those that have none."""
    titles = sheet.titles
    if "ID" not in titles[1:3] or LAST_TITLE not in titles:
        raise GraderError(
            f"{request.into} is not a gradebook of Canvas, which begins with Student, ID, ..., Section: "
            "export it from Grades, Export, Export Entire Gradebook"
        )
    first = titles.index(LAST_TITLE) + 1
    own = {title: first + number for number, title in enumerate(titles[first:]) if not TOTALS.search(title)}
    wanted = sorted({result.exercise for result in request.chosen()})
    given = {_name_of(name, wanted): _given(title, own) for name, title in request.columns.items()}
    for name in given:
        if name not in wanted:
            raise GraderError(f"--column names a column for {name}, of which there are no results to export")
    found = {name: given.get(name) or _column(name, own) for name in wanted}
    missing = [name for name, column in found.items() if column is None]
    if missing and (request.exercises or len(missing) == len(wanted)):
        raise GraderError(
            f"the gradebook has no column for {', '.join(missing)}: name it with "
            f'--column {missing[0].split("_")[0]}="TITLE"; its columns are {", ".join(own) or "none"}'
        )
    news = [f"exercises without a column, left out: {some(missing)}"] if missing else []
    return {name: column for name, column in found.items() if column is not None}, news


def _name_of(text: str, wanted: list[str]) -> str:
    """Return the exercise that `--column` means: one of those that are exported, or of the kit."""
    named = [name for name in wanted if text in (name, short_name(name))]
    return named[0] if named else find_exercise(text).name


def _column(exercise: str, own: dict[str, int]) -> int | None:
    """Return the column whose title begins with the exercise's number, name or title."""
    number = short_name(exercise)
    beginnings = "|".join(re.escape(word) for word in (exercise, number, title_of(exercise)))
    begins = re.compile(rf"\s*({beginnings})(?!\w)", re.IGNORECASE)
    candidates = [title for title in own if begins.match(title)]
    if len(candidates) > 1:
        raise GraderError(
            f"{exercise} could be each of the columns {', '.join(candidates)}: "
            f'choose with --column {number}="{candidates[0]}"'
        )
    return own[candidates[0]] if candidates else None


def _given(title: str, own: dict[str, int]) -> int:
    """Return the column that a person named, with or without Canvas' number behind it."""
    candidates = [known for known in own if title in (known, re.sub(r"\s\(\d+\)$", "", known))]
    if len(candidates) != 1:
        what = "has no column" if not candidates else "has several columns"
        raise GraderError(f"the gradebook {what} {title!r}; its columns are {', '.join(own) or 'none'}")
    return own[candidates[0]]
