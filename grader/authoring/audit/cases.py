"""Files whose points are known before they are graded, and how many of them are graded at once, behind the wall."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader.authoring.audit.trivial import ANSWERS, answering
from grader.class_run.pool import LaneSettings, run_jobs
from grader.grading.job import Job
from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.misconceptions.reading import read_misconceptions, submission_with
from grader.testing.verdict import NOT_RUN, Status

COURSE_KEY = b"the key of the course that the kit's own tests belong to"


@dataclass(frozen=True)
class Case:
    """One file to be graded; `wrong_task` is the task that it gets wrong, `seed` says which inputs are drawn."""

    exercise: Exercise
    name: str
    source: str
    wrong_task: str = ""
    seed: int = 0
    until_failure: bool = False
    worthless: bool = False  # must earn nothing

    @property
    def id(self) -> str:
        place = f"{self.exercise.number}-{self.wrong_task and self.wrong_task + '-'}{self.name}"
        return place + (f"-seed{self.seed}" if self.seed else "")


def solution(exercise: Exercise) -> Case:
    return Case(exercise, "solution", exercise.solution.read_text(encoding="utf-8"))


def stub(exercise: Exercise) -> Case:
    return Case(exercise, "stub", exercise.stub.read_text(encoding="utf-8"), worthless=True)


def trivial_answers(exercise: Exercise) -> list[Case]:
    """Files that answer without work."""
    todo = stub(exercise)
    return [replace(todo, name=f"answers_{name}", source=answering(todo.source, ANSWERS[name])) for name in ANSWERS]


def correct_variants(exercise: Exercise) -> list[Case]:
    """Correct code in other styles."""
    return [Case(exercise, path.stem, path.read_text(encoding="utf-8")) for path in exercise.correct]


def misconceptions(exercise: Exercise) -> list[Case]:
    return [
        Case(exercise, wrong.name, submission_with(exercise, wrong), wrong.task)
        for wrong in read_misconceptions(exercise)
    ]


def with_seeds(cases: Iterable[Case], seeds: int) -> list[Case]:
    """Every case under each of so many keys of a course."""
    return [replace(case, seed=seed) for case in cases for seed in range(seeds)]


def grade_cases(cases: list[Case], workers: int, level: str, quick: bool) -> Iterator[tuple[Case, Result]]:
    """Grade `cases`, in the order in which they are finished; `quick`, without other tasks' training.

    Raises:
        GraderError: a case could not be graded.
    """
    by_id = {case.id: case for case in cases}
    jobs = [_job(case, quick) for case in cases]
    with tempfile.TemporaryDirectory() as bytecode:
        for result in run_jobs(jobs, workers, LaneSettings(level, (), Path(bytecode)), _give_up):
            if result.note:
                raise GraderError(f"{result.student} could not be graded: {result.note}")
            yield by_id[result.student], result


def lost_tasks(result: Result) -> dict[str, str]:
    """Return the tasks that did not earn everything, with the reason."""
    return {score.task: score.reason for score in result.scores if score.score < score.max_score}


def failed_tasks(result: Result) -> set[str]:
    """Return the tasks of which a test that ran did not pass; a quick look leaves some tests out."""
    ran = [test for test in result.tests if (test.status, test.message) != (NOT_RUN.status, NOT_RUN.message)]
    return {test.task for test in ran if test.status != Status.PASSED}


def _job(case: Case, quick: bool) -> Job:
    key = COURSE_KEY + (f", again {case.seed}".encode() if case.seed else b"")
    task = case.wrong_task if quick else ""
    return Job(
        student=case.id, exercise=case.exercise, source=case.source.encode(), course_key=key, quick_for=task,
        until_failure=case.until_failure,
    )  # fmt: skip


def _give_up(job: Job) -> Result:
    raise GraderError(f"{job.student} killed two lanes")
