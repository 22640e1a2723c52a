"""A warm grader: a process in which pytest is configured and the hidden tests of one exercise are collected, once.

At the first test it waits for submissions, and forks itself for each: nothing of one is there for the next. What
depends on a submission (the key, the hash of the file, the student's process) is bound after the fork.
"""

import contextlib
import gc
import os
import resource
import signal
import sys
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path

import cloudpickle
import pytest

from grader import hidden
from grader.grading.events import RunState
from grader.grading.hidden_run import HiddenRun
from grader.grading.job import Job
from grader.kit.exercise import Exercise
from grader.testing.seeds import derive_seed
from grader.testing.session import Session, no_traceback, run_pytest
from grader.wall import system
from grader.wall.client import RemoteStudent, Submission
from grader.wall.limits import GRADER_DATA_BYTES, GRADER_TASK_SECONDS
from grader.wall.zygote import Zygote, ZygoteError

COLLECTED = "collected"
KILLED = "the grader's process was killed from outside (out of memory?)"


class CannotCollect(Exception):
    """The hidden tests of an exercise cannot be collected: the grader is broken."""


class WarmGrader:
    """The lane's end: asks for one grader child after the other, whose students' processes come from `zygote`."""

    def __init__(self, exercise: Exercise, zygote: Zygote, bytecode: Path | None = None) -> None:
        """`bytecode` is a folder that keeps compiled hidden tests.

        Raises:
            CannotCollect: a file of the hidden tests is wrong.
            ZygoteError: the process was killed from outside.
        """
        self.zygote = zygote
        self._connection, theirs = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._connection.close()
                system.die_with_parent()
                if bytecode is not None:
                    sys.dont_write_bytecode, sys.pycache_prefix = False, str(bytecode)
                _collect_and_serve(exercise, zygote, theirs)
            finally:
                os._exit(1)
        theirs.close()
        self._await_collection()

    def grade(self, job: Job, state: RunState) -> None:
        """Run the tests that have no verdict in `state`, in a fork; what happens is taken in there.

        Whatever is raised, this grader is of no use any more.

        Raises:
            ZygoteError: a process was killed from outside, which is never a verdict.
        """
        try:
            killed = self._grade(job, state)
        except (EOFError, ConnectionError):
            killed = True
        if killed:
            raise ZygoteError(KILLED)

    def close(self) -> None:
        """End the process, and the child that it may have."""
        self._connection.close()
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def _grade(self, job: Job, state: RunState) -> bool:
        read_end, write_end = os.pipe()
        try:
            self._connection.send((job, frozenset(state.verdicts)))
            send_handle(self._connection, write_end, self._pid)
        finally:
            os.close(write_end)
        child, ended = None, False
        try:
            child = self._connection.recv()
            ended = state.follow(read_end)
        finally:
            os.close(read_end)
            if child is not None and not ended:
                os.kill(child, signal.SIGKILL)  # nobody has waited for it, so that the number is still its own
        self._connection.send("wait for it")
        status = self._connection.recv()
        return ended and _was_killed(status)

    def _await_collection(self) -> None:
        try:
            if self._connection.poll(GRADER_TASK_SECONDS) and self._connection.recv() == COLLECTED:
                return
            self.close()
        except EOFError:
            self._connection.close()
            _, status = os.waitpid(self._pid, 0)
            if _was_killed(status):
                raise ZygoteError(KILLED) from None
        raise CannotCollect("the hidden tests could not be collected")


def _was_killed(status: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _collect_and_serve(exercise: Exercise, zygote: Zygote, connection: Connection) -> None:
    """Be the warm process, and every child of it. Never returns from a child."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    # Functions and classes of hidden tests, and of what they share, cross by value: no such module exists there.
    cloudpickle.register_pickle_by_value(hidden)
    session = Session(lambda _: None, reveal=False)
    run_pytest([exercise.hidden], session, _Collected(session, zygote, connection))


class _Collected:
    """A pytest plugin that waits between the collection and the first test."""

    def __init__(self, session: Session, zygote: Zygote, connection: Connection) -> None:
        self._session, self._zygote, self._connection = session, zygote, connection

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            item.repr_failure = no_traceback  # type: ignore[assignment]
            item.location  # noqa: B018 - looked up once, and not by every child

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        if session.testsfailed:  # a file could not be collected
            return (yield)
        plugins = session.config.pluginmanager
        plugins.unregister(name="terminalreporter")  # there is no terminal
        run = self._child()
        plugins.register(run)
        session.config.option.maxfail = int(run.job.until_failure)
        run.choose(session.items)
        with contextlib.suppress(pytest.Session.Failed, pytest.Session.Interrupted):  # `shouldfail`, `shouldstop`
            yield
        run.finish()
        os._exit(0)

    def _child(self) -> HiddenRun:
        """Wait for submissions and fork for each. Returns in children only."""
        gc.collect()
        gc.freeze()  # what is shared stays shared: collections in children do not touch these pages
        self._connection.send(COLLECTED)
        while True:
            try:
                job, done = self._connection.recv()
            except EOFError:
                os._exit(0)
            pipe = recv_handle(self._connection)
            pid = os.fork()
            if pid == 0:
                self._connection.close()
                return self._run_of(job, done, pipe)
            os.close(pipe)
            self._connection.send(pid)
            self._connection.recv()
            self._connection.send(os.waitpid(pid, 0)[1])

    def _run_of(self, job: Job, done: frozenset[str], pipe: int) -> HiddenRun:
        system.die_with_parent()
        resource.setrlimit(resource.RLIMIT_DATA, (GRADER_DATA_BYTES, GRADER_DATA_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        seed = derive_seed(job.course_key, job.source_hash, job.exercise.name) % 2**32
        assert job.source is not None
        student = RemoteStudent(self._zygote, Submission(job.exercise.filename, job.source, seed))
        return HiddenRun(job, student, done, pipe, self._session)
