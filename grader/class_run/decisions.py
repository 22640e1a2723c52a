"""Decisions by hand: `decisions.csv` in the results folder, one line each, with who, when and why.

The machine's results stay as they are. Whatever people read (pages, reports, exports) is made of them and of the
decisions, anew each time: so a decision survives every regrade, and taking its line out takes it back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

from grader.class_run.dates import seconds_at
from grader.grading.result import Result
from grader.kit.csv_text import as_text, csv_bytes, rows_of, with_row, without_quote
from grader.kit.errors import GraderError
from grader.kit.files import write_whole
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

FILE = "decisions.csv"
WHAT = "the file of decisions"
EVERYBODY = "*"


class Kind(StrEnum):
    """What is decided. Of two decisions about the same points the later line counts."""

    POINTS = "points"  # so many for a task, or for the whole exercise
    BONUS = "bonus"  # so many more for the exercise, or fewer if it is negative
    COMMENT = "comment"  # `why` is for the student to read
    EXTENSION = "extension"  # the student has time until `value`, a day or a day and a time
    VOID = "void"  # the task does not count; the others share its points
    EXEMPT = "exempt"  # the exercise does not count for the student
    WITHDRAWN = "withdrawn"  # the student has left the class
    MERGED = "merged"  # the student is `value`, under another name


@dataclass(frozen=True)
class Decision:
    """One line. `student` may be `*`, everybody; `value` is a number where the kind needs one."""

    student: str
    exercise: str
    task: str
    kind: str
    value: str
    who: str
    when: str
    why: str
    line: int = 0  # as an editor shows it


COLUMNS = tuple(field.name for field in fields(Decision))[:-1]
NEEDED = {
    Kind.POINTS: ("student", "exercise", "value"),
    Kind.BONUS: ("student", "exercise", "value"),
    Kind.COMMENT: ("student", "exercise"),
    Kind.EXTENSION: ("student", "exercise", "value"),
    Kind.VOID: ("student", "exercise", "task"),
    Kind.EXEMPT: ("student", "exercise"),
    Kind.WITHDRAWN: ("student",),
    Kind.MERGED: ("student", "value"),
}


@dataclass(frozen=True)
class Decided:
    """The results as people read them, who has left, and the decisions about something that is not there, in words."""

    results: list[Result]
    withdrawn: list[str]
    about_nothing: list[str]
    exempt: frozenset[tuple[str, str]] = frozenset()  # students, and the exercises that do not count for them


def read_decisions(folder: Path) -> list[Decision]:
    """Return the decisions in the results folder `folder`, in their order; none where nobody has decided anything.

    Raises:
        GraderError: a line cannot be a decision; the message says which and why.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    rows = list(rows_of(path, WHAT))
    if not rows:
        return []
    titles = [title.strip().lower() for title in rows[0][1]]
    missing = [column for column in COLUMNS if column not in titles]
    if missing:
        raise GraderError(f"{path} needs the columns {', '.join(COLUMNS)} in its first line; not there: {missing[0]}")
    decisions = []
    for number, row in rows[1:]:
        cells = dict(zip(titles, (without_quote(cell.strip()) for cell in row), strict=False))
        decisions.append(Decision(**{column: cells.get(column, "") for column in COLUMNS}, line=number))
        if problem := _problem(decisions[-1]):
            raise GraderError(f"{path}, line {number}: {problem}")
    return decisions


def _problem(decision: Decision) -> str:
    """Why this is no decision; empty where it is one."""
    if decision.kind not in set(Kind):
        return f"{decision.kind!r} is nothing that can be decided; there are {', '.join(Kind)}"
    for column in (*NEEDED[Kind(decision.kind)], "who", "when", "why"):
        if not getattr(decision, column):
            return f"a decision of the kind {decision.kind} needs something in the column {column!r}"
    if decision.kind in (Kind.POINTS, Kind.BONUS) and _number(decision.value) is None:
        return f"{decision.value!r} is not a number of points"
    if decision.kind == Kind.POINTS and _points(decision) < 0:
        return "points are 0 or more; what is taken away is a negative bonus"
    if decision.kind == Kind.EXTENSION and seconds_at(decision.value) is None:
        return f"{decision.value!r} is not a day, such as 2026-12-24, or a day and a time, such as 2026-12-24T12:00"
    if decision.kind == Kind.WITHDRAWN and decision.student == EVERYBODY:
        return "not everybody can have left: name a student"
    if decision.kind == Kind.MERGED and (
        EVERYBODY in (decision.student, decision.value) or decision.student == decision.value
    ):
        return "name two students: the name that is no more, and as value the one that counts"
    return ""


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e6 else None  # which NaN is not, either


def _points(decision: Decision) -> float:
    return _number(decision.value) or 0.0


def until(decision: Decision) -> float:
    """Until when an extension gives time, in seconds since 1970."""
    return seconds_at(decision.value) or 0.0


def add(folder: Path, decision: Decision) -> None:
    """Add a line to the decisions of `folder`; what people wrote there stays as it is.

    Raises:
        GraderError: it is no decision, or cannot be written.
    """
    if problem := _problem(decision):
        raise GraderError(problem)
    path = folder / FILE
    cells = {column: getattr(decision, column) for column in COLUMNS}
    cells |= {column: as_text(cells[column]) for column in ("student", "who", "why")}  # a value may well begin with -
    there = read_decisions(folder) or (path.is_file() and path.read_bytes().strip())
    write_whole(path, with_row(path, WHAT, cells) if there else csv_bytes([COLUMNS, cells.values()]))


def decide(
    results: Iterable[Result], decisions: Iterable[Decision], take_off: Callable[[Result], Result] = lambda same: same
) -> Decided:
    """Return the results of the machine as `decisions` change them.

    `take_off` takes from a result what being late costs: from the points of its tasks, and not where a person gave the
    points of the whole exercise.

    Raises:
        GraderError: points are more than there are to get.
    """
    results, decisions = list(results), list(decisions)
    about_nothing = [
        f"{FILE}, line {decision.line}: there is no {_target(decision)}"
        for decision in decisions
        if not any(is_about(decision, result) for result in results)
    ]
    withdrawn = {decision.student for decision in decisions if decision.kind == Kind.WITHDRAWN}
    left = [
        _decided(result, [decision for decision in decisions if is_about(decision, result)], take_off)
        for result in results
        if result.student not in withdrawn
    ]
    gone = sorted(withdrawn & {result.student for result in results})
    kept = [result for result in left if result is not None]
    there = {(result.student, result.exercise) for result in kept}
    of_class = {(result.student, result.exercise) for result in results if result.student not in withdrawn}
    return Decided(kept, gone, about_nothing, frozenset(of_class - there))


def is_about(decision: Decision, result: Result) -> bool:
    """Whether a decision is about this student, exercise and task."""
    return (
        decision.student in (EVERYBODY, result.student)
        and decision.exercise in ("", result.exercise, result.exercise.partition("_")[0])
        and (not decision.task or any(score.task == decision.task for score in result.scores))
    )


def _target(decision: Decision) -> str:
    parts = [f"task {decision.task!r}"] if decision.task else []
    parts += [f"result of {decision.exercise!r}"] if decision.exercise else []
    parts += [] if decision.student == EVERYBODY else [f"student {decision.student!r}"]
    return " of ".join(parts) or "result"


def _decided(result: Result, decisions: list[Decision], take_off: Callable[[Result], Result]) -> Result | None:
    """One result as people decided; None where it does not count."""
    if any(decision.kind == Kind.EXEMPT for decision in decisions):
        return None
    about_tasks = [decision for decision in decisions if _turn(decision) < 2]
    for decision in sorted(about_tasks, key=_turn):
        result = _STEPS[Kind(decision.kind)](result, decision)
    result = take_off(result)
    for decision in sorted((decision for decision in decisions if _turn(decision) >= 2), key=_turn):
        result = _STEPS[Kind(decision.kind)](result, decision)
    return result


def _turn(decision: Decision) -> int:
    """Tasks first, then what is left out of them, then the exercise as a whole, and what is added to it."""
    if decision.kind == Kind.BONUS:
        return 3
    if decision.kind == Kind.POINTS and not decision.task:
        return 2
    return 1 if decision.kind == Kind.VOID else 0


def _with_points(result: Result, decision: Decision) -> Result:
    value = _points(decision)
    if not decision.task:
        _check(decision, value, result.max_score, result.exercise)
        told = f"by hand: {value:g} of {result.max_score:g}, was {result.score:g}: {decision.why}"
        by_hand = value - sum(score.score for score in result.scores)
        return _told(replace(result, by_hand=by_hand, note=""), told)  # whatever the grader failed at
    scores = list(result.scores)
    for place, score in enumerate(scores):
        if score.task == decision.task:
            _check(decision, value, score.max_score, score.task)
            told = f"by hand: {value:g} of {score.max_score:g}, was {score.score:g}: {decision.why}"
            scores[place] = replace(score, score=value, status=_status(value, score), reason=told)
            result = _told(result, f"{score.task}, {told}")
    return replace(result, scores=scores)


def _check(decision: Decision, value: float, most: float, what: str) -> None:
    if value > most:
        raise GraderError(
            f"{FILE}, line {decision.line}: {value:g} points are more than the {most:g} of {what}: give a bonus"
        )


def _status(value: float, score: TaskScore) -> Status:
    if value == score.max_score:
        return Status.PASSED
    return Status.PARTIAL if value else Status.FAILED


def _with_bonus(result: Result, decision: Decision) -> Result:
    """Nobody has less than nothing."""
    value = _points(decision)
    by_hand = max(result.by_hand + value, -sum(score.score for score in result.scores))
    return _told(replace(result, by_hand=by_hand), f"by hand: {value:+g} points: {decision.why}")


def _with_comment(result: Result, decision: Decision) -> Result:
    return _told(result, f"{decision.task}: {decision.why}" if decision.task else decision.why)


def _without_task(result: Result, decision: Decision) -> Result:
    """The points of the other tasks grow in proportion, so that the exercise is worth what it was."""
    others = [score for score in result.scores if score.task != decision.task]
    worth = sum(score.max_score for score in others)
    if not worth:
        raise GraderError(f"{FILE}, line {decision.line}: no task of {result.exercise} would be left: exempt from it")
    factor = result.max_score / worth
    scaled = [replace(s, score=round(s.score * factor, 4), max_score=round(s.max_score * factor, 4)) for s in others]
    told = f"by hand: {decision.task} does not count, the other tasks share its points: {decision.why}"
    return _told(replace(result, scores=scaled), told)


def _told(result: Result, remark: str) -> Result:
    return replace(result, remarks=[*result.remarks, remark])


def _unchanged(result: Result, decision: Decision) -> Result:
    return result


_STEPS = {
    Kind.POINTS: _with_points,
    Kind.BONUS: _with_bonus,
    Kind.COMMENT: _with_comment,
    Kind.VOID: _without_task,
    Kind.EXTENSION: _unchanged,
    Kind.EXEMPT: _unchanged,
    Kind.WITHDRAWN: _unchanged,
    Kind.MERGED: _unchanged,  # before all this (`merged`)
}
