"""Hidden tests are collected once for many submissions, and no submission is seen by the next."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.machine import forks

from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.grading.result import Result
from grader.kit import exercise as exercises
from grader.kit.exercise import Exercise, Task, find_exercise
from grader.wall import sandbox

# The module and what it imports are there once; a test that sees what another has left behind fails.
HIDDEN_TESTS = '''
import os

import numpy as np
import pytest

COLLECTED_IN = os.getpid()
seen = []


@pytest.fixture(scope="module")
def shared():
    return []


@pytest.mark.task("double")
def test_double(student, rng, shared):
    """Twice the number"""
    assert os.getpid() != COLLECTED_IN
    assert not seen, "another submission was here"
    assert not shared, "another submission was here"
    assert "TRACE" not in os.environ, "another submission was here"
    seen.append(1)
    shared.append(1)
    os.environ["TRACE"] = "1"
    np.random.random()
    number = int(rng.integers(1_000_000))
    assert student.double(number) == 2 * number


@pytest.mark.task("double")
def test_one_after_the_other(student, shared):
    """The tests of one submission share what they make"""
    assert seen == shared == [1]
    assert student.double(2) == 4


@pytest.mark.task("double")
def test_fresh(student):
    """The student's module is imported anew"""
    assert student.times_asked() == 1
'''
RIGHT = """
count = 0


def double(x):
    return 2 * x


def times_asked():
    global count
    count += 1
    return count
"""
WRONG = RIGHT.replace("2 * x", "3 * x")


@pytest.fixture
def doubling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exercise:
    """An exercise of one task, with hidden tests of its own."""
    monkeypatch.setattr(exercises, "HIDDEN", tmp_path / "hidden")
    monkeypatch.setattr(exercises, "EXERCISES", tmp_path / "exercises")
    exercise = Exercise("ex90_doubling", "Doubling", "doubling", (), "numpy", (Task("double", 100, 5),))
    exercise.hidden.mkdir(parents=True)
    (exercise.hidden / "test_doubling.py").write_text(HIDDEN_TESTS)
    monkeypatch.setattr("grader.testing.plugin.exercise_of_test", lambda path: exercise)
    return exercise


@pytest.fixture
def lane() -> Iterator[Lane]:
    lane = Lane(sandbox.choose())
    yield lane
    lane.close()


def grade(lane: Lane, exercise: Exercise, source: str) -> Result:
    return lane.grade(Job(student="Ada", exercise=exercise, source=source.encode(), course_key=b"a key"))


def test_no_submission_is_seen_by_the_next(doubling: Exercise, lane: Lane):
    outcomes = [[test.status for test in grade(lane, doubling, source).tests] for source in (RIGHT, WRONG, RIGHT)]
    assert outcomes[0] == ["passed"] * 3
    assert outcomes[1] == ["failed", "failed", "passed"]
    assert outcomes[2] == outcomes[0]


def test_hidden_tests_are_collected_once(doubling: Exercise, lane: Lane):
    """What is on the disk afterwards does not matter."""
    assert grade(lane, doubling, RIGHT).score == 100
    (doubling.hidden / "test_doubling.py").write_text("this is not Python")
    assert grade(lane, doubling, RIGHT).score == 100


def test_order_changes_no_result(lane: Lane):
    """Among different exercises and files, each comes out as in a lane of its own."""
    metrics, perceptron = find_exercise("ex01"), find_exercise("ex04")
    half = metrics.solution.read_text("utf-8").replace("import numpy as np", "import numpy as np\nhalf = 1") + (
        "\ndef accuracy(y_true, y_pred):\n    return 0.5\n"
    )
    jobs = [(metrics, half), (perceptron, "pass"), (metrics, metrics.solution.read_text("utf-8")), (metrics, half)]
    together = [grade(lane, *job) for job in jobs]
    alone = []
    for job in jobs[:3]:
        own = Lane(sandbox.choose())
        alone.append(grade(own, *job))
        own.close()
    assert [result.tests for result in together] == [result.tests for result in [*alone, alone[0]]]


def test_what_cannot_be_collected_is_charged_to_nobody(doubling: Exercise, lane: Lane):
    (doubling.hidden / "test_more.py").write_text("import a_module_that_is_not_there")
    result = grade(lane, doubling, RIGHT)
    assert result.note == "the hidden tests could not be collected"
    assert result.content_hash == ""
    (doubling.hidden / "test_more.py").unlink()
    assert grade(lane, doubling, RIGHT).score == 100


@pytest.mark.parametrize("number", ["ex01", "ex08", "ex12"])
def test_nothing_runs_beside_the_collected_tests(lane: Lane, number: str):
    """A child of a process with threads could wait without end for a lock that one of them had."""
    before = forks(os.getpid())
    grade(lane, find_exercise(number), "pass")
    [grader] = set(forks(os.getpid())) - set(before)
    assert len(list(Path(f"/proc/{grader}/task").iterdir())) == 1
