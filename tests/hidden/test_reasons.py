"""What a grader says of a wrong file names what is wrong with it, and work that was not done earns nothing."""

from __future__ import annotations

import pytest

from grader.authoring.audit import cases
from grader.authoring.audit.cases import Case, grade_cases
from grader.grading.result import Result
from grader.kit.exercise import find_exercise
from grader.testing.scoring import TaskScore
from grader.wall import sandbox

REASONS = [
    ("ex07", "last_layer_first", "the layers come in the wrong order"),
    ("ex08", "accuracy_has_a_short_name", "not under the name `accuracy`"),
    ("ex08", "metrics_in_third_place", "the third argument of compile is not the metrics"),
    ("ex08", "one_number_for_all_epochs", "the validation loss does not fall"),
    ("ex10", "metrics_in_third_place", "the third argument of compile is not the metrics"),
    ("ex13", "losses_that_were_thought_up", "for other pictures the losses are the same"),
]
NO_WORK = [("ex14", "fills_the_memory_and_never_learns")]


def misconception(number: str, name: str) -> Case:
    return next(case for case in cases.misconceptions(find_exercise(number)) if case.name == name)


@pytest.fixture(scope="module")
def results() -> dict[tuple[str, str], Result]:
    """All of them at once, in lanes that start once; without the training that other tasks' tests do."""
    wanted = {(number, name): misconception(number, name) for number, name, *_ in [*REASONS, *NO_WORK]}
    graded = {case.id: result for case, result in grade_cases(list(wanted.values()), 1, sandbox.choose(), quick=True)}
    return {key: graded[case.id] for key, case in wanted.items()}


def score_of(result: Result, number: str, name: str) -> TaskScore:
    return next(score for score in result.scores if score.task == misconception(number, name).wrong_task)


@pytest.mark.parametrize(("number", "name", "words"), REASONS)
def test_the_reason_names_the_mistake(number: str, name: str, words: str, results):
    assert words in score_of(results[number, name], number, name).reason


@pytest.mark.parametrize(("number", "name"), NO_WORK)
def test_a_network_that_was_not_trained_earns_nothing(number: str, name: str, results):
    assert score_of(results[number, name], number, name).score == 0
