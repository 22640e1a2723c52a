"""One page for each student: points, what was wrong, hints, and what the student's code makes beside the reference's.

A page is made of what `student_view` lets through at the chosen level, and of this student's results alone.
"""

import ast
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.grading.result import Result
from grader.handins.roster import Person
from grader.kit.csv_text import as_text, csv_bytes
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, load_catalog
from grader.kit.files import write_whole
from grader.kit.options import DEFAULT_LEVEL
from grader.reporting.exercise_names import short_name, title_of
from grader.reporting.exports.request import NAME_AND_EMAIL, name_and_email
from grader.reporting.pages.class_numbers import is_missing
from grader.reporting.pages.html import data_uri, render
from grader.reporting.pages.student_pictures import Drawings, Picture, first_picture
from grader.reporting.pages.unusual import is_unreadable
from grader.reporting.student_view import FeedbackDetail, TaskFeedback, student_view
from grader.testing.verdict import Status

INDEX = "index.csv"
COURSE = "Deep Learning with Keras"  # where no course file has a title
MAX_NAME = 60


@dataclass(frozen=True)
class Shown:
    """A picture as the page has it: data URIs, or the reason why there is none."""

    still: str
    moving: str
    reason: str


@dataclass(frozen=True)
class Pair:
    """The student's picture, the reference's, and what can be seen on both."""

    own: Shown
    reference: Shown
    about: str
    explanation: str


@dataclass(frozen=True)
class ExerciseFeedback:
    """One exercise on the page of one student."""

    number: str
    title: str
    filename: str
    points: float
    most: float
    summary: str
    remark: str  # why there are no tasks
    remarks: list[str]  # about the file that was graded
    tasks: list[TaskFeedback]
    pictures: Pair | None

    @property
    def share(self) -> float:
        return self.points / self.most


def write_pages(
    results: list[Result],
    out: Path,
    level: str = DEFAULT_LEVEL,
    drawings: Drawings | None = None,
    course: str | None = None,
    grades: Mapping[str, float | None] | None = None,
    people: Mapping[str, Person] | None = None,
) -> list[Path]:
    """Write a page for every student of `results` into `out`, and `index.csv`, which lists the page of each student.

    Raises:
        GraderError: there are no results, there is no such level, or the folder cannot be written to.
    """
    if not results:
        raise GraderError("there is nobody to write to: no results of these students; run 'grader grade' first")
    by_student: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_student[result.student].append(result)
    names = file_names(by_student)
    for student, own in by_student.items():
        grade, person = (grades or {}).get(student), (people or {}).get(student)
        write_whole(out / names[student], page(student, own, level, drawings, course or COURSE, grade, person))
    write_whole(out / INDEX, _index(by_student, names, people or {}))
    return [out / name for name in names.values()]


def page(
    student: str,
    results: list[Result],
    level: str,
    drawings: Drawings | None = None,
    course: str = COURSE,
    grade: float | None = None,
    person: Person | None = None,
) -> bytes:
    """Return the page of one student, with the title of the course and the grade, where there is one.

    `person` is what a roster or an LMS says of the student: the name is the title of the page then.
    """
    ordered = sorted(results, key=lambda result: result.exercise)
    return render(
        "feedback.html.j2",
        course=course,
        grade=grade,
        student=(person and person.name) or student,
        known_as=[text for text in (person.name and student, person.email) if text] if person else [],
        points=sum(result.score for result in ordered),
        most=sum(result.max_score for result in ordered),
        exercises=[_exercise(result, level, drawings) for result in ordered],
        explained=level != FeedbackDetail.NONE,
    )


def file_names(students: Iterable[str]) -> dict[str, str]:
    """Return a file name for every student: what is plain in the name, and a part of its hash to tell them apart."""
    names = {}
    for student in students:
        plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_NAME].strip("-") or "student"
        names[student] = f"{slug}-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.html"
    return names


def _exercise(result: Result, level: str, drawings: Drawings | None) -> ExerciseFeedback:
    exercise = load_catalog().get(result.exercise)
    missing = is_missing(result)
    remark = ""
    if missing:
        remark = f"Not handed in: {result.scores[0].reason}." if level != FeedbackDetail.NONE else "Not handed in."
    elif is_unreadable(result):
        remark = f"Not readable: {result.scores[0].reason}." if level != FeedbackDetail.NONE else "Not readable."
    elif result.note:
        remark = "This could not be graded, through no fault of yours. It will be graded again."
    counts = Counter(score.status for score in result.scores)
    return ExerciseFeedback(
        number=short_name(result.exercise),
        title=title_of(result.exercise),
        filename=exercise.filename if exercise else result.exercise,
        points=result.score,
        most=result.max_score,
        summary=", ".join(f"{counts[status]} {status.word}" for status in Status if counts[status]),
        remark=remark,
        remarks=result.remarks,
        tasks=[] if remark else student_view(result, level),
        pictures=_pair(exercise, result, level, drawings) if exercise and drawings and not remark else None,
    )


def _pair(exercise: Exercise, result: Result, level: str, drawings: Drawings) -> Pair | None:
    reference = reference_picture(exercise)
    if reference is None:
        return None
    own = drawings.get(exercise, result.source_hash)
    about, explanation = _explanation(exercise)
    reason = own.reason if level != FeedbackDetail.NONE else "it could not be drawn"
    return Pair(_shown(own, reason.rstrip(".")), _shown(Picture(reference), ""), about, explanation)


def reference_picture(exercise: Exercise) -> bytes | None:
    """Return what the finished exercise makes; it is in every student's kit."""
    return exercise.pictures[0].read_bytes() if exercise.pictures else None


def _shown(picture: Picture, reason: str) -> Shown:
    if not picture.data:
        return Shown("", "", reason)
    moving = picture.data.startswith(b"GIF8")
    still = first_picture(picture.data) if moving else picture.data
    return Shown(data_uri(still), data_uri(picture.data) if moving else "", "")


def _explanation(exercise: Exercise) -> tuple[str, str]:
    """Return what the picture is about, and what can be seen on it: the docstring of the exercise's `demo.py`."""
    source = exercise.demo.read_text(encoding="utf-8")
    text = ast.get_docstring(ast.parse(source)) or exercise.title
    about, _, rest = text.partition("\n\n")
    return " ".join(about.split()), " ".join(rest.split())


def _index(by_student: dict[str, list[Result]], names: dict[str, str], people: Mapping[str, Person]) -> bytes:
    """Return which page is whose: for a mail merge, where the addresses are known."""
    rows = [["student", "page", "score", "max_score", *(NAME_AND_EMAIL if people else ())]]
    for student, own in by_student.items():
        total, most = sum(result.score for result in own), sum(result.max_score for result in own)
        rows.append([as_text(student), names[student], f"{total:g}", f"{most:g}", *name_and_email(student, people)])
    return csv_bytes(rows)
