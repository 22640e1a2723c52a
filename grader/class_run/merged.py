"""Two names that are one person: the results of one are those of the other, wherever people read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from grader.class_run.decisions import FILE, Decision, Kind
from grader.grading.result import Result
from grader.testing.verdict import Status

Key = tuple[str, str]  # a student and an exercise


@dataclass(frozen=True)
class Merged:
    """What is left when every person has one name; and the decisions about names that are not there, in words."""

    results: list[Result]
    times: dict[Key, float]  # when files were handed in, in seconds since 1970
    decisions: list[Decision]  # all the others
    names: dict[str, str]  # the name that counts, by the one that is no more
    about_nothing: list[str]


def merge(results: Iterable[Result], times: Mapping[Key, float], decisions: Iterable[Decision]) -> Merged:
    """Give what people decided to be one person's one name. Of two files for an exercise the newer one counts.

    What was decided about the name that is no more is decided about the other one.
    """
    results, decisions = list(results), list(decisions)
    students = {result.student for result in results}
    merging = [decision for decision in decisions if decision.kind == Kind.MERGED]
    names = {decision.student: decision.value for decision in merging if decision.student in students}
    names = {old: _last(names, old) for old in names}
    kept: dict[Key, Result] = {}
    kept_times: dict[Key, float] = {}
    for result in sorted(results, key=lambda result: result.student in names):  # own files before those of the other
        old, key = (result.student, result.exercise), (names.get(result.student, result.student), result.exercise)
        time = times.get(old, 0.0)
        if key in kept and not _counts(result, time, kept[key], kept_times.get(key, 0.0)):
            continue
        if result.student in names:
            told = f"handed in as {result.student}"
            result = replace(result, student=key[0], remarks=[*result.remarks, told])
        kept[key] = result
        kept_times.pop(key, None)
        if old in times:
            kept_times[key] = time
    about_nothing = [
        f"{FILE}, line {decision.line}: there is no student {decision.student!r}"
        for decision in merging
        if decision.student not in students
    ]
    others = [
        replace(decision, student=names.get(decision.student, decision.student))
        for decision in decisions
        if decision.kind != Kind.MERGED
    ]
    ordered = sorted(kept.values(), key=lambda result: (result.student, result.exercise))
    return Merged(ordered, kept_times, others, names, about_nothing)


def _last(names: Mapping[str, str], old: str) -> str:
    """The name at the end, where one was merged into another that was merged, too."""
    seen = [old]
    while names.get(seen[-1], seen[-1]) not in seen:
        seen.append(names[seen[-1]])
    return seen[-1]


def _counts(result: Result, time: float, other: Result, other_time: float) -> bool:
    """Whether a result counts in place of another of the same person."""
    if _missing(result) or _missing(other):
        return _missing(other) and not _missing(result)
    return time > other_time


def _missing(result: Result) -> bool:
    return all(score.status == Status.MISSING for score in result.scores)
