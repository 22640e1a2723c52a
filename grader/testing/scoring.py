"""Test outcomes -> task scores. Fails closed: what did not run and pass earns nothing.

A task's score is the weighted share of its tests that passed. Edge cases (bad input, empty classes, ...) count only
once a main test of the same task has passed, so that a function which always raises, or always returns 0, earns
nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.kit.exercise import Exercise
from grader.testing.verdict import NOT_RUN, PlannedTest, Status, Verdict, failed_in_words


@dataclass(frozen=True)
class TaskScore:
    """What one task earned, out of how much, and why not more."""

    task: str
    score: float
    max_score: float
    status: Status
    reason: str


def score_exercise(exercise: Exercise, plan: Iterable[PlannedTest], verdicts: Mapping[str, Verdict]) -> list[TaskScore]:
    """Score every task of the manifest, in its order.

    A task without a planned main test, and a test without a verdict, earn nothing.
    """
    tests: dict[str, list[PlannedTest]] = {task.name: [] for task in exercise.tasks}
    for test in plan:
        if test.task in tests:
            tests[test.task].append(test)
    return [_score_task(task.name, task.points, tests[task.name], verdicts) for task in exercise.tasks]


def without_tests(exercise: Exercise, status: Status, reason: str) -> list[TaskScore]:
    """Nothing for every task, for one reason: not handed in, cannot be imported, the grader failed."""
    return [TaskScore(task.name, 0.0, task.points, status, reason) for task in exercise.tasks]


def _score_task(name: str, points: float, tests: list[PlannedTest], verdicts: Mapping[str, Verdict]) -> TaskScore:
    outcome = {test.id: verdicts.get(test.id, NOT_RUN) for test in tests}
    passed = [test for test in tests if outcome[test.id].status == Status.PASSED]
    if not any(not test.edge for test in passed):
        passed = []
    total = sum(test.weight for test in tests)
    share = sum(test.weight for test in passed) / total if total else 0.0
    if share == 1.0:
        return TaskScore(name, float(points), points, Status.PASSED, "")
    failures = [test for test in tests if outcome[test.id].status != Status.PASSED]
    status = _status(passed, [outcome[test.id] for test in failures])
    told = [failed_in_words(test.title, outcome[test.id]) for test in failures]
    return TaskScore(name, round(points * share, 2), points, status, _reason(tests, told))


def _status(passed: list[PlannedTest], failures: list[Verdict]) -> Status:
    if passed:
        return Status.PARTIAL
    for status in (Status.FAILED, Status.TODO):
        if any(verdict.status == status for verdict in failures):
            return status
    return Status.ERROR


def _reason(tests: list[PlannedTest], failures: list[str]) -> str:
    if not tests:
        return "no test covers this task"
    if not failures:
        return "only edge cases passed"
    told = list(dict.fromkeys(filter(None, failures)))
    return f"{len(failures)} of {len(tests)} tests failed: " + "; ".join(told[:3])
