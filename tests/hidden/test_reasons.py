"""What a grader says of a wrong file names what is wrong with it, and work that was not done earns nothing."""

from __future__ import annotations

import pytest

from grader.authoring.audit import cases
from grader.authoring.audit.cases import Case, grade_cases
from grader.class_run.machine import default_workers
from grader.grading.result import Result
from grader.kit.exercise import find_exercise
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


def grade(case: Case) -> Result:
    """Without the training that other tasks' tests do."""
    [(_, result)] = grade_cases([case], default_workers(), sandbox.choose(), quick=True)
    return result


@pytest.mark.parametrize(("number", "name", "words"), REASONS)
def test_the_reason_names_the_mistake(number: str, name: str, words: str):
    case = misconception(number, name)
    [score] = [score for score in grade(case).scores if score.task == case.wrong_task]
    assert words in score.reason


@pytest.mark.parametrize(("number", "name"), NO_WORK)
def test_a_network_that_was_not_trained_earns_nothing(number: str, name: str):
    case = misconception(number, name)
    [score] = [score for score in grade(case).scores if score.task == case.wrong_task]
    assert score.score == 0
