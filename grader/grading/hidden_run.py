"""One pytest run of one hidden grader against one student's process: the inside of a forked grader process.

It tells its parent what happens as it happens, one JSON object per line: the plan, each test that starts, each
verdict, the end, misconceptions. A process that dies in the middle takes no verdict with it.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

import cloudpickle
import pytest

from grader import hidden
from grader.kit.exercise import KIT, Exercise
from grader.misconceptions.recognise import recognise, recordings_of
from grader.testing import plugin
from grader.testing.scoring import ERROR, PlannedTest, Verdict
from grader.wall.client import Exchange, RemoteStudent
from grader.wall.zygote import ZygoteError


class GradingRun:
    """A pytest plugin: puts the process behind the wall in the place of the student's module, and reports."""

    def __init__(
        self,
        exercise: Exercise,
        student: RemoteStudent,
        course_key: bytes,
        drawn_for: str,
        profile: str,
        done: frozenset[str],
        events: int,
    ) -> None:
        self.exercise = exercise
        self.student = student
        self._session = plugin.Session(lambda _: student, course_key, drawn_for, profile, reveal=False)
        self._done = done
        self._events = events
        self._exchanges: dict[str, list[Exchange]] = {}  # by test
        self._training: set[str] = set()  # the tests that train
        self.quick_for = ""
        self.until_failure = False
        self.sandbox_failed = ""

    def emit(self, **event: Any) -> None:
        os.write(self._events, json.dumps(event).encode() + b"\n")

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[plugin.SESSION] = self._session

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # Functions and classes of hidden tests, and of what they share, cross by value: no such module exists there.
        cloudpickle.register_pickle_by_value(hidden)
        for item in items:
            # Nobody reads tracebacks here, and making them takes longer than most tests.
            item.repr_failure = _no_traceback  # type: ignore[assignment]
        planned = self._session.plan.get(self.exercise.name, [])
        self.emit(plan=[vars(test) for test in planned])
        items[:] = [item for item in items if item.nodeid not in self._done and not self._left_out(item)]
        if self.until_failure:
            items.sort(key=lambda item: not self._is_looked_at(item))

    def _left_out(self, item: pytest.Item) -> bool:
        trains = item.get_closest_marker("trains") is not None and plugin.TEST in item.stash
        return bool(self.quick_for) and trains and not self._is_looked_at(item)

    def _is_looked_at(self, item: pytest.Item) -> bool:
        return plugin.TEST in item.stash and item.stash[plugin.TEST][1].task == self.quick_for

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if plugin.TEST in item.stash:
            _, test = item.stash[plugin.TEST]
            self.student.begin(test.task, self.exercise.task(test.task).call_seconds)
            self.student.record = self._exchanges[test.id] = []
            if item.get_closest_marker("trains") is not None:
                self._training.add(test.id)
            self.emit(start=test.id)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        if call.excinfo is not None and isinstance(call.excinfo.value, ZygoteError):
            self.sandbox_failed = str(call.excinfo.value)
            item.session.shouldstop = "the sandbox failed"
        return (yield)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        verdict = self._session.verdicts.get(nodeid)
        if verdict is not None and not self.sandbox_failed:
            self.emit(test=nodeid, **vars(verdict))

    def recognise(self) -> None:
        """Look for misconceptions behind what failed, and report those that are found."""
        planned = self._session.plan.get(self.exercise.name, [])
        recordings_by_task = recordings_of(planned, self._session.verdicts, self._exchanges, self._training)
        for task, recordings in recordings_by_task.items():
            with contextlib.suppress(Exception):  # the next task may be luckier
                found = recognise(self.exercise, task, recordings)
                self.emit(recognised=[vars(misconception) for misconception in found])


def run_hidden_tests(run: GradingRun) -> None:
    """Run the exercise's hidden tests under `run`; everything that happened has been emitted when this returns."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    options = [
        str(run.exercise.hidden),
        f"--rootdir={KIT}",
        f"--override-ini=testpaths={KIT}",
        "--capture=no",
        "--quiet",
        "--tb=native",
        "-p",
        "no:cacheprovider",
        "-p",
        plugin.__name__,
    ]
    if run.until_failure:
        options.append("--exitfirst")
    # No other plugin of this machine has a say in a grade.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    status = pytest.main(options, plugins=[run])
    run.student.close()
    # Anything else than these is a session that broke off: the parent goes on with what is left.
    if run.sandbox_failed or status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        run.emit(end=run.sandbox_failed, cpu_seconds=run.student.cpu_seconds)
        # After the end: whatever happens here costs a hint and nothing else.
        run.recognise()


def _no_traceback(excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
    return str(excinfo.value)


def read_plan(event: dict[str, Any]) -> list[PlannedTest]:
    return [PlannedTest(**test) for test in event["plan"]]


def read_verdict(event: dict[str, Any]) -> Verdict:
    return Verdict(event["status"], event["message"], event["out_of_time"])


CRASHED = Verdict(ERROR, "the grader was stopped while this test used the student's result")
