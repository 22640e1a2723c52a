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
    now = {(result.student, result.exercise): result for result in after}
    changes = []
    for old in before:
        new = now.get((old.student, old.exercise))
        if new is None:
            changes.append(f"{old.student}: {old.exercise} does not count any more, {old.score:g} of {old.max_score:g}")
        elif new.score != old.score:
            changes.append(f"{old.student}: {old.exercise} {old.score:g} -> {new.score:g} of {new.max_score:g}")
    yield from changes[:TOLD]
    if len(changes) > TOLD:
        yield f"and {counted(len(changes) - TOLD, 'result')} more"
    if not changes:
        yield "no points change"
