"""The result of one student in one exercise, and how it is written down."""

from dataclasses import dataclass, field

import msgspec

from grader.misconceptions.recognise import Recognised
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Cause, Status


@dataclass(frozen=True)
class TestResult:
    """What became of one hidden test."""

    __test__ = False  # for pytest, whose own tests of the kit import it

    id: str
    task: str
    status: Status
    message: str
    title: str = ""  # what the test asks for, in words
    cause: Cause = Cause.NONE


@dataclass(frozen=True, kw_only=True)
class Result:
    """One student, one exercise. `content_hash` covers everything that decided it; empty, it is to be graded again."""

    student: str
    exercise: str
    scores: list[TaskScore]
    tests: list[TestResult] = field(default_factory=list)
    note: str = ""  # why the grader failed, for which the student is not to blame
    remarks: list[str] = field(default_factory=list)  # which file was taken where that is not plain, that it was late
    sandbox: str = ""
    profile: str = ""
    device: str = ""
    backend: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    wall_seconds: float = 0.0
    student_cpu_seconds: float = 0.0
    content_hash: str = ""
    source_hash: str = ""  # SHA-256 of the file; empty when none was handed in
    recognised: list[Recognised] = field(default_factory=list)
    task_seconds: dict[str, float] = field(default_factory=dict)  # wall time of each task's tests
    overdue: bool = False  # it ran into a limit while the machine was overloaded; never stored so
    by_hand: float = 0.0  # points that a person added to those of the tasks, or took away; never stored so

    @property
    def score(self) -> float:
        return round(sum(score.score for score in self.scores) + self.by_hand, 2)

    @property
    def max_score(self) -> float:
        return round(sum(score.max_score for score in self.scores), 2)


def to_json(result: Result) -> str:
    return msgspec.json.encode(result, order="sorted").decode()


def from_json(text: str) -> Result:
    """Return the result in a record.

    Raises:
        msgspec.DecodeError: it is not a record of this kit.
    """
    return msgspec.json.decode(text, type=Result)
