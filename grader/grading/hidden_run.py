"""The hidden tests of one exercise against one student's process: the inside of a forked grader process."""

import contextlib
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from grader.grading.events import Ended, Event, Explained, Judged, Planned, Started, tell
from grader.grading.job import Job
from grader.grading.origins import origin_behind_the_wall
from grader.misconceptions.recognise import recognise, recordings_of
from grader.testing.seeds import derive_seed
from grader.testing.session import TEST, Session
from grader.testing.trainings import Trainings
from grader.wall.client import Exchange, RemoteStudent
from grader.wall.texts import clean
from grader.wall.zygote import ZygoteError


class HiddenRun:
    """A pytest plugin: puts the process behind the wall in the place of the student's module, and tells the lane."""

    def __init__(self, job: Job, student: RemoteStudent, done: frozenset[str], pipe: int, session: Session) -> None:
        """`done` are the tests that have a verdict already, `pipe` is where events are told.

        `session` has collected the hidden tests; from here on it is about this submission.
        """
        self.job, self.student, self.session = job, student, session
        session.open_student = lambda _: student
        session.course_key, session.drawn_for, session.profile = job.course_key, job.source_hash, job.profile
        session.trainings = Trainings(job.trainings, job.profile)
        session.origin_of = partial(origin_behind_the_wall, texts=student.texts)
        self.sandbox_failed = ""
        self._done, self._pipe = done, pipe
        self._judged: list[Event] = []  # not told yet
        self._exchanges: dict[str, list[Exchange]] = {}  # by test

    def choose(self, items: list[pytest.Item]) -> None:
        """Tell which tests there are, and leave those in `items` that are to run now."""
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
            call_seconds = self.job.exercise.task(test.task).call_seconds
            self.student.begin(test.task, call_seconds, self._builders_seed(test.id))
            self.student.record = self._exchanges[test.id] = []
            self._tell(Started(test.id))

    def _builders_seed(self, test: str) -> int | None:
        """Return the seed of what is to be trained: the same for all files, so that equal models begin alike."""
        if test not in self.session.training:
            return None
        return derive_seed(self.job.course_key, test) % 2**32

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        if call.excinfo is not None and isinstance(call.excinfo.value, ZygoteError):
            self.sandbox_failed = str(call.excinfo.value)
            item.session.shouldstop = "the sandbox failed"
        return (yield)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        verdict = self.session.verdicts.get(nodeid)
        if verdict is not None and not self.sandbox_failed:
            self._judged = [Judged(nodeid, replace(verdict, message=clean(verdict.message)))]

    def _tell(self, event: Event) -> None:
        """Tell what happened, and before it what became of the last test: one message wakes up the lane once."""
        tell(self._pipe, *self._judged, event)
        self._judged = []

    def finish(self) -> None:
        """Tell that all is done; then look for misconceptions behind what failed, which costs a hint and no verdict."""
        self.student.close()
        self._tell(Ended(self.sandbox_failed, self.student.cpu_seconds))
        planned = self.session.plan.get(self.job.exercise.name, [])
        recordings_by_task = recordings_of(planned, self.session.verdicts, self._exchanges, self.session.training)
        for task, recordings in recordings_by_task.items():
            with contextlib.suppress(Exception):  # the next task may be luckier
                tell(self._pipe, Explained(recognise(self.job.exercise, task, recordings)))
