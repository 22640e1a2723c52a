"""`check("precision")` in a notebook: the visible tests of one task on what the notebook defines, with their feedback.

It runs in the student's own kernel, for the student's own eyes; no grade comes from here.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace, TracebackType
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
            print(f"{task}: right ({run.passed} of {run.passed} tests passed)")


class CheckRun:
    """A pytest plugin: the notebook in the place of the student's module, one task's tests, and what they said."""

    def __init__(self, exercise: Exercise, task: str, namespace: dict[str, Any]) -> None:
        self.exercise, self.task = exercise, task
        self.passed = 0
        self.failures: list[Any] = []  # pytest's reports
        self._namespace = namespace

    def start(self) -> None:
        import pytest

        from grader.testing import plugin

        options = [
            str(self.exercise.visible_tests),
            f"--rootdir={self.exercise.folder.parent.parent}",
            "-p",
            "no:cacheprovider",
        ]
        options += ["--capture=sys", "--import-mode=importlib", "-p", plugin.__name__]
        kept = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # Jupyter brings some, and they cost time
        try:
            pytest.main(options, plugins=[_hooks(self)])
        finally:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
            if kept is not None:
                os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = kept

    def feedback(self) -> str:
        """What pytest would say of the task."""
        from grader.testing.scoring import TODO

        if all(getattr(report, "exercise_status", "") == TODO for report in self.failures):
            return f"{self.task}: to do"
        total = self.passed + len(self.failures)
        texts = [_text(report) for report in self.failures]
        return f"\n{RULE}\n".join([f"{self.task}: {self.passed} of {total} tests passed", *texts])

    def open_student(self) -> Any:
        """What the tests call `student`."""
        from grader.testing.student import Student

        return Student(Path("the notebook"), SimpleNamespace(**self._namespace))

    def take_in(self, report: Any) -> None:
        """Note what a finished test says."""
        if not report.passed:
            self.failures.append(report)
        elif report.when == "call":
            self.passed += 1

    def mark(self, error: BaseException) -> None:
        """Tell the feedback whether and where the error comes from a cell of the notebook."""
        frames = list(_frames(error.__traceback__))
        own = [frame for frame in frames if frame.tb_frame.f_globals is self._namespace]
        error.raised_by_student = bool(own) and own[-1] is frames[-1]  # type: ignore[attr-defined]
        if own:
            error.student_place = f"line {own[-1].tb_lineno} of the cell"  # type: ignore[attr-defined]


def _hooks(run: CheckRun) -> Any:
    """The hooks that pytest calls; pytest itself is imported when the first check runs."""
    import pytest

    from grader.testing import plugin

    class Hooks:
        @pytest.hookimpl(trylast=True)
        def pytest_configure(self, config: pytest.Config) -> None:
            config.stash[plugin.SESSION] = plugin.Session(lambda _: run.open_student())

        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
            items[:] = [
                item for item in items if plugin.TEST in item.stash and item.stash[plugin.TEST][1].task == run.task
            ]

        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Iterator[None]:
            if call.excinfo is not None:
                run.mark(call.excinfo.value)
            return (yield)

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            run.take_in(report)

    return Hooks()


def _text(report: Any) -> str:
    """The feedback on a failed test, and what the student's code printed meanwhile."""
    printed = report.capstdout.rstrip()
    return f"{report.longrepr}\n  printed\n{printed}" if printed else str(report.longrepr)


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next
