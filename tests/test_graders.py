"""The hidden graders are right: the solution earns everything, the stub nothing, every misconception loses points on
its own task and only there, and correct code in a strange style loses none. All of it graded through the wall.

Training networks to see whether a misconception costs another task's points takes most of an hour: only
`pytest tests/test_graders.py --whole` does it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.batch import default_workers
from grader.catalog import Exercise, load_catalog
from grader.grade import Job
from grader.lanes import LaneSettings, run_jobs
from grader.misconceptions import read_misconceptions, submission_with
from grader.records import Result
from grader.scoring import NOT_RUN, PASSED, TODO
from grader.stubs import solution_path, stub_path
from grader.wall import sandbox

CORRECT = Path(__file__).parent / "correct"
COURSE_KEY = b"the key of the course that the kit's own tests belong to"


@dataclass(frozen=True)
class Case:
    """One file to be graded; `wrong_task` is the task that it gets wrong."""

    exercise: Exercise
    name: str
    source: str
    wrong_task: str = ""

    @property
    def id(self) -> str:
        return f"{self.exercise.number}-{self.wrong_task and self.wrong_task + '-'}{self.name}"


def solutions() -> list[Case]:
    return [Case(e, "solution", solution_path(e).read_text(encoding="utf-8")) for e in load_catalog().values()]


def stubs() -> list[Case]:
    return [Case(e, "stub", stub_path(e).read_text(encoding="utf-8")) for e in load_catalog().values()]


def correct_variants() -> list[Case]:
    return [
        Case(exercise, path.stem, path.read_text(encoding="utf-8"))
        for exercise in load_catalog().values()
        for path in sorted((CORRECT / exercise.name).glob("*.py"))
    ]


def misconceptions() -> list[Case]:
    return [
        Case(exercise, wrong.name, submission_with(exercise, wrong), wrong.task)
        for exercise in load_catalog().values()
        for wrong in read_misconceptions(exercise)
    ]


def each(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case.id for case in cases])


@pytest.fixture(scope="session")
def grade(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Grades every case of this run at once, in as many lanes as there are processors."""
    cases = {item.callspec.params["case"].id: item.callspec.params["case"] for item in request.session.items
             if hasattr(item, "callspec") and "case" in item.callspec.params}  # fmt: skip
    whole = request.config.getoption("whole")
    jobs = [
        Job(case.id, case.exercise, case.source.encode(), "", COURSE_KEY, "cpu", "", "" if whole else case.wrong_task)
        for case in cases.values()
    ]
    settings = LaneSettings(sandbox.choose(), (), tmp_path_factory.mktemp("bytecode"))

    def give_up(job: Job) -> Result:
        raise AssertionError(f"{job.student} took two lanes with it")

    results = {result.student: result for result in run_jobs(jobs, default_workers(), settings, give_up)}
    return lambda case: results[case.id]


def lost(result: Result) -> dict[str, str]:
    """The tasks that did not earn everything, with the reason."""
    return {score.task: score.reason for score in result.scores if score.score < score.max_score}


@each(solutions())
def test_solution_earns_every_point(case: Case, grade):
    result = grade(case)
    assert not lost(result)
    assert result.score == 100


@each(stubs())
def test_untouched_stub_is_to_do_and_passes_no_test(case: Case, grade):
    result = grade(case)
    assert result.score == 0
    assert {score.status for score in result.scores} == {TODO}
    assert PASSED not in {test.status for test in result.tests}


@each(correct_variants())
def test_correct_code_in_another_style_earns_every_point(case: Case, grade):
    assert not lost(grade(case))


@each(misconceptions())
def test_misconception_loses_points_on_its_task_and_only_there(case: Case, grade):
    ran = [test for test in grade(case).tests if (test.status, test.message) != (NOT_RUN.status, NOT_RUN.message)]
    assert {test.task for test in ran if test.status != PASSED} == {case.wrong_task}


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.name)
def test_exercise_has_enough_wrong_and_correct_implementations(exercise: Exercise):
    assert len(read_misconceptions(exercise)) >= 12
    assert len(list((CORRECT / exercise.name).glob("*.py"))) >= 2


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.name)
def test_every_task_of_ten_points_has_a_misconception(exercise: Exercise):
    covered = {wrong.task for wrong in read_misconceptions(exercise)}
    assert {task.name for task in exercise.tasks if task.points >= 10} <= covered


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.name)
def test_every_misconception_has_a_hint(exercise: Exercise):
    assert all(len(wrong.hint) > 30 for wrong in read_misconceptions(exercise))
