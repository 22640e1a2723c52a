"""The skeleton of a new exercise works before anything of it is replaced, and never overwrites a file."""

from __future__ import annotations

import tomllib

import pytest

NEW = ("grader", "new-exercise", "ex15_squares", "--title", 'The "square"', "--tasks", "first:60,second:40")


@pytest.fixture(scope="module")
def made(own_kit, run_in_own_kit):
    answer = run_in_own_kit(*NEW, "--thresholds")
    assert answer.returncode == 0, answer.stderr
    return answer


def test_every_file_that_was_announced_is_there_and_python(made, own_kit):
    written = [line.removeprefix("written: ") for line in made.stdout.splitlines() if line.startswith("written: ")]
    assert len(written) == 13
    for path in written:
        text = (own_kit / path).read_text()
        assert "$" not in text
        if path.endswith(".py"):
            compile(text, path, "exec")
        if path.endswith(".toml"):
            tomllib.loads(text)


def test_its_stub_is_what_its_solution_says(made, run_in_own_kit):
    assert run_in_own_kit("grader", "stubs", "--check", "-e", "ex15").returncode == 0


def test_its_visible_tests_pass_on_the_solution_and_are_to_do_in_the_stub(made, run_in_own_kit):
    right = run_in_own_kit("pytest", "exercises/ex15_squares", "--submission", "solutions", "-q")
    assert right.returncode == 0, right.stdout
    stub = run_in_own_kit("pytest", "exercises/ex15_squares", "-q")
    assert stub.returncode == 1
    assert "2 to do" in stub.stdout


def test_a_second_time_it_refuses_and_changes_nothing(made, own_kit, run_in_own_kit):
    solution = own_kit / "solutions" / "ex15_squares" / "squares.py"
    before = solution.read_text()
    again = run_in_own_kit(*NEW)
    assert again.returncode == 2
    assert "there is an ex15 already" in again.stderr
    assert solution.read_text() == before


@pytest.mark.parametrize(
    ("name", "tasks", "needs", "words"),
    [
        ("squares", "a:100", "numpy", "not a name for an exercise"),
        ("ex16_../squares", "a:100", "numpy", "not a name for an exercise"),
        ("ex16_squares", "a:60,b:50", "numpy", "add up to 110"),
        ("ex16_squares", "a:50,a:50", "numpy", "not a new function"),
        ("ex16_squares", "class:100", "numpy", "not a new function"),
        ("ex16_squares", "a:-5,b:105", "numpy", "not a new function"),
        ("ex16_squares", "a:100", "torch", "choose from numpy, keras"),
        ("ex05_squares", "a:100", "numpy", "there is an ex05 already"),
    ],
)
def test_what_makes_no_exercise_is_refused(made, own_kit, run_in_own_kit, name, tasks, needs, words):
    answer = run_in_own_kit("grader", "new-exercise", name, "--title", "T", "--tasks", tasks, "--needs", needs)
    assert answer.returncode == 2
    assert words in answer.stderr
    assert not list(own_kit.glob("*/ex16*"))
