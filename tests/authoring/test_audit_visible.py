"""The audit of the visible tests: what they see of the mistakes, whatever the wrong code does to the process."""

from __future__ import annotations

import json

import pytest

from grader.authoring.audit import visible
from grader.authoring.audit.visible import Distance, VisibleOutcome
from grader.kit.exercise import find_exercise
from grader.misconceptions import visible_tests
from grader.misconceptions.reading import Misconception, submission_with
from grader.misconceptions.visible_tests import TriedFile, run_visible_tests

ACTIVATIONS = find_exercise("ex05")
NEVER_ENDS = """
def step(s):
    while True:
        pass
"""
CATCHES_EVERYTHING = """
def step(s):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
ENDS_PYTHON = """
import os

def step(s):
    os._exit(0)
"""


def passed_tasks(run) -> set[str]:
    return {test.task for test in run.plan} - {test.task for test in run.plan if not run.attempts[test.id].passed}


def submission(source: str) -> str:
    return submission_with(ACTIVATIONS, Misconception("step", "", "", source))


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch):
    """Give wrong code less time."""
    monkeypatch.setattr(visible_tests, "TEST_SECONDS", {"numpy": 0.2})
    monkeypatch.setattr(visible_tests, "LAST_SECONDS", 1)


def test_wrong_code_that_never_ends_or_ends_python_stops_nothing(soon):
    sources = {"right": "", "endless": NEVER_ENDS, "stubborn": CATCHES_EVERYTHING, "gone": ENDS_PYTHON}
    files = [TriedFile(name, submission(source)) for name, source in sources.items()]
    runs = {file.key: run for file, run in run_visible_tests(ACTIVATIONS, files, workers=2)}
    tasks = {task.name for task in ACTIVATIONS.tasks}
    assert passed_tasks(runs["right"]) == tasks
    assert passed_tasks(runs["endless"]) == tasks - {"step"}
    assert passed_tasks(runs["stubborn"]) < tasks
    assert passed_tasks(runs["gone"]) < tasks


def test_only_what_is_wanted_runs_and_nothing_after_a_failure():
    file = TriedFile(
        "wrong", submission("def step(s):\n    return 7\n"), lambda test, trains: test.task == "step", True
    )
    [(_, run)] = run_visible_tests(ACTIVATIONS, [file])
    assert [attempt.passed for attempt in run.attempts.values()] == [False]
    assert len([test for test in run.plan if test.task == "step"]) > 1


@pytest.fixture(scope="module")
def squares(own_kit, run_in_own_kit):
    """A new exercise, and an audit of its visible tests after one of its files was changed."""
    made = run_in_own_kit("grader", "new-exercise", "ex15_squares", "--title", "S", "--tasks", "first:60,second:40")
    assert made.returncode == 0, made.stderr

    def audit(old: str = "", new: str = "", *options: str):
        tests = own_kit / "exercises" / "ex15_squares" / "test_squares.py"
        report, before = own_kit / "report.json", tests.read_text()
        assert old in before
        tests.write_text(before.replace(old, new))
        try:
            answer = run_in_own_kit("grader", "audit", "ex15", "--visible", "--json", report, *options)
        finally:
            tests.write_text(before)
        return answer, json.loads(report.read_text())[0]

    return audit


def test_what_the_visible_tests_see_is_counted(squares):
    answer, outcome = squares()
    assert (outcome["misconceptions"], outcome["seen_misconceptions"]) == (2, 2)
    assert 0 < outcome["seen_mutants"] <= outcome["mutants"]
    assert "2 of 2 (100.0%)" in answer.stdout


def test_what_only_hidden_tests_see_is_named_and_too_much_of_it_is_an_error(squares):
    answer, outcome = squares(" == close([1.0, 4.0, 9.0])", " is not None")
    assert (answer.returncode, outcome["seen_misconceptions"]) == (2, 0)
    assert "the visible tests of 1 of 1 exercises see too little" in answer.stderr
    named = [mistake["name"] for mistake in outcome["hidden_only"] if mistake["kind"] == "misconception"]
    assert len(named) == 2
    assert f"only hidden tests see the misconception of first {named[0]}" in answer.stdout
    places = [mistake["name"] for mistake in outcome["hidden_only"] if mistake["kind"] == "mutant"]
    assert any(place.endswith("->  return np.asarray(x, dtype=np.float64) * 2") for place in places)
    assert outcome["max_distance"] == max(far["shown"] - far["given"] for far in outcome["worst"]) > 15


def test_a_quick_look_at_the_files_of_people_says_the_same(squares):
    """It runs the tests of the wrong task alone: the others are right in a misconception."""
    keys = ("misconceptions", "seen_misconceptions", "mean_distance", "max_distance", "hidden_only")
    whole, quick = (
        squares(" == close([1.0, 4.0, 9.0])", " is not None", "--only", "cases", *options)[1]
        for options in ([], ["--quick"])
    )
    assert {key: quick[key] for key in keys} == {key: whole[key] for key in keys}


def test_a_distance_that_is_too_large_is_a_problem():
    outcome = VisibleOutcome("ex05_activations")
    visible._judge_distances(outcome, [Distance("step", "is_right", 100, 100), Distance("step", "is_zero", 100, 80)])
    assert (outcome.mean_distance, outcome.max_distance) == (10, 20)
    assert [problem.split()[0] for problem in outcome.problems] == ["a", "with"]
