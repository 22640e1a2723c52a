"""The audit says so when a grader is wrong, and makes its mutants only where students write."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from grader.authoring.audit import checks, report
from grader.authoring.audit.checks import Outcome
from grader.authoring.audit.equivalents import read_equivalents, stale
from grader.authoring.audit.mutants import make_mutants, mutants_of, sample
from grader.authoring.audit.trivial import ANSWERS, answering
from grader.kit.exercise import find_exercise, load_catalog
from grader.misconceptions.reading import read_misconceptions

SOURCE = '''
"""Text: 1 + 1."""

LIMIT = 3


def given(x):
    return x + 1


def grow(x: int = 5) -> int:
    """Grow by 1."""
    ### BEGIN SOLUTION
    """Not a 2."""
    if x < 0 or not x:
        raise ValueError(f"{x + 7} is less than 0")
    return _twice(x, 2)[1:]
    ### END SOLUTION


### BEGIN SOLUTION
def _twice(x, times):
    return np.sum(x.copy(), axis=0) * times
### END SOLUTION
'''


def lines_of(source: str) -> set[tuple[str, str, str]]:
    return {mutant.key for mutant in mutants_of(source, ["grow"])}


def test_mutants_are_made_in_the_regions_only():
    mutants = mutants_of(SOURCE, ["grow"])
    assert {mutant.function for mutant in mutants} == {"grow", "_twice"}
    for mutant in mutants:
        for kept in ("LIMIT = 3", "return x + 1", "def grow(x: int=5) -> int:", '"""Grow by 1."""', "{x + 7} is less"):
            assert kept in mutant.source or (kept.startswith("{x") and mutant.mutated == "pass")


@pytest.mark.parametrize(
    ("function", "original", "mutated"),
    [
        ("grow", "if x < 0 or not x:", "if x <= 0 or not x:"),
        ("grow", "if x < 0 or not x:", "if x < 0 and (not x):"),
        ("grow", "if x < 0 or not x:", "if x < 0 or x:"),
        ("grow", "if x < 0 or not x:", "if x < 1 or not x:"),
        ("grow", "if x < 0 or not x:", "if x < 0:"),
        ("grow", "if x < 0 or not x:", "pass"),
        ("grow", "return _twice(x, 2)[1:]", "return _twice(2, x)[1:]"),
        ("grow", "return _twice(x, 2)[1:]", "return _twice(x, 2)[:]"),
        ("_twice", "return np.sum(x.copy(), axis=0) * times", "return np.sum(x, axis=0) * times"),
        ("_twice", "return np.sum(x.copy(), axis=0) * times", "return np.sum(x.copy(), axis=1) * times"),
        ("_twice", "return np.sum(x.copy(), axis=0) * times", "return np.sum(x.copy()) * times"),
        ("_twice", "return np.sum(x.copy(), axis=0) * times", "return np.mean(x.copy(), axis=0) * times"),
        ("_twice", "return np.sum(x.copy(), axis=0) * times", "return np.sum(x.copy(), axis=0) / times"),
    ],
)
def test_the_mistakes_of_numerical_code_are_among_them(function, original, mutated):
    assert (function, original, mutated) in lines_of(SOURCE)


def test_a_helper_belongs_to_the_task_that_uses_it():
    assert {mutant.task for mutant in mutants_of(SOURCE, ["grow"])} == {"grow"}


def test_the_same_mutants_and_the_same_sample_every_time():
    exercise = load_catalog()["ex05_activations"]
    first, second = make_mutants(exercise), make_mutants(exercise)
    assert first == second
    assert len({mutant.key for mutant in first}) == len(first)
    assert sample(first, 5) == sample(second, 5)
    assert len(sample(first, 5)) == -(-len(first) // 5)


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.name)
def test_what_is_listed_as_equivalent_is_still_a_mutant(exercise):
    assert stale(read_equivalents(exercise), make_mutants(exercise)) == []


def test_what_is_listed_and_gone_is_named():
    mutants = mutants_of(SOURCE, ["grow"])
    gone = ("grow", "if x < 0:", "if x > 0:")
    assert stale({mutants[0].key: "why", gone: "why"}, mutants) == ["grow: if x < 0:  ->  if x > 0:"]


STUB = '''
def grow(x, times):
    """Grow."""
    if times < 0:
        raise ValueError("times is below 0")
    raise NotImplementedError("ex15 grow")


def given(x):
    return x + 1


class Garden:
    def __init__(self, size):
        raise NotImplementedError("ex15 __init__")

    def plant(self, seed):
        raise NotImplementedError("ex15 plant")
'''


@pytest.mark.parametrize(
    ("answer", "grown", "planted"),
    [("nothing", None, None), ("half", 0.5, 0.5), ("its_argument", [4, 8], 7), ("the_mean", 6.0, 7.0)],
)
def test_an_answer_without_work_is_given_wherever_work_is_asked_for(answer, grown, planted):
    module: dict[str, Any] = {}
    exec(answering(STUB, ANSWERS[answer]), module)
    assert module["grow"]([4, 8], 2) == grown
    assert module["Garden"](3).plant(7) == planted
    assert module["given"](1) == 2
    with pytest.raises(ValueError):
        module["grow"]([4, 8], -1)


@pytest.fixture(scope="module")
def squares(own_kit, run_in_own_kit):
    """A new exercise, and an audit of it after one of its files was changed."""
    made = run_in_own_kit("grader", "new-exercise", "ex15_squares", "--title", "S", "--tasks", "first:60,second:40")
    assert made.returncode == 0, made.stderr

    def audit(path: str = "", old: str = "", new: str = "", *options: str):
        report = own_kit / "report.json"
        before = (own_kit / path).read_text() if path else ""
        if path:
            assert old in before
            (own_kit / path).write_text(before.replace(old, new))
        try:
            answer = run_in_own_kit("grader", "audit", "ex15", "--seeds", "1", "--json", report, *options)
        finally:
            if path:
                (own_kit / path).write_text(before)
        return answer, json.loads(report.read_text())[0]

    return audit


HIDDEN_TESTS = "grader/hidden/ex15_squares/test_squares.py"


def test_a_skeleton_is_graded_rightly_and_its_author_told_what_is_missing(squares):
    answer, outcome = squares()
    assert answer.returncode == 2
    assert (outcome["reference"], outcome["stub"], outcome["variants_full"], outcome["caught"]) == (100, 0, 1, 2)
    assert outcome["refused"] == outcome["trivial"] > 0
    assert "there are 2 of the 12 misconceptions that are needed" in outcome["problems"]
    kinds = ("needed", "has a TODO", "has no picture.png", "has no known_mistakes.toml", "README.md has no row")
    for kind in kinds:
        assert any(kind in problem for problem in outcome["problems"]), kind
    assert [problem for problem in outcome["problems"] if not any(kind in problem for kind in kinds)] == []


def test_a_grader_that_sees_shapes_only_lets_a_misconception_and_mutants_pass(squares):
    answer, outcome = squares(HIDDEN_TESTS, " == close(", ".shape == x.shape or close(")
    assert outcome["caught"] == 0
    assert "the misconception first_is_doubled loses no points" in outcome["problems"]
    assert "answers_zeros does no work and earns 100 points, some of them for first" in outcome["problems"]
    assert any(survivor.endswith("->  return np.asarray(x, dtype=np.float64) * 2") for survivor in outcome["survivors"])
    assert "the misconception first_is_doubled loses no points" in answer.stdout


def test_a_grader_that_asks_for_too_much_is_named_with_the_code_that_it_wrongs(squares):
    _, outcome = squares(HIDDEN_TESTS, "close(np.square(", "close(1 + np.square(", "--only", "cases")
    assert outcome["reference"] < 100
    assert any(problem.startswith("solution is correct and loses points of first") for problem in outcome["problems"])
    assert any(problem.startswith("plain_python is correct and loses points") for problem in outcome["problems"])


def test_a_task_without_a_misconception_is_named(squares):
    path = "grader/hidden/ex15_squares/misconceptions/squares.py"
    _, outcome = squares(path, '@misconception("second")', '@misconception("first")', "--only", "cases")
    assert "no misconception of second" in outcome["problems"]


def test_a_hint_that_is_too_short_is_not_said_to_be_missing(monkeypatch: pytest.MonkeyPatch):
    wrong = read_misconceptions(find_exercise("ex01"))
    short = [replace(wrong[0], hint="Look again."), *wrong[1:]]
    monkeypatch.setattr(checks, "read_misconceptions", lambda exercise: short)
    assert checks.missing(find_exercise("ex01")) == [
        f"the hint of the misconception {wrong[0].name} has 11 characters, {checks.LEAST_HINT} are needed"
    ]


def test_a_list_of_equivalents_that_is_wrong_is_found_out(squares, own_kit):
    solution = "return np.asarray(x, dtype=np.float64) ** 2"
    entries = [(solution, solution.replace("**", "*")), (solution, "return 0")]
    tables = "".join(
        f'[[equivalent]]\nfunction = "first"\noriginal = "{old}"\nmutated = "{new}"\nreason = "none"\n'
        for old, new in entries
    )
    listed = own_kit / "grader" / "hidden" / "ex15_squares" / "equivalent.toml"
    listed.write_text(tables)
    try:
        _, outcome = squares("", "", "", "--only", "mutants")
    finally:
        listed.unlink()
    assert f"listed as equivalent, and no mutant any more: first: {solution}  ->  return 0" in outcome["problems"]
    assert (
        f"listed as equivalent, and a test fails with it: first: {solution}  ->  {entries[0][1]}" in outcome["problems"]
    )


def test_the_table_has_a_column_for_what_was_looked_at_only():
    cases = Outcome("ex01_metrics", 100.0, 0.0, 12, 12, 3, 3, 72, 72, 72, 3)
    mutants = Outcome("ex01_metrics", mutants=139, killed=138, equivalent=12)
    assert report.to_markdown([cases]) == (
        "| exercise | solution | stub | trivial answers refused | correct code | misconceptions caught | with own hint "
        "| seeds | verdict |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| ex01 | 100 | 0 | 12 of 12 | 3 of 3 | 72 of 72 | 72 of 72 | 3 | right |\n"
    )
    assert report.to_markdown([mutants]).splitlines()[2] == "| ex01 | 138 of 139 (99.3%) | 12 | right |"
    names = [column.header for column in report.outcomes_table([cases, mutants]).columns]
    assert names == list(report.COLUMNS)


def test_an_unknown_part_is_refused(grader):
    answer = grader("audit", "ex01", "--only", "everything")
    assert answer.returncode == 2
    assert "choose cases or mutants" in answer.stderr
