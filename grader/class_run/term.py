"""What a term makes of results: what is late costs points, and all together are a grade.

Nothing here reads a file or a clock: results, times, the course and the present go in.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from grader.class_run.course import Course, Rules
from grader.class_run.decisions import Decision, Kind, is_about, until
from grader.grading.result import Result
from grader.testing.verdict import Status

DAY = 24 * 60 * 60
# Clocks differ, and an upload takes its time.
GRACE = 60


@dataclass(frozen=True)
class Late:
    """How late a hand-in was, and what that cost."""

    days: int
    free: int  # of these days, those that cost nothing
    lost: float  # the share of the points; 1 is all of them

    def told(self) -> str:
        """In words, for the student."""
        late = f"{self.days} {'day' if self.days == 1 else 'days'} late"
        if self.free:
            late += f", {self.free} of them free"
        return f"{late}: {self.lost:.0%} of the points are lost" if self.lost else late


def counting(results: Iterable[Result], course: Course, now: float, decisions: Iterable[Decision] = ()) -> list[Result]:
    """Return the results of exercises that count by now; what is missing and not yet due is not there.

    Points that a person gave for a missing file count at once.
    """
    kept, decisions = [], list(decisions)
    for result in results:
        rules = course.exercises.get(result.exercise)
        if rules is None or (rules.opens is not None and rules.opens.timestamp() > now):
            continue
        due = _due(result, rules, decisions)
        if due is None or due < now or result.by_hand or not _missing(result):
            kept.append(result)
    return kept


def _missing(result: Result) -> bool:
    return all(score.status == Status.MISSING for score in result.scores)


def lateness(
    results: Iterable[Result], times: Mapping[tuple[str, str], float], course: Course, decisions: Iterable[Decision]
) -> dict[tuple[str, str], Late]:
    """Return what was late, by student and exercise. Free days go to what is due first, as far as they help.

    Nobody is late with an exercise that does not count for them.
    """
    decisions = list(decisions)
    exempt = [decision for decision in decisions if decision.kind == Kind.EXEMPT]
    results = [result for result in results if not any(is_about(decision, result) for decision in exempt)]
    late: dict[tuple[str, str], Late] = {}
    left: dict[str, int] = {}
    dated = [(_due(result, course.exercises[result.exercise], decisions), result) for result in results]
    for due, result in sorted(((due, result) for due, result in dated if due is not None), key=lambda pair: pair[0]):
        key = result.student, result.exercise
        over = times.get(key, due) - due - GRACE
        if over <= 0 or _missing(result):
            continue
        days = math.ceil(over / DAY)
        if course.late.last_day is not None and days > course.late.last_day:
            late[key] = Late(days, 0, 1.0)
            continue
        free = min(days, left.setdefault(result.student, course.late.free_days))
        left[result.student] -= free
        late[key] = Late(days, free, min(1.0, round((days - free) * course.late.penalty, 6)))
    return late


def _due(result: Result, rules: Rules, decisions: list[Decision]) -> float | None:
    extended = [until(one) for one in decisions if one.kind == Kind.EXTENSION and is_about(one, result)]
    return None if rules.due is None else max([rules.due.timestamp(), *extended])


def penalty(late: Mapping[tuple[str, str], Late]) -> Callable[[Result], Result]:
    """Return what takes off a result what its being late costs, and says so."""

    def take_off(result: Result) -> Result:
        found = late.get((result.student, result.exercise))
        if found is None:
            return result
        lost = round(found.lost * sum(score.score for score in result.scores), 2)
        return replace(result, by_hand=result.by_hand - lost, remarks=[*result.remarks, found.told()])

    return take_off


def grade(own: Iterable[Result], course: Course) -> float | None:
    """The grade of one student, from 0 to 100 and more with extra credit; None where nothing counts yet.

    The mean of the exercises' shares of their points, weighted, without the lowest; extra credit is added on top.
    """
    shares = [
        (result.score / result.max_score, course.exercises[result.exercise])
        for result in own
        if result.max_score and not result.note
    ]
    ordinary = sorted((share, rules.weight) for share, rules in shares if not rules.extra_credit and rules.weight)
    # As long as nothing else would be left, nothing is dropped.
    ordinary = ordinary[min(course.drop_lowest, max(len(ordinary) - 1, 0)) :]
    whole = sum(weight for _, weight in ordinary)
    if not whole:
        return None
    extra = sum(share * rules.weight for share, rules in shares if rules.extra_credit)
    return round(100 * (sum(share * weight for share, weight in ordinary) + extra) / whole, 2)
