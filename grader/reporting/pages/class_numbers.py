"""The numbers of a class report, computed from results: pure functions, no files, no pictures.

The statistics of tasks are those of classical item analysis (Crocker and Algina, *Introduction to Classical and Modern
Test Theory*, 1986, chapter 14): the *difficulty* of a task is the mean share of its points that students got (so that
an easy task has a high one), its *discrimination* is the correlation of that share with the points that the same
students got for the rest of the exercise. With tasks that are right or wrong this is the point-biserial correlation.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import nan

import numpy as np

from grader.grading.result import Result
from grader.handins.received import Outcome, Received
from grader.kit.errors import GraderError
from grader.reporting.current_hints import current_hint
from grader.reporting.exercise_names import title_of
from grader.reporting.pages.unusual import Unusual, find_unusual, is_unreadable
from grader.testing.verdict import Status

BINS = 10
SLOWEST = 10
# With fewer students a correlation says nothing.
FEWEST = 3


@dataclass(frozen=True)
class ExerciseNumbers:
    """How the points of one exercise are spread over those who handed it in; NaN when nobody did."""

    name: str
    title: str
    submitted: int
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]  # something came, and none of it could be used
    mean: float
    median: float
    lower_quartile: float
    upper_quartile: float
    histogram: tuple[int, ...]  # of the share of all points, in ten equal bins; the last one includes full marks


@dataclass(frozen=True)
class TaskNumbers:
    """How one task went; `difficulty` and `discrimination` are NaN where they are not defined."""

    exercise: str
    task: str
    points: float
    students: int
    to_do: int
    difficulty: float
    discrimination: float


@dataclass(frozen=True)
class MisconceptionNumbers:
    """Who has one misconception."""

    exercise: str
    task: str
    name: str
    hint: str
    who: tuple[str, ...]

    @property
    def students(self) -> int:
        """How many they are."""
        return len(self.who)


@dataclass(frozen=True)
class FailedTest:
    """Who failed one hidden test, which is named by the promise that it looks at."""

    exercise: str
    task: str
    promise: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class Grade:
    """The grade of one student as the course file has it; None as long as nothing counts."""

    student: str
    grade: float | None


@dataclass(frozen=True)
class ExerciseTime:
    """What grading one exercise took, in seconds."""

    exercise: str
    submissions: int
    wall_median: float
    wall_most: float
    wall_total: float
    student_cpu_total: float


@dataclass(frozen=True)
class TaskTime:
    """What the tests of one task took in all submissions together, in seconds."""

    exercise: str
    task: str
    total: float
    most: float


@dataclass(frozen=True)
class Slow:
    """One of the slowest submissions."""

    student: str
    exercise: str
    wall_seconds: float
    student_cpu_seconds: float


@dataclass(frozen=True)
class Remark:
    """What a person should know about a file that was graded."""

    student: str
    exercise: str
    remark: str


@dataclass(frozen=True)
class ClassNumbers:
    """Everything that a class report says."""

    students: int
    submissions: int
    exercises: list[ExerciseNumbers]
    tasks: list[TaskNumbers]
    misconceptions: list[MisconceptionNumbers]
    exercise_times: list[ExerciseTime]
    task_times: list[TaskTime]
    slowest: list[Slow]
    unusual: list[Unusual]
    absent: list[str]  # handed in nothing at all
    remarks: list[Remark]
    not_understood: list[Received] = field(default_factory=list)
    departed: list[str] = field(default_factory=list)  # have results, and are in the class no more
    failed_tests: list[FailedTest] = field(default_factory=list)
    grades: list[Grade] = field(default_factory=list)  # with a course file


def summarise(
    results: list[Result],
    departed: Iterable[str] = (),
    received: Iterable[Received] = (),
    grades: Mapping[str, float | None] | None = None,
) -> ClassNumbers:
    """Return the numbers of a whole class, with who left it, what came in, and the grades where a course has some.

    Raises:
        GraderError: there are no results.
    """
    if not results:
        raise GraderError("there is nothing to report: the results folder has no results; run 'grader grade' first")
    handed_in = [result for result in results if not is_missing(result)]
    by_exercise: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_exercise[result.exercise].append(result)
    names = sorted(by_exercise)
    judged = {name: [r for r in by_exercise[name] if _is_judged(r)] for name in names}
    present = {result.student for result in handed_in}
    return ClassNumbers(
        students=len({result.student for result in results}),
        submissions=len(handed_in),
        exercises=[_exercise(name, by_exercise[name], judged[name]) for name in names],
        tasks=[task for name in names for task in _tasks(name, judged[name])],
        misconceptions=_misconceptions(handed_in),
        exercise_times=[_exercise_time(name, judged[name]) for name in names if judged[name]],
        task_times=_task_times(handed_in),
        slowest=_slowest([result for result in handed_in if not is_unreadable(result)]),
        unusual=find_unusual(handed_in),
        absent=sorted({result.student for result in results} - present),
        remarks=[Remark(r.student, r.exercise, remark) for r in handed_in for remark in r.remarks],
        not_understood=[row for row in received if row.outcome == Outcome.UNKNOWN],
        departed=sorted(departed),
        failed_tests=_failed_tests(handed_in),
        grades=[Grade(*row) for row in sorted((grades or {}).items())],
    )


def is_missing(result: Result) -> bool:
    """Whether nothing was handed in."""
    return all(score.status == Status.MISSING for score in result.scores)


def _is_judged(result: Result) -> bool:
    return not (is_missing(result) or is_unreadable(result) or result.note)


def _exercise(name: str, results: list[Result], judged: list[Result]) -> ExerciseNumbers:
    points = np.array([result.score for result in judged], float)
    shares = np.array([result.score / result.max_score for result in judged], float)
    lower, median, upper = np.percentile(points, [25, 50, 75]) if len(points) else (nan, nan, nan)
    # Rounded, so that 0.3 falls where 30 of 100 points belong.
    counts = np.histogram(np.round(shares, 9), BINS, (0, 1))[0]
    missing = sorted(result.student for result in results if is_missing(result))
    unreadable = sorted(result.student for result in results if is_unreadable(result))
    return ExerciseNumbers(
        name, title_of(name), sum(not is_missing(result) for result in results), tuple(missing),
        tuple(unreadable),
        float(points.mean()) if len(points) else nan, float(median), float(lower), float(upper),
        tuple(int(count) for count in counts),
    )  # fmt: skip


def _tasks(exercise: str, judged: list[Result]) -> Iterable[TaskNumbers]:
    names = {score.task: score.max_score for result in judged for score in result.scores}
    rows = [{score.task: score for score in result.scores} for result in judged]
    for name, points in names.items():
        # Another version of the kit may have graded some of them on other tasks.
        having = [(row[name], result) for row, result in zip(rows, judged, strict=True) if name in row]
        shares = np.array([score.score / score.max_score for score, _ in having])
        rest = np.array([result.score - score.score for score, result in having])
        yield TaskNumbers(
            exercise, name, points, len(having), sum(score.status == Status.TODO for score, _ in having),
            float(shares.mean()), correlation(shares, rest),
        )  # fmt: skip


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson's correlation; NaN for fewer than three pairs, or when one side is constant."""
    if len(first) < FEWEST or np.ptp(first) < 1e-9 or np.ptp(second) < 1e-9:
        return nan
    return float(np.corrcoef(first, second)[0, 1])


def _misconceptions(results: list[Result]) -> list[MisconceptionNumbers]:
    """Return the commonest first. A student has each one once, however many tests tell."""
    who: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    hints: dict[tuple[str, str, str], str] = {}
    for result in results:
        for known in result.recognised:
            key = result.exercise, known.task, known.name
            who[key].add(result.student)
            hints[key] = current_hint(result.exercise, known)
    ordered = sorted(who, key=lambda key: (-len(who[key]), key))
    return [MisconceptionNumbers(*key, hints[key], tuple(sorted(who[key]))) for key in ordered]


def _failed_tests(results: list[Result]) -> list[FailedTest]:
    """Return those first that most students failed; whoever has still to do a task has failed none of its tests."""
    who: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for result in results:
        for test in result.tests:
            if test.title and test.status not in (Status.PASSED, Status.TODO):
                who[result.exercise, test.task, test.title].add(result.student)
    ordered = sorted(who, key=lambda key: (-len(who[key]), key))
    return [FailedTest(*key, tuple(sorted(who[key]))) for key in ordered]


def _exercise_time(exercise: str, results: list[Result]) -> ExerciseTime:
    wall = np.array([result.wall_seconds for result in results])
    cpu = sum(result.student_cpu_seconds for result in results)
    return ExerciseTime(exercise, len(wall), float(np.median(wall)), float(wall.max()), float(wall.sum()), cpu)


def _task_times(results: list[Result]) -> list[TaskTime]:
    """Those that took longest first."""
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    for result in results:
        for task, spent in result.task_seconds.items():
            seconds[result.exercise, task].append(spent)
    times = [TaskTime(exercise, task, sum(spent), max(spent)) for (exercise, task), spent in seconds.items()]
    return sorted(times, key=lambda time: (-time.total, time.exercise, time.task))


def _slowest(results: list[Result]) -> list[Slow]:
    ordered = sorted(results, key=lambda r: (-r.wall_seconds, r.student, r.exercise))[:SLOWEST]
    return [Slow(r.student, r.exercise, r.wall_seconds, r.student_cpu_seconds) for r in ordered]
