"""Submissions that a person should look at, each with the reason. Simple rules; none of them changes a score."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean, median

from grader.grading.result import Result
from grader.testing.verdict import Cause, Status

# Slow: so many times the median of the exercise, and so many seconds more than it.
TIMES_THE_MEDIAN, SECONDS_MORE = 5, 5
# Unlike the others: so much less of the points than the same student got elsewhere on average.
MUCH_LESS, OTHERS_NEEDED = 0.6, 3
# What a person should look at, by what stopped a test.
CAUSES = {
    Cause.TIME: "ran into a limit",
    Cause.LIMIT: "ran into a limit",
    Cause.ENDED: "ended by itself",
    Cause.REFUSED: "the sandbox refused something",
}


@dataclass(frozen=True)
class Unusual:
    """One submission that a person should look at."""

    student: str
    exercise: str
    score: float
    reason: str


def find_unusual(results: list[Result]) -> list[Unusual]:
    """Return what is unusual among `results`, which were all handed in: by exercise, then by student."""
    read = [result for result in results if not is_unreadable(result)]
    medians, elsewhere = _medians(read), _shares(read)
    found = [
        Unusual(result.student, result.exercise, result.score, reason)
        for result in read
        for reason in _reasons(result, medians[result.exercise], elsewhere[result.student])
    ]
    found += [
        Unusual(result.student, result.exercise, result.score, f"{Status.UNREADABLE.word}: {result.scores[0].reason}")
        for result in results
        if is_unreadable(result)
    ]
    return sorted(found, key=lambda row: (row.exercise, row.student))


def is_unreadable(result: Result) -> bool:
    """Whether something was handed in, and none of it could be used."""
    return bool(result.scores) and all(score.status == Status.UNREADABLE for score in result.scores)


def _reasons(result: Result, usual_seconds: float, shares: dict[str, float]) -> Iterator[str]:
    if result.note:
        yield f"the grader failed: {result.note}"
    told: set[str] = set()
    for test in result.tests:
        what = CAUSES.get(test.cause, "")
        if what and what not in told:
            told.add(what)
            yield f"{what}: {test.message}"
    if result.wall_seconds > max(TIMES_THE_MEDIAN * usual_seconds, usual_seconds + SECONDS_MORE):
        yield f"slow: {result.wall_seconds:.1f} s, where the median of the exercise is {usual_seconds:.1f} s"
    others = [share for exercise, share in shares.items() if exercise != result.exercise]
    if len(others) >= OTHERS_NEEDED and fmean(others) - shares[result.exercise] >= MUCH_LESS:
        yield f"unlike their other exercises, in which they have {fmean(others):.0%} of the points on average"


def _medians(results: list[Result]) -> dict[str, float]:
    seconds: dict[str, list[float]] = defaultdict(list)
    for result in results:
        seconds[result.exercise].append(result.wall_seconds)
    return {exercise: median(values) for exercise, values in seconds.items()}


def _shares(results: list[Result]) -> dict[str, dict[str, float]]:
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for result in results:
        shares[result.student][result.exercise] = result.score / result.max_score
    return shares
