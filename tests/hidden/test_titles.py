"""Students read the titles of the hidden tests that they fail: each is a promise in words, and holds no input."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from grader.kit.exercise import Exercise, load_catalog
from grader.testing.session import Session, run_pytest

SHORTEST, LONGEST = 12, 104
NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e-?\d+)?")
SMALL = {"0", "1", "2", "3"}  # these stand in every formula
# Words of somebody who writes a test, not of somebody who promises something.
NO_PROMISE = re.compile(
    r"\b(hidden tests?|student|misconception|assert|seed=|rng\b|random (numbers|samples|weights))", re.I
)


def titled_tests(exercise: Exercise) -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in exercise.hidden_tests:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{path.name}::{node.name}", node


def title_of(node: ast.FunctionDef) -> str:
    return " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())


def public_numbers(exercise: Exercise) -> set[str]:
    """The numbers that students read anyway, written as digits."""
    files = (exercise.stub, exercise.handout, exercise.visible_tests, exercise.manifest)
    return {number for path in files for number in NUMBER.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", load_catalog())
def test_every_title_is_a_promise_without_a_value(name: str):
    exercise = load_catalog()[name]
    known = public_numbers(exercise) | SMALL
    wrong = []
    tests = list(titled_tests(exercise))
    for test, node in tests:
        title = title_of(node)
        # A docstring is a constant: nothing that a test draws can be in it.
        if not SHORTEST <= len(title) <= LONGEST:
            wrong.append(f"{test}: {len(title)} characters: {title}")
        if set(NUMBER.findall(title)) - known:
            wrong.append(f"{test}: a number that no student has seen: {title}")
        if NO_PROMISE.search(title) or " " not in title:
            wrong.append(f"{test}: not a promise in words: {title}")
    assert len(tests) >= len(exercise.tasks)
    assert wrong == []


def test_the_title_of_a_planned_test_is_its_docstring_and_no_parameter_is_in_it():
    """What students read is what `test_every_title_is_a_promise_without_a_value` looks at."""
    exercise = load_catalog()["ex06_gradient_descent"]
    session = Session(lambda _: None)

    class OnlyCollect:
        @staticmethod
        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
            items.clear()

    run_pytest(exercise.hidden_tests, session, OnlyCollect())
    titles = {title_of(node) for _, node in titled_tests(exercise)}
    assert {test.title for test in session.plan[exercise.name]} == titles | {"No argument is changed"}
