"""The pytest plugin: the `student` fixture, the `task` mark, to-do handling and the score board.

It serves both kinds of run. In a student's own run `student` is the module itself; `grader.grading.hidden_run` puts a
process behind the wall in its place.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from grader.hints.known_mistakes import UNKNOWN, Attempt, KnownMistakes, digest_of_calls, hints_for, name_of, read_hints
from grader.kit.errors import GraderError
from grader.kit.exercise import EXERCISES, KIT, Exercise, exercise_of_test, find_exercise, load_catalog
from grader.learning.board import ExerciseBoard, write_board
from grader.learning.progress import remember_run
from grader.testing.compare import Expected
from grader.testing.feedback import Mismatch, hint_to_text, judge, to_text
from grader.testing.scoring import ERROR, FAILED, PASSED, TODO, PlannedTest, TaskScore, Verdict, score_exercise
from grader.testing.seeds import derive_seed
from grader.testing.student import Call, Student

VISIBLE_KEY = b"visible tests draw the same inputs every time"


@dataclass(frozen=True)
class Failure:
    """A test that failed in a student's own run: what is shown of it, and the calls that it made."""

    report: Any
    calls: list[Call]


@dataclass
class Session:
    """What the plugin knows of the present run."""

    open_student: Callable[[Exercise], Any]
    course_key: bytes = VISIBLE_KEY
    drawn_for: str = ""  # the hash of the file that is graded
    profile: str = "cpu"
    own_files: bool = False  # a student's run of their own files, whose points are remembered
    unlearned: bool = False  # take the budgets with which nothing is learned
    reveal: bool = True  # whether messages may show what a bare assertion compared
    plan: dict[str, list[PlannedTest]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    mismatch: Mismatch | None = None
    training: set[str] = field(default_factory=set)  # the tests that train networks: no two runs are alike
    failures: dict[str, Failure] = field(default_factory=dict)


SESSION = pytest.StashKey[Session]()
TEST = pytest.StashKey[tuple[Exercise, PlannedTest]]()


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

    # A single test that was asked for says little about its task.
    whole = not any("::" in word for word in config.args)
    own_files = whole and config.getoption("submission") is None
    config.stash[SESSION] = Session(open_student, profile=config.getoption("profile"), own_files=own_files)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The first line says which files are under test; runs of other projects of this Python are left alone."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    root = session.config.getoption("submission")
    if reporter is None or KIT not in (session.config.rootpath, *session.config.rootpath.parents):
        return
    reporter.write_line(f"exercises under test: {root or EXERCISES}" + ("" if root else " (your own files)"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    session = config.stash[SESSION]
    for item in items:
        mark = item.get_closest_marker("task")
        exercise = exercise_of_test(item.path) if mark else None
        if mark is None or exercise is None:
            continue
        try:
            task = exercise.task(mark.args[0])
        except GraderError as error:
            raise pytest.UsageError(f"{item.nodeid}: {error}") from None
        weight, edge = mark.kwargs.get("weight", 1), mark.kwargs.get("edge", False)
        test = PlannedTest(item.nodeid, task.name, weight, edge, _title(item))
        item.stash[TEST] = (exercise, test)
        if item.get_closest_marker("trains") is not None:
            session.training.add(test.id)
        session.plan.setdefault(exercise.name, []).append(test)


def _title(item: pytest.Item) -> str:
    """The first paragraph of a test's docstring in one line; its name where there is none."""
    text = inspect.cleandoc(getattr(getattr(item, "function", None), "__doc__", None) or item.name)
    return " ".join(text.split("\n\n")[0].split())


@pytest.fixture(scope="module")
def student(request: pytest.FixtureRequest) -> Any:
    """The student's module: `student.precision(y_true, y_pred)` calls the student's function."""
    exercise = exercise_of_test(request.path)
    if exercise is None:
        raise GraderError(f"{request.path} belongs to no exercise")
    return request.config.stash[SESSION].open_student(exercise)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """An integer drawn for this file and this test; a regrade draws the same."""
    session = request.config.stash[SESSION]
    test = f"{request.path.stem}::{request.node.name}"
    return derive_seed(session.course_key, session.drawn_for, test) % 2**31


@pytest.fixture
def rng(seed: int) -> Any:
    """A `numpy.random.Generator` for this file and this test."""
    import numpy as np

    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def profile(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Budgets and thresholds of this exercise for the device in use, from its `thresholds.toml`."""
    exercise = exercise_of_test(request.path)
    if exercise is None:
        raise GraderError(f"{request.path} belongs to no exercise")
    from grader.testing.thresholds import read_profile  # hidden tests alone have any

    session = request.config.stash[SESSION]
    return read_profile(exercise, session.profile, session.unlearned)


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


def pytest_runtest_teardown(item: pytest.Item) -> None:
    if TEST in item.stash and "student" in getattr(item, "funcargs", {}):
        item.funcargs["student"].calls = []  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_assertrepr_compare(config: pytest.Config, op: str, left: Any, right: Any) -> list[str] | None:
    if isinstance(right, Expected) and op == "==":
        config.stash[SESSION].mismatch = Mismatch(left, right)
        return [right.problem]
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if TEST not in item.stash:
        return report
    session = item.config.stash[SESSION]
    exercise, test = item.stash[TEST]
    if call.when == "setup":
        session.verdicts.pop(test.id, None)
    if call.excinfo is None:
        # Only a call phase that ran to its end is a pass; a failing teardown cannot take it back.
        if call.when == "call" and report.outcome == "passed":
            session.verdicts[test.id] = Verdict(PASSED)
        session.mismatch = None
        return report
    mismatch, session.mismatch = session.mismatch, None
    if call.when == "teardown":
        return report
    error = call.excinfo.value
    mismatch = mismatch if isinstance(error, AssertionError) else None
    verdict = judge(error, exercise.filename, mismatch, session.reveal)
    session.verdicts[test.id] = verdict
    if getattr(error, "cannot_import", False):
        session.notes[exercise.name] = str(error)
    _present(report, item, verdict, mismatch)
    return report


def _present(report: Any, item: pytest.Item, verdict: Verdict, mismatch: Mismatch | None) -> None:
    """Replace pytest's traceback by the feedback; what is to do stays silent until the board."""
    report.outcome = "failed"
    report.exercise_status = verdict.status
    session, (_, test) = item.config.stash[SESSION], item.stash[TEST]
    student = getattr(item, "funcargs", {}).get("student")
    calls = list(student.calls) if student is not None and verdict.status not in (TODO, ERROR) else []
    report.longrepr = to_text(verdict, test.title, calls[-1] if calls else None, mismatch)
    if session.reveal:
        session.failures[test.id] = Failure(report, calls)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hints are looked for when all tests of a task have run: one answer alone is not enough to go by."""
    mine = session.config.stash[SESSION]
    for name, tests in mine.plan.items() if mine.failures else ():
        exercise = find_exercise(name)
        known = read_hints(exercise)
        if known is None:
            continue
        for task in exercise.tasks:
            ran = [test for test in tests if test.task == task.name and test.id in mine.verdicts]
            _add_hints(mine, exercise, [test for test in ran if test.id not in mine.training], known)


def _add_hints(session: Session, exercise: Exercise, tests: list[PlannedTest], known: KnownMistakes) -> None:
    """Add hints to the feedback on the `tests` of one task."""
    if any(session.verdicts[test.id].status not in (PASSED, FAILED) for test in tests):
        return
    attempts = {}
    for test in tests:
        failure = session.failures.get(test.id)
        digest = digest_of_calls(exercise, known.salt, test, failure.calls) if failure else UNKNOWN
        attempts[name_of(test)] = Attempt(failure is None, test.edge, digest)
    hints = hints_for(known.mistakes, tests[0].task if tests else "", attempts)
    for test in tests:
        for hint in hints.get(name_of(test), []):
            session.failures[test.id].report.longrepr += "\n" + hint_to_text(hint)


def pytest_report_teststatus(report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    status = getattr(report, "exercise_status", None)
    if status == TODO:
        return "to do", "t", ("TO DO", {"cyan": True})
    if status == ERROR:
        return "broken", "!", ("BROKEN", {"red": True})
    return None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    session = config.stash[SESSION]
    if not session.plan:
        return
    boards = [
        ExerciseBoard(
            exercise,
            score_exercise(exercise, session.plan[name], session.verdicts),
            session.notes.get(name, ""),
        )
        for name, exercise in load_catalog().items()
        if name in session.plan
    ]
    terminalreporter.section("score board")
    # pytest captures standard output and writes to a copy of the original.
    write_board(boards, terminalreporter.write, getattr(sys.__stdout__, "encoding", None))
    if session.own_files:
        note = remember_run({board.exercise.name: _what_ran(board, session) for board in boards})
        terminalreporter.write(f"\n{note}\n" if note else "")


def _what_ran(board: ExerciseBoard, session: Session) -> list[TaskScore]:
    """The scores of the tasks of which every visible test has run."""
    left_out = {test.task for test in session.plan[board.exercise.name] if test.id not in session.verdicts}
    return [score for score in board.scores if score.task not in left_out]
