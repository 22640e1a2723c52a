"""How much of a graded result a student gets to read: points only, kinds of problems, or what each test asks for, too.

Hidden inputs and expected values are in no result and in no title of a test, so that no level can show them.
"""

from dataclasses import dataclass
from enum import StrEnum

from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.options import DEFAULT_LEVEL
from grader.reporting.current_hints import current_hint
from grader.testing.verdict import Status, Verdict, failed_in_words


class FeedbackDetail(StrEnum):
    """How much of the feedback students read."""

    NONE = "none"  # points
    CATEGORY = "category"  # kinds of problems, and hints
    FULL = "full"  # the titles of failed hidden tests, too: what they ask for, in words


@dataclass(frozen=True)
class TaskFeedback:
    """What a student reads about one task."""

    task: str
    score: float
    max_score: float
    status: Status
    problems: list[str]
    hints: list[str]


def check_detail(level: str) -> FeedbackDetail:
    """Return the detail that `--level` names, which must be one of the three."""
    if level not in set(FeedbackDetail):
        raise GraderError(f"there is no feedback level '{level}'; choose from {', '.join(FeedbackDetail)}")
    return FeedbackDetail(level)


def student_view(result: Result, detail: str = DEFAULT_LEVEL) -> list[TaskFeedback]:
    """Return the feedback of every task of `result` at a level of detail."""
    detail = check_detail(detail)
    return [
        TaskFeedback(score.task, score.score, score.max_score, score.status, _problems(result, score.task, detail),
                     _hints(result, score.task, detail))
        for score in result.scores
    ]  # fmt: skip


def _hints(result: Result, task: str, detail: FeedbackDetail) -> list[str]:
    if detail == FeedbackDetail.NONE:
        return []
    return [current_hint(result.exercise, known) for known in result.recognised if known.task == task]


def _problems(result: Result, task: str, detail: FeedbackDetail) -> list[str]:
    """Each problem once, in the order of the tests; without tests, the reason why there are none."""
    if detail == FeedbackDetail.NONE:
        return []
    failed = [test for test in result.tests if test.task == task and test.status not in (Status.PASSED, Status.TODO)]
    if not result.tests:
        return [score.reason for score in result.scores if score.task == task and score.reason]
    titles = [test.title if detail == FeedbackDetail.FULL else "" for test in failed]
    verdicts = [Verdict(test.status, test.message, test.cause) for test in failed]
    lines = map(failed_in_words, titles, verdicts)
    return list(dict.fromkeys(line for line in lines if line))
