"""One pytest run of one hidden grader against one student's process: the inside of a forked grader process."""

import contextlib
import os
from dataclasses import replace
from functools import partial
from typing import Any

import cloudpickle
import pytest

from grader import hidden
from grader.grading.events import Ended, Explained, Judged, Planned, Started, tell
from grader.grading.job import Job
from grader.grading.origins import origin_behind_the_wall
from grader.misconceptions.recognise import recognise, recordings_of
from grader.testing.session import TEST, Session, no_traceback, run_pytest
from grader.wall.client import Exchange, RemoteStudent
from grader.wall.texts import clean
from grader.wall.zygote import ZygoteError


class HiddenRun:
    """A pytest plugin: puts the process behind the wall in the place of the student's module, and tells the lane."""

    def __init__(self, job: Job, student: RemoteStudent, done: frozenset[str], pipe: int) -> None:
        """`done` are the tests that have a verdict already, `pipe` is where events are told."""
        self.job, self.student = job, student
        self.session = Session(
            lambda _: student,
            job.course_key,
            job.source_hash,
            job.profile,
            reveal=False,
            origin_of=partial(origin_behind_the_wall, texts=student.texts),
        )
        self.sandbox_failed = ""
        self._done, self._pipe = done, pipe
        self._exchanges: dict[str, list[Exchange]] = {}  # by test

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # Functions and classes of hidden tests, and of what they share, cross by value: no such module exists there.
        cloudpickle.register_pickle_by_value(hidden)
        for item in items:
            item.repr_failure = no_traceback  # type: ignore[assignment]
        tell(self._pipe, Planned(self.session.plan.get(self.job.exercise.name, [])))
        items[:] = [item for item in items if item.nodeid not in self._done and not self._left_out(item)]
        if self.job.until_failure:
            items.sort(key=lambda item: not self._is_looked_at(item))

    def _left_out(self, item: pytest.Item) -> bool:
        return bool(self.job.quick_for) and item.nodeid in self.session.training and not self._is_looked_at(item)

    def _is_looked_at(self, item: pytest.Item) -> bool:
        return TEST in item.stash and item.stash[TEST][1].task == self.job.quick_for

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if TEST in item.stash:
            _, test = item.stash[TEST]
            self.student.begin(test.task, self.job.exercise.task(test.task).call_seconds)
            self.student.record = self._exchanges[test.id] = []
            tell(self._pipe, Started(test.id))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        if call.excinfo is not None and isinstance(call.excinfo.value, ZygoteError):
            self.sandbox_failed = str(call.excinfo.value)
            item.session.shouldstop = "the sandbox failed"
        return (yield)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        verdict = self.session.verdicts.get(nodeid)
        if verdict is not None and not self.sandbox_failed:
            tell(self._pipe, Judged(nodeid, replace(verdict, message=clean(verdict.message))))

    def finish(self) -> None:
        """Tell that all is done; then look for misconceptions behind what failed, which costs a hint and no verdict."""
        tell(self._pipe, Ended(self.sandbox_failed, self.student.cpu_seconds))
        planned = self.session.plan.get(self.job.exercise.name, [])
        recordings_by_task = recordings_of(planned, self.session.verdicts, self._exchanges, self.session.training)
        for task, recordings in recordings_by_task.items():
            with contextlib.suppress(Exception):  # the next task may be luckier
                tell(self._pipe, Explained(recognise(self.job.exercise, task, recordings)))


def run_hidden_tests(run: HiddenRun) -> None:
    """Run the exercise's hidden tests under `run`; everything that happened has been told when this returns."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    status = run_pytest([run.job.exercise.hidden], run.session, run, exit_first=run.job.until_failure)
    run.student.close()
    # Anything else than these is a session that broke off: the lane continues with what is left.
    if run.sandbox_failed or status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        run.finish()
