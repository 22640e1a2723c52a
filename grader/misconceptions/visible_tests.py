"""The visible tests of an exercise, run with many files as the student. Wrong code may end its process, or never end.

A process of its own collects the tests and forks another one for each file, so that no file finds what another has left
behind. What computes for too long is interrupted; what cannot be interrupted is ended, and its tests count as failed.
"""

import hashlib
import importlib
import multiprocessing
import os
import random
import resource
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import process_time
from types import FrameType
from typing import Any

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from grader.hints.known_mistakes import UNKNOWN, digest_of_calls
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.testing.session import TEST, Session, no_traceback, run_pytest
from grader.testing.student import Student
from grader.testing.verdict import NOT_RUN, Cause, PlannedTest, Status, Verdict

# CPU time of one test beyond what it takes with the solution; with Keras, the first one starts its backend.
TEST_SECONDS = {"numpy": 2.0, "keras": 10.0}
TIMES_THE_SOLUTION = 3
LAST_SECONDS = 20  # more CPU time, after which a test is ended that could not be interrupted; imports are in it
WALL_FACTOR = 10  # a test that sleeps is ended after so many times its CPU time, and this:
WALL_SECONDS = 60
LATE = Verdict(Status.FAILED, "the test computed for too long", Cause.TIME)

_FORK = multiprocessing.get_context("fork")


class OutOfTime(BaseException):
    """A file that computes for too long."""


@dataclass(frozen=True)
class VisibleAttempt:
    """What became of one visible test: `digest` is of what came back when it failed, `seconds` are CPU time."""

    verdict: Verdict
    digest: str = UNKNOWN
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return self.verdict.status == Status.PASSED


LOST = VisibleAttempt(NOT_RUN)


@dataclass(frozen=True)
class TriedFile:
    """A student's file, by a key of its own. `wants` says of a test, and of whether it trains, if it is to run."""

    key: str
    source: str
    wants: Callable[[PlannedTest, bool], bool] = lambda test, trains: True
    until_failure: bool = False  # whether nothing runs after a test has failed


@dataclass(frozen=True)
class VisibleRun:
    """The visible tests that there are, and what became of those that were to run."""

    plan: list[PlannedTest]
    attempts: dict[str, VisibleAttempt]


def salt_of(exercise: Exercise) -> str:
    """Return what the digests of an exercise are made with."""
    return hashlib.sha256(exercise.name.encode()).hexdigest()[:16]


def run_visible_tests(
    exercise: Exercise, files: Sequence[TriedFile], workers: int = 1, usual: Mapping[str, float] | None = None
) -> Iterator[tuple[TriedFile, VisibleRun]]:
    """Run the visible tests of `exercise` with each of `files`, in the order in which they are finished.

    `usual` are the CPU seconds of the tests with the solution, by their ids.

    Raises:
        GraderError: the tests could not be collected.
    """
    if exercise.needs == "keras":
        importlib.import_module("keras")  # once, for the processes of all files
    runners: dict[Connection, Any] = {}
    try:
        for number in range(min(workers, len(files))):
            ours, theirs = _FORK.Pipe(duplex=False)
            child = _FORK.Process(target=_run_share, args=(exercise, files[number::workers], usual or {}, theirs))
            child.start()
            theirs.close()
            runners[ours] = child
        by_key = {file.key: file for file in files}
        yield from ((by_key[key], run) for key, run in _received(exercise, list(runners), len(files)))
    finally:
        for child in runners.values():
            child.terminate()  # its own children end with it
            child.join()


def _received(exercise: Exercise, pipes: list[Connection], expected: int) -> Iterator[tuple[str, VisibleRun]]:
    while pipes:
        for pipe in wait(pipes):
            assert isinstance(pipe, Connection)
            try:
                message = pipe.recv()
            except EOFError:
                pipes.remove(pipe)
                continue
            expected -= 1
            yield message
    if expected:
        raise GraderError(
            f"the visible tests of {exercise.name} could not be run: see whether "
            f"'pytest --submission solutions exercises/{exercise.name}' passes"
        )


def _run_share(exercise: Exercise, files: Sequence[TriedFile], usual: Mapping[str, float], pipe: Connection) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    with tempfile.TemporaryDirectory() as folder:
        plugin = _ForEachFile(exercise, files, usual, Path(folder), pipe)
        run_pytest([exercise.visible_tests], plugin.session, plugin)


class _ForEachFile:
    """A pytest plugin: runs the tests that were collected once for each file, each in a process of its own."""

    def __init__(
        self, exercise: Exercise, files: Sequence[TriedFile], usual: Mapping[str, float], folder: Path, pipe: Connection
    ) -> None:
        self._exercise, self._files, self._usual, self._folder, self._pipe = exercise, files, usual, folder, pipe
        self._salt = salt_of(exercise)
        self.session = Session(lambda _: self._open_student())
        self._path = Path()
        self._late = False
        self._child: Any = None

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        signal.signal(signal.SIGTERM, self._end)
        items = [item for item in session.items if TEST in item.stash]
        for number, file in enumerate(self._files):
            self._path = self._folder / str(number) / self._exercise.filename
            self._path.parent.mkdir()
            self._path.write_text(file.source, encoding="utf-8")
            attempts = self._attempts([item for item in items if self._is_wanted(item, file)], file)
            plan = self.session.plan.get(self._exercise.name, [])
            self._pipe.send((file.key, VisibleRun(plan, attempts)))
        return True

    def _is_wanted(self, item: pytest.Item, file: TriedFile) -> bool:
        _, test = item.stash[TEST]
        return file.wants(test, test.id in self.session.training)

    def _attempts(self, items: list[pytest.Item], file: TriedFile) -> dict[str, VisibleAttempt]:
        """Return what became of `items` in a process of their own; those that a lost process did not reach failed."""
        longest = WALL_SECONDS + WALL_FACTOR * max(map(self._seconds, items), default=0.0)
        ours, theirs = _FORK.Pipe(duplex=False)
        self._child = _FORK.Process(target=self._run_file, args=(items, file, theirs))
        self._child.start()
        theirs.close()
        attempts: dict[str, VisibleAttempt] = {}
        with suppress(EOFError):
            while ours.poll(longest):
                name, attempt = ours.recv()
                attempts[name] = attempt
        self._child.kill()
        self._child.join()
        stopped = file.until_failure and any(not attempt.passed for attempt in attempts.values())
        reached = [item for item in items if not stopped or item.stash[TEST][1].id in attempts]
        return {item.stash[TEST][1].id: attempts.get(item.stash[TEST][1].id, LOST) for item in reached}

    def _seconds(self, item: pytest.Item) -> float:
        usual = self._usual.get(item.stash[TEST][1].id, 0.0)
        return TEST_SECONDS[self._exercise.needs] + TIMES_THE_SOLUTION * usual

    def _run_file(self, items: list[pytest.Item], file: TriedFile, pipe: Connection) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGPROF, self._ring)
        for item, following in zip(items, [*items[1:], None], strict=True):
            attempt = self._attempt(item, following)
            pipe.send((item.stash[TEST][1].id, attempt))
            if file.until_failure and not attempt.passed:
                break

    def _attempt(self, item: pytest.Item, following: pytest.Item | None) -> VisibleAttempt:
        _, test = item.stash[TEST]
        item.repr_failure = no_traceback  # type: ignore[method-assign, assignment]
        self._late = False
        before = process_time()
        last = int(before + self._seconds(item)) + LAST_SECONDS
        # What draws from global generators draws the same whenever it is tried.
        random.seed(0)
        np.random.seed(0)
        resource.setrlimit(resource.RLIMIT_CPU, (last, resource.RLIM_INFINITY))
        runtestprotocol(item, log=False, nextitem=following)
        seconds = process_time() - before
        failure = self.session.failures.pop(test.id, None)
        if self._late:
            return VisibleAttempt(LATE, seconds=seconds)
        verdict = self.session.verdicts.get(test.id, NOT_RUN)
        if failure is None:
            return VisibleAttempt(verdict, seconds=seconds)
        return VisibleAttempt(verdict, digest_of_calls(self._exercise, self._salt, test, failure.calls), seconds)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        signal.setitimer(signal.ITIMER_PROF, self._seconds(item), 0.1)  # again and again: it may be caught
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _open_student(self) -> Student:
        return Student(self._path)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        self._late = True
        raise OutOfTime

    def _end(self, number: int, frame: FrameType | None) -> None:
        if self._child is not None:
            self._child.kill()
        raise SystemExit
