"""The pytest plugin of a student's own run: feedback in place of tracebacks, hints, and the score board.

It shows what `grader.testing.plugin` has decided; a graded run does without it.
"""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from grader.hints import known_mistakes
from grader.hints.known_mistakes import Attempt, KnownMistakes, name_of
from grader.kit.exercise import EXERCISES, KIT, Exercise, find_exercise, load_catalog
from grader.learning.board import ExerciseBoard, write_board
from grader.learning.progress import remember_run
from grader.testing.feedback import hint_to_text, to_text
from grader.testing.scoring import TaskScore, score_exercise
from grader.testing.session import SESSION, TEST, Session
from grader.testing.verdict import PlannedTest, Status

REPORTS = pytest.StashKey[dict[str, Any]]()  # those of tests that failed, by their ids


def pytest_configure(config: pytest.Config) -> None:
    config.stash[REPORTS] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Write which files are under test in the first line; runs of other projects of this Python are left alone."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    root = session.config.getoption("submission")
    if reporter is None or KIT not in (session.config.rootpath, *session.config.rootpath.parents):
        return
    reporter.write_line(f"exercises under test: {root or EXERCISES}" + ("" if root else " (your own files)"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Replace pytest's traceback by the feedback; what is to do stays silent until the board."""
    report: Any = yield
    if TEST in item.stash and call.excinfo is not None and call.when != "teardown":
        _, test = item.stash[TEST]
        session = item.config.stash[SESSION]
        verdict, failure = session.verdicts[test.id], session.failures[test.id]
        calls = failure.calls if verdict.status not in (Status.TODO, Status.ERROR) else []
        report.exercise_status = verdict.status
        report.longrepr = to_text(verdict, test.title, calls[-1] if calls else None, failure.mismatch)
        item.config.stash[REPORTS][test.id] = report
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hints are looked for when all tests of a task have run: one answer alone is not enough to go by."""
    mine, reports = session.config.stash[SESSION], session.config.stash[REPORTS]
    for name, tests in mine.plan.items() if reports else ():
        exercise = find_exercise(name)
        known = known_mistakes.read_known_mistakes(exercise)
        if known is None:
            continue
        for task in exercise.tasks:
            ran = [test for test in tests if test.task == task.name and test.id in mine.verdicts]
            for test, hint in _hints(mine, exercise, [test for test in ran if test.id not in mine.training], known):
                reports[test.id].longrepr += "\n" + hint_to_text(hint)


def _hints(
    session: Session, exercise: Exercise, tests: list[PlannedTest], known: KnownMistakes
) -> Iterator[tuple[PlannedTest, str]]:
    """Yield the hints that belong to the failed ones of the `tests` of one task."""
    if any(session.verdicts[test.id].status not in (Status.PASSED, Status.FAILED) for test in tests):
        return
    attempts = {}
    for test in tests:
        passed = session.verdicts[test.id].status == Status.PASSED
        calls = [] if passed else session.failures[test.id].calls
        digest = known_mistakes.UNKNOWN if passed else known_mistakes.digest_of_calls(exercise, known.salt, test, calls)
        attempts[name_of(test)] = Attempt(passed, test.edge, digest)
    hints = known_mistakes.hints_for(known.mistakes, tests[0].task if tests else "", attempts)
    for test in tests:
        yield from ((test, hint) for hint in hints.get(name_of(test), []))


def pytest_report_teststatus(report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    status = getattr(report, "exercise_status", None)
    if status in (Status.TODO, Status.ERROR):
        letter = "t" if status == Status.TODO else "!"
        return status.word, letter, (status.word.upper(), {status.colour: True})
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
    if _are_own_files(config):
        note = remember_run({board.exercise.name: _what_ran(board, session) for board in boards})
        terminalreporter.write(f"\n{note}\n" if note else "")


def _are_own_files(config: pytest.Config) -> bool:
    """Whether the points are worth remembering: a single test that was asked for says little about its task."""
    return config.getoption("submission") is None and not any("::" in word for word in config.args)


def _what_ran(board: ExerciseBoard, session: Session) -> list[TaskScore]:
    """Return the scores of the tasks of which every visible test has run."""
    left_out = {test.task for test in session.plan[board.exercise.name] if test.id not in session.verdicts}
    return [score for score in board.scores if score.task not in left_out]
