"""`check("precision")` in a notebook: the visible tests of one task on what the notebook defines, with their feedback.

It runs in the student's own kernel, for the student's own eyes; no grade comes from here.
"""

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from grader.kit.exercise import Exercise, find_exercise
from grader.kit.quiet import quiet

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # the notebook imports Keras after this
RULE = "-" * 60


class NotRight(Exception):
    """A task is not right yet. Jupyter shows the feedback in place of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Check:
    """Checks the tasks of one exercise on the functions that are in `namespace`, the notebook's `globals()`."""

    def __init__(self, exercise: str, namespace: dict[str, Any]) -> None:
        self._exercise = find_exercise(exercise)
        self._namespace = namespace

    def __call__(self, task: str) -> None:
        """Run the visible tests of `task`.

        Raises:
            NotRight: a test failed, or the task is still to do; the message is the feedback.
        """
        self._exercise.task(task)
        run = CheckRun(self._exercise, task, self._namespace)
        with quiet(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            run.start()
        if not run.passed and not run.failures:
            print(f"{task}: there is nothing to check here; it is graded when it is handed in")
        elif run.failures:
            raise NotRight(run.feedback())
        else:
            from grader.testing.verdict import Status

            print(f"{task}: {Status.PASSED.word} ({run.passed} of {run.passed} tests passed)")


@dataclass(frozen=True)
class Failed:
    """A test that did not pass, with the feedback on it."""

    status: str
    text: str


class CheckRun:
    """A pytest plugin: the notebook in the place of the student's module, one task's tests, and what they said."""

    def __init__(self, exercise: Exercise, task: str, namespace: dict[str, Any]) -> None:
        self.exercise, self.task = exercise, task
        self.passed = 0
        self.failures: list[Failed] = []
        self._namespace = namespace

    def start(self) -> None:
        from grader.testing.session import Session, run_pytest  # with pytest, when the first check runs

        session = Session(lambda _: self._open_student(), origin_of=self._origin)
        run_pytest([self.exercise.visible_tests], session, _hooks(self), capture="sys")

    def feedback(self) -> str:
        """Return what pytest would say of the task."""
        from grader.testing.verdict import Status

        if all(failed.status == Status.TODO for failed in self.failures):
            return f"{self.task}: {Status.TODO.word}"
        total = self.passed + len(self.failures)
        texts = [failed.text for failed in self.failures]
        return f"\n{RULE}\n".join([f"{self.task}: {self.passed} of {total} tests passed", *texts])

    def take_in(self, item: Any, report: Any, session: Any) -> None:
        """Note what a finished test says."""
        from grader.testing.feedback import WIDEST, to_text
        from grader.testing.session import TEST

        if report.passed:
            self.passed += report.when == "call"
            return
        _, test = item.stash[TEST]
        verdict, failure = session.verdicts[test.id], session.failures[test.id]
        text = to_text(verdict, test.title, failure, WIDEST)
        printed = report.capstdout.rstrip()
        self.failures.append(Failed(verdict.status, f"{text}\n  printed\n{printed}" if printed else text))

    def _open_student(self) -> Any:
        """Return what the tests call `student`."""
        from grader.testing.student import Student

        return Student(Path("the notebook"), SimpleNamespace(**self._namespace))

    def _origin(self, error: BaseException, filename: str) -> Any:
        """Whether and where an error comes from a cell of the notebook."""
        from grader.testing.origin import frames_of, origin_in_file, origin_of_lines

        own = [frame for frame in frames_of(error) if frame.tb_frame.f_globals is self._namespace]
        if not own:
            return origin_in_file(error, filename)
        return origin_of_lines(error, own, f"line {own[-1].tb_lineno} of the cell")


def _hooks(run: CheckRun) -> Any:
    """Return the hooks that pytest calls; pytest itself is imported when the first check runs."""
    import pytest

    from grader.testing.session import SESSION, TEST

    class Hooks:
        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
            items[:] = [item for item in items if TEST in item.stash and item.stash[TEST][1].task == run.task]

        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
            report: Any = yield
            run.take_in(item, report, item.config.stash[SESSION])
            return report

    return Hooks()
