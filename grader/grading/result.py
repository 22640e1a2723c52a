"""The result of one student in one exercise, and how it is written down."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from grader.testing.scoring import TaskScore


@dataclass(frozen=True)
class TestResult:
    """What became of one hidden test."""

    id: str
    task: str
    status: str
    message: str
    title: str = ""  # what the test asks for, in words


@dataclass(frozen=True)
class Recognised:
    """A misconception that a student's wrong answers are those of."""

    task: str
    name: str
    hint: str


@dataclass(frozen=True)
class Result:
    """One student, one exercise. `content_hash` covers everything that decided it; empty, it is to be graded again."""

    student: str
    exercise: str
    scores: list[TaskScore]
    tests: list[TestResult]
    note: str  # why the grader failed, which is nothing that the student is to blame for, or ""
    sandbox: str
    profile: str
    device: str
    backend: str
    versions: dict[str, str]
    wall_seconds: float
    student_cpu_seconds: float
    content_hash: str
    source_hash: str = ""  # SHA-256 of the file; empty when none was handed in
    recognised: list[Recognised] = field(default_factory=list)
    task_seconds: dict[str, float] = field(default_factory=dict)  # wall time of each task's tests
    overdue: bool = False  # it ran into a limit while the machine was overloaded; never stored so

    @property
    def score(self) -> float:
        return round(sum(score.score for score in self.scores), 2)

    @property
    def max_score(self) -> float:
        return sum(score.max_score for score in self.scores)


def to_json(result: Result) -> str:
    return json.dumps(asdict(result), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Result:
    data = json.loads(text)
    data["scores"] = [TaskScore(**score) for score in data["scores"]]
    data["tests"] = [TestResult(**test) for test in data["tests"]]
    data["recognised"] = [Recognised(**misconception) for misconception in data.get("recognised", [])]
    return Result(**data)
