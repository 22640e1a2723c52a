"""The pytest plugin that decides: the `student` fixture, the `task` mark, seeds, and the verdict of every test.

It serves every kind of run. In a student's own run `student` is the module itself, and `grader.learning.own_run` shows
what the verdicts mean; `grader.grading.hidden_run` puts a process behind the wall in the module's place.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.kit.errors import GraderError
from grader.kit.exercise import EXERCISES, Exercise, exercise_of_test
from grader.testing.arguments import AsTheOthers, check_of_arguments, name_of_check
from grader.testing.compare import Expected
from grader.testing.differences import difference
from grader.testing.feedback import Failure, Mismatch, judge
from grader.testing.seeds import derive_seed
from grader.testing.session import SESSION, TEST, Session
from grader.testing.statement import line_of_test
from grader.testing.student import Student
from grader.testing.thresholds import read_profile
from grader.testing.trainings import Trainings
from grader.testing.verdict import PlannedTest, Status, Verdict


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("exercises", "exercises of Deep Learning with Keras")
    group.addoption("--submission", metavar="DIR", help="the folder whose exercises are tested (default: exercises)")
    group.addoption("--profile", choices=("cpu", "gpu"), default="cpu", help="budget and thresholds (default: cpu)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "task(name, weight=1, edge=False): the task that a test belongs to; an edge case counts only once a main "
        "test of its task passed",
    )
    config.addinivalue_line("markers", "trains: trains networks for seconds; a quick look at a grader leaves it out")
    root = Path(config.getoption("submission") or EXERCISES)
    if not root.is_dir():
        raise pytest.UsageError(f"--submission {root}: there is no such folder")

    def open_student(exercise: Exercise) -> Student:
        return Student(root / exercise.name / exercise.filename)

    config.stash[SESSION] = Session(open_student, profile=config.getoption("profile"))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report: Any = yield
    if isinstance(collector, pytest.Module) and report.passed:
        report.result = with_checks_of_arguments(collector, report.result)
    return report


def with_checks_of_arguments(module: pytest.Module, collected: list[Any]) -> list[Any]:
    """Return what was collected, with one more test behind the last of every task: of the arguments of all calls."""
    exercise, found = exercise_of_test(module.path), list(collected)
    if exercise is None:
        return found
    functions = exercise.stub.read_bytes() if exercise.stub.is_file() else b""
    last = {mark.args[0]: item for item in collected if (mark := _task_mark(item)) is not None}
    for task, item in last.items():
        if not re.search(rf"^def {task}\b".encode(), functions, re.MULTILINE):
            continue  # what has no function of its own, such as a class, has no calls to look at
        function = check_of_arguments(module.config.stash[SESSION], exercise, task)
        check = pytest.Function.from_parent(module, name=name_of_check(task), callobj=function)
        check.add_marker(pytest.mark.task(task, edge=True))
        found.insert(found.index(item) + 1, check)
    return found


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k precision` choose all tests of the task, whatever they are called."""
    mark = _task_mark(item)
    if mark is not None:
        item.extra_keyword_matches.add(mark.args[0])


def _task_mark(item: Any) -> pytest.Mark | None:
    return item.get_closest_marker("task") if isinstance(item, pytest.Item) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    session = config.stash[SESSION]
    for item in items:
        found = planned_test(item)
        if found is None:
            continue
        item.stash[TEST] = found
        exercise, test = found
        if item.get_closest_marker("trains") is not None:
            session.training.add(test.id)
        session.plan.setdefault(exercise.name, []).append(test)


def planned_test(item: pytest.Item) -> tuple[Exercise, PlannedTest] | None:
    """Return what a test is about, and how it counts; None where it belongs to no task of an exercise."""
    mark = item.get_closest_marker("task")
    exercise = exercise_of_test(item.path) if mark else None
    if mark is None or exercise is None:
        return None
    try:
        task = exercise.task(mark.args[0])
    except GraderError as error:
        raise pytest.UsageError(f"{item.nodeid}: {error}") from None
    weight, edge = mark.kwargs.get("weight", 1), mark.kwargs.get("edge", False)
    return exercise, PlannedTest(item.nodeid, task.name, weight, edge, _title(item))


def _title(item: pytest.Item) -> str:
    """Return the first paragraph of a test's docstring in one line; its name where there is none."""
    text = inspect.cleandoc(getattr(getattr(item, "function", None), "__doc__", None) or item.name)
    return " ".join(text.split("\n\n")[0].split())


@pytest.fixture(scope="module")
def student(request: pytest.FixtureRequest) -> Any:
    """The student's module: `student.precision(y_true, y_pred)` calls the student's function."""
    return request.config.stash[SESSION].open_student(_exercise_of(request))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """An integer drawn for this file and this test; a regrade draws the same."""
    session = request.config.stash[SESSION]
    return derive_seed(session.course_key, session.drawn_for, _test_of(request)) % 2**31


def _test_of(request: pytest.FixtureRequest) -> str:
    return f"{request.path.stem}::{request.node.name}"


@pytest.fixture
def course_seed(request: pytest.FixtureRequest) -> int:
    """An integer drawn for this course and this test, whatever the file: of all that decides a training.

    So equal models of two students learn the same from the same, and are trained once.
    """
    return derive_seed(request.config.stash[SESSION].course_key, "", _test_of(request)) % 2**31


@pytest.fixture
def course_rng(course_seed: int) -> Any:
    """A `numpy.random.Generator` for this course and this test."""
    import numpy as np

    return np.random.default_rng(course_seed)


@pytest.fixture
def rng(seed: int) -> Any:
    """A `numpy.random.Generator` for this file and this test."""
    import numpy as np

    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def profile(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Budgets and thresholds of this exercise for the device in use; hidden tests alone have any."""
    session = request.config.stash[SESSION]
    return read_profile(_exercise_of(request), session.profile, session.unlearned)


@pytest.fixture
def trainings(request: pytest.FixtureRequest) -> Trainings:
    """How this run trains; `grader.hidden.training` asks it whether a training has shown enough."""
    return request.config.stash[SESSION].trainings


@pytest.fixture(scope="module")
def once() -> Callable[[Any, Callable[[], Any]], Any]:
    """`once(key, run)` is `run()`, done by the first test that asks and shared by the others, failures too."""
    done: dict[Any, tuple[Any, Exception | None]] = {}

    def share(key: Any, run: Callable[[], Any]) -> Any:
        if key not in done:
            try:
                done[key] = run(), None
            except Exception as error:
                done[key] = None, error
        result, failure = done[key]
        if failure is not None:
            raise failure
        return result

    return share


def _exercise_of(request: pytest.FixtureRequest) -> Exercise:
    exercise = exercise_of_test(request.path)
    if exercise is None:
        raise GraderError(f"{request.path} belongs to no exercise")
    return exercise


def pytest_runtest_teardown(item: pytest.Item) -> None:
    if TEST in item.stash and "student" in getattr(item, "funcargs", {}):
        item.funcargs["student"].end_test()  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_assertrepr_compare(config: pytest.Config, op: str, left: Any, right: Any) -> list[str] | None:
    """Keep what a failed `==` compared; without `reveal`, only what `close` and `exactly` say without values."""
    if op != "==":
        return None
    session = config.stash[SESSION]
    if isinstance(right, Expected):
        session.mismatch = Mismatch(left, right.value, right.problem, right.detail)
        return [right.problem]
    if session.reveal:
        session.mismatch = Mismatch(left, right, *difference(left, right), strict=False)
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if TEST not in item.stash:
        return report
    session = item.config.stash[SESSION]
    _, test = item.stash[TEST]
    mismatch, session.mismatch = session.mismatch, None
    if call.when == "setup":
        session.verdicts.pop(test.id, None)
    if call.excinfo is None:
        # Only a call phase that ran to its end is a pass; a failing teardown cannot take it back.
        if call.when == "call" and report.outcome == "passed":
            session.verdicts[test.id] = Verdict(Status.PASSED)
    elif call.when != "teardown":
        _judge(item, call.excinfo.value, mismatch)
        report.outcome = "failed"
        report.longrepr = session.verdicts[test.id].message
    return report


def _judge(item: pytest.Item, error: BaseException, mismatch: Mismatch | None) -> None:
    """Keep the verdict of a test that ended with `error`, and what it takes to explain it."""
    session, (exercise, test) = item.config.stash[SESSION], item.stash[TEST]
    asserted = isinstance(error, AssertionError)
    mismatch = mismatch if asserted else None
    origin = session.origin_of(error, exercise.filename)
    known = error.verdict if isinstance(error, AsTheOthers) else None
    session.verdicts[test.id] = known or judge(error, origin, mismatch, session.reveal)
    student = getattr(item, "funcargs", {}).get("student")
    calls = list(student.calls) if student is not None else []
    line = line_of_test(error, item.path) if session.reveal and not calls else ""
    session.failures[test.id] = Failure(calls, asserted, mismatch, line)
