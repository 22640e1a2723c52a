"""`course.toml`: which exercises make a course, what each is worth, until when, and what being late costs.

Without the file all exercises count alike and nothing is ever late.
"""

import re
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import msgspec

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, find_exercise, load_catalog
from grader.kit.options import chosen_exercises

FILE = "course.toml"


class LatePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a hand-in after the due date costs. Days are begun days of 24 hours."""

    free_days: int = 0  # of each student, over the whole course
    penalty: float = 0.1  # the share of the points that each further day costs
    last_day: int | None = None  # what comes after so many days is worth nothing


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for one exercise."""

    weight: float = 1.0
    extra_credit: bool = False  # it can only raise the grade
    opens: datetime | None = None  # before, it does not count
    due: datetime | None = None


class Course(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A course; `exercises` by their full names, in the order of the file."""

    exercises: dict[str, Rules]
    title: str = "Deep Learning with Keras"
    roster: str = ""  # its path; in the file, from the folder that the file is in
    groups: str = ""  # likewise: a CSV file of who hands in together
    feedback: str = ""  # what students read: none, category or full
    drop_lowest: int = 0  # so many exercises with the lowest share of their points do not count
    late: LatePolicy = LatePolicy()


def find_course(named: Path | None) -> Course | None:
    """Return the course that is named, or the one in the working folder; None where there is none.

    Raises:
        GraderError: the file cannot be a course.
    """
    path = named or Path(FILE)
    return read_course(path) if named or path.is_file() else None


def exercises_of(course: Course | None, names: list[str] | None) -> list[Exercise]:
    """Return the exercises that are named, else those of the course, else all."""
    return [one for one in chosen_exercises(names) if names or course is None or one.name in course.exercises]


def read_course(path: Path) -> Course:
    """Return the course in `path`.

    Raises:
        GraderError: it cannot be read, or a field is not what it should be; the message has the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GraderError(f"{path} is not TOML: {error}") from None
    rules = table.pop("exercises", {})
    if not isinstance(rules, dict) or not rules:
        raise GraderError(f"{path} names no exercises: it needs tables such as [exercises.ex01]")
    exercises = {}
    for number, own in rules.items():
        try:
            if find_exercise(number).name in exercises:
                raise GraderError(f"{number} is there already, under another name")
            exercises[find_exercise(number).name] = msgspec.convert(_with_times(own), Rules)
        except (GraderError, msgspec.ValidationError) as error:
            raise _wrong(path, text, error, f"exercises.{number}") from None
    try:
        course = msgspec.convert({**table, "exercises": {}}, Course)
        _check_values(course, exercises)
    except (GraderError, msgspec.ValidationError) as error:
        raise _wrong(path, text, error, "") from None
    roster, groups = (str(path.parent / name) if name else "" for name in (course.roster, course.groups))
    return msgspec.structs.replace(course, exercises=exercises, roster=roster, groups=groups)


def _with_times(rules: Any) -> Any:
    """The same with a time of day where there is a day alone: it opens when that begins, and is due when it ends."""
    if not isinstance(rules, dict):
        return rules
    ends = {"opens": time(), "due": time(23, 59, 59)}
    return {
        name: datetime.combine(value, ends[name]) if name in ends and type(value) is date else value
        for name, value in rules.items()
    }


def _check_values(course: Course, exercises: dict[str, Rules]) -> None:
    """Raise GraderError, with the field in backquotes, for what has the right type and makes no sense."""
    if not 0 <= course.late.penalty <= 1:
        raise GraderError(f"`penalty` is {course.late.penalty:g}: it is a share of the points, from 0 to 1")
    if course.late.free_days < 0 or (course.late.last_day or 0) < 0:
        raise GraderError("`free_days` and `last_day` are numbers of days, 0 or more")
    if any(rules.weight < 0 for rules in exercises.values()):
        raise GraderError("a `weight` is negative")
    counting = sum(not rules.extra_credit and rules.weight > 0 for rules in exercises.values())
    if not 0 <= course.drop_lowest < max(counting, 1):
        raise GraderError(f"`drop_lowest` is {course.drop_lowest}: of {counting} exercises at least one must be left")
    if course.feedback not in ("", "none", "category", "full"):
        raise GraderError(f"`feedback` is {course.feedback!r}: it is none, category or full")


def _wrong(path: Path, text: str, error: Exception, table: str) -> GraderError:
    """An error about a field, with the line where the field stands."""
    fields = re.findall(r"`\$?\.?([\w.]+)`", str(error))
    words = [field.rpartition(".")[2] for field in fields]
    number = _line(text, words, table)
    where = f", line {number}" if number else ""
    said = re.sub(r" - at `[^`]*`", "", str(error)).replace("Object contains", "there is an")
    return GraderError(f"{path}{where}: {said}")


def _line(text: str, words: list[str], table: str) -> int:
    """The number of the line that sets one of `words`, in `table` if there is one; else that of the table; else 0."""
    lines = text.splitlines()
    header = next((n for n, line in enumerate(lines) if table and line.startswith(f"[{table}]")), None)
    for number, line in enumerate(lines[header or 0 :], (header or 0) + 1):
        if any(re.match(rf"\s*{word}\s*=", line) for word in words):
            return number
    return 0 if header is None else header + 1


def new_course() -> str:
    """The text of a course file with every field, to be edited: all exercises count alike and nothing is due."""
    lines = [
        'title = "Deep Learning with Keras"',
        '# roster = "roster.csv"      # who is in the class: id, name, email, lms_id',
        '# groups = "groups.csv"      # who hands in together: group, student',
        '# feedback = "full"          # what students read: none (points), category (kinds of problems) or full',
        "drop_lowest = 0              # so many exercises with the lowest share of their points do not count",
        "",
        "[late]                       # what comes after the due date",
        "free_days = 0                # of each student, over the whole course",
        "penalty = 0.1                # the share of the points that each further day costs",
        "# last_day = 7               # what comes later is worth nothing",
    ]
    for exercise in load_catalog().values():
        lines += ["", f"[exercises.{exercise.number}]         # {exercise.title}", "weight = 1"]
        lines += ["# extra_credit = true        # it can only raise the grade"] * (exercise.number == "ex01")
        lines += ["# opens = 2027-01-11", "# due = 2027-01-17T23:59:00"] * (exercise.number == "ex01")
    return "\n".join(lines) + "\n"
