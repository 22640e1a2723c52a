"""`grader decide`: writes one decision, and says what it changes."""

import getpass
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from grader.class_run.course import Course
from grader.class_run.decisions import FILE, Decision, add, read_decisions
from grader.class_run.records import read_class
from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise
from grader.kit.words import counted

TOLD = 10  # students whose points change that are named


def make(
    folder: Path,
    student: str,
    exercise: str,
    task: str,
    kind: str,
    value: str,
    who: str,
    why: str,
    course: Course | None = None,
) -> Iterator[str]:
    """Write the decision into the results folder `folder`; yield in words what is different now.

    Raises:
        GraderError: it is no decision, or about something that is not there; nothing is written.
    """
    name = find_exercise(exercise).name if exercise else ""
    known, records = read_decisions(folder), read_class(folder, course)
    line = max((decision.line for decision in known), default=1) + 1
    decision = Decision(student, name, task, kind, value, who or getpass.getuser(), date.today().isoformat(), why, line)
    after = read_class(folder, course, [*known, decision])
    if len(after.about_nothing) > len(records.about_nothing):
        raise GraderError(after.about_nothing[-1].partition(": ")[2])
    add(folder, decision)
    yield from _changes(records.results, after.results)
    yield f"written: {folder / FILE}"


def _changes(before: list[Result], after: list[Result]) -> Iterator[str]:
    old = {(result.student, result.exercise): result for result in before}
    now = {(result.student, result.exercise): result for result in after}
    changes = [told for key in dict.fromkeys([*old, *now]) if (told := _change(old.get(key), now.get(key)))]
    yield from changes[:TOLD]
    if len(changes) > TOLD:
        yield f"and {counted(len(changes) - TOLD, 'result')} more"
    if not changes:
        yield "no points change"


def _change(old: Result | None, new: Result | None) -> str:
    """What became of one result, or "" where its points are the same."""
    if new is None:
        return (
            f"{old.student}: {old.exercise} does not count any more, {old.score:g} of {old.max_score:g}" if old else ""
        )
    if old is not None and old.score == new.score:
        return ""
    return f"{new.student}: {new.exercise} {f'{old.score:g} -> ' if old else ''}{new.score:g} of {new.max_score:g}"
