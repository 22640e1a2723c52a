"""How much of a graded result a student gets to read: points only, kinds of problems, or titles of tests too.

Hidden inputs and expected values are in no result, so that no level can show them.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.testing.scoring import PASSED, TODO

NONE, CATEGORY, FULL = LEVELS = ("none", "category", "full")


@dataclass(frozen=True)
class TaskFeedback:
    """What a student reads about one task."""

    task: str
    score: float
    max_score: float
    status: str
    problems: list[str]
    hints: list[str]


def check_level(level: str) -> str:
    """`level`, which must be one of the three."""
    if level not in LEVELS:
        raise GraderError(f"there is no feedback level '{level}'; choose from {', '.join(LEVELS)}")
    return level


def student_view(result: Result, level: str = CATEGORY) -> list[TaskFeedback]:
    """The feedback of every task of `result` at `level`: `none`, `category` or `full`."""
    check_level(level)
    return [
        TaskFeedback(
            score.task,
            score.score,
            score.max_score,
            score.status,
            _problems(result, score.task, level),
            [] if level == NONE else [known.hint for known in result.recognised if known.task == score.task],
        )
        for score in result.scores
    ]


def _problems(result: Result, task: str, level: str) -> list[str]:
    """Each problem once, in the order of the tests; without tests, the reason why there are none."""
    if level == NONE:
        return []
    failed = [test for test in result.tests if test.task == task and test.status not in (PASSED, TODO)]
    if not result.tests:
        return [score.reason for score in result.scores if score.task == task and score.reason]
    lines = [f"{test.title}: {test.message}" if level == FULL and test.title else test.message for test in failed]
    return list(dict.fromkeys(line for line in lines if line))
