"""The hidden graders are right: the solution earns everything, the stub and answers without work nothing, every
misconception loses points on its own task and only there, and correct code in a strange style loses none. All of it
graded through the wall.

Training networks takes most of an hour: only `pytest tests/hidden/test_graders.py --whole` grades every misconception
and all correct code of the Keras exercises, and with the training that other tasks' tests do. Without it, it is every
sixteenth file, and every fourth answer without work."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import pytest

from grader.authoring.audit import cases
from grader.authoring.audit.cases import Case, failed_tasks, grade_cases, lost_tasks
from grader.authoring.audit.checks import missing
from grader.class_run.machine import default_workers
from grader.kit.exercise import Exercise, load_catalog
from grader.testing.verdict import Status
from grader.wall import sandbox

pytestmark = pytest.mark.minutes

EXERCISES = list(load_catalog().values())


def each(cases: Iterable[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", list(cases), ids=lambda case: case.id)


@pytest.fixture(scope="session")
def grade(request: pytest.FixtureRequest):
    """Grades every case of this run at once, in as many lanes as there are processors."""
    wanted = {item.callspec.params["case"].id: item.callspec.params["case"] for item in request.session.items
              if hasattr(item, "callspec") and "case" in item.callspec.params}  # fmt: skip
    quick = not request.config.getoption("whole")
    graded = grade_cases(list(wanted.values()), default_workers(), sandbox.choose(), quick)
    results = {case.id: result for case, result in graded}
    return lambda case: results[case.id]


@each(map(cases.solution, EXERCISES))
def test_solution_earns_every_point(case: Case, grade):
    result = grade(case)
    assert not lost_tasks(result)
    assert result.score == 100


@each(map(cases.stub, EXERCISES))
def test_untouched_stub_is_to_do_and_passes_no_test(case: Case, grade):
    result = grade(case)
    assert result.score == 0
    assert {score.status for score in result.scores} == {Status.TODO}
    assert Status.PASSED not in {test.status for test in result.tests}


@each(chain.from_iterable(map(cases.trivial_answers, EXERCISES)))
@pytest.mark.sampled(4)
def test_an_answer_without_work_earns_nothing(case: Case, grade):
    assert grade(case).score == 0


@each(chain.from_iterable(map(cases.correct_variants, EXERCISES)))
@pytest.mark.sampled(16)
def test_correct_code_in_another_style_earns_every_point(case: Case, grade):
    assert not lost_tasks(grade(case))


@each(chain.from_iterable(map(cases.misconceptions, EXERCISES)))
@pytest.mark.sampled(16)
def test_misconception_loses_points_on_its_task_and_only_there(case: Case, grade):
    assert failed_tasks(grade(case)) == {case.wrong_task}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_the_author_of_an_exercise_has_left_nothing_out(exercise: Exercise):
    assert missing(exercise) == []
