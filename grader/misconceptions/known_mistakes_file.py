"""Makes `known_mistakes.toml` of an exercise: the visible tests, run with every misconception as the student."""

import hashlib
import importlib
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import tomli_w
from _pytest.runner import runtestprotocol

from grader.hints.known_mistakes import Attempt, KnownMistake, digest_of_calls, hints_for, name_of
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.misconceptions.reading import Misconception, read_misconceptions, submission_with
from grader.testing.session import TEST, Session, no_traceback, run_pytest
from grader.testing.student import Student

HEADER = "# Made by `grader hints` from wrong implementations; do not edit.\n"
TEST_SECONDS = 2.0  # CPU time; some misconceptions never end
EXERCISE_SECONDS = 300
# Answers that come from no computation: a hint that one of them would get says nothing.
NOTHING_DONE = (
    "None", "0", "1", "0.0", "1.0", "0.5", "-1", "True", "False", "[]", "()", "{}", "''", "args[0]", "args[-1]",
    "args[0] * 0", "args[:2]", "_fail(ValueError)", "_fail(TypeError)", "_fail(KeyError)", "_fail(IndexError)",
    "_fail(NameError)", "_fail(AttributeError)",
)  # fmt: skip


class OutOfTime(BaseException):
    """A misconception that computes for too long."""


@dataclass(frozen=True)
class HintFile:
    """What an exercise's file should hold, and how many misconceptions it can recognise out of how many."""

    path: Path
    text: str
    recognised: int
    misconceptions: int

    @property
    def up_to_date(self) -> bool:
        return self.path.exists() and self.path.read_text(encoding="utf-8") == self.text


def make_hint_file(exercise: Exercise) -> HintFile:
    """Run the visible tests of `exercise` with every misconception, in a process of its own.

    Raises:
        GraderError: that process did not come to its end.
    """
    if exercise.needs == "keras":
        importlib.import_module("keras")  # once, for the processes of all exercises
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    child = fork.Process(target=_send_file, args=(exercise, theirs))
    child.start()
    theirs.close()
    try:
        if not ours.poll(EXERCISE_SECONDS):
            raise EOFError
        text, recognised, misconceptions = ours.recv()
    except EOFError:
        raise GraderError(
            f"the visible tests of {exercise.name} could not be run with all misconceptions: see whether "
            f"'pytest --submission solutions exercises/{exercise.name}' passes"
        ) from None
    finally:
        child.kill()
        child.join()
    return HintFile(exercise.known_mistakes, text, recognised, misconceptions)


def _send_file(exercise: Exercise, pipe: Any) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    salt = hashlib.sha256(exercise.name.encode()).hexdigest()[:16]
    with tempfile.TemporaryDirectory() as folder:
        run = VisibleRun(exercise, salt, Path(folder))
        run_pytest([exercise.visible_tests], run.session, run)
    mistakes, recognised = run.mistakes()
    pipe.send((_to_toml(salt, mistakes), recognised, len(run.wrongs)))


class VisibleRun:
    """A pytest plugin: runs every visible test once for each misconception of its task."""

    def __init__(self, exercise: Exercise, salt: str, folder: Path) -> None:
        self.wrongs = read_misconceptions(exercise)
        self.nothing_done = list(_nothing_done(exercise))
        self._exercise, self._salt, self._folder = exercise, salt, folder
        self.session = Session(lambda _: self._student)
        self._students: dict[Misconception, Student] = {}
        self._attempts: dict[Misconception, dict[str, Attempt]] = {}
        self._student: Student | None = None

    def pytest_configure(self) -> None:
        signal.signal(signal.SIGPROF, self._ring)

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        if TEST not in item.stash:
            return None
        _, test = item.stash[TEST]
        item.repr_failure = no_traceback  # type: ignore[assignment]
        constants = _arrays_of(item)
        for wrong in [*self.wrongs, *self.nothing_done]:
            if wrong.task == test.task and test.id not in self.session.training:
                for array, values in constants:
                    array[...] = values
                self._attempts.setdefault(wrong, {})[name_of(test)] = self._attempt(item, wrong)
        return True

    def mistakes(self) -> tuple[list[KnownMistake], int]:
        """Return what goes into the file, and how many misconceptions a student's own run can recognise by it."""
        found = {
            wrong: KnownMistake(
                wrong.task, wrong.hint, {name: a.digest for name, a in attempts.items() if not a.passed}
            )
            for wrong, attempts in self._attempts.items()
            if wrong in self.wrongs and any(attempt.digest for attempt in attempts.values())
        }
        for nothing in self.nothing_done:
            while hints := self._hints(found, nothing):
                found = {wrong: mistake for wrong, mistake in found.items() if mistake.hint not in hints}
        return list(found.values()), sum(wrong.hint in self._hints(found, wrong) for wrong in found)

    def _hints(self, found: dict[Misconception, KnownMistake], wrong: Misconception) -> set[str]:
        by_test = hints_for(found.values(), wrong.task, self._attempts.get(wrong, {}))
        return {hint for hints in by_test.values() for hint in hints}

    def _attempt(self, item: pytest.Item, wrong: Misconception) -> Attempt:
        _, test = item.stash[TEST]
        self._student = self._students.get(wrong) or self._load(wrong)
        self._late = False
        signal.setitimer(signal.ITIMER_PROF, TEST_SECONDS, 0.1)  # again and again: it may be caught
        try:
            runtestprotocol(item, log=False, nextitem=None)
        except OutOfTime:
            pass
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        failure = self.session.failures.pop(test.id, None)
        if self._late or failure is None:
            return Attempt(not self._late, test.edge)
        return Attempt(False, test.edge, digest_of_calls(self._exercise, self._salt, test, failure.calls))

    def _load(self, wrong: Misconception) -> Student:
        path = self._folder / str(len(self._students)) / self._exercise.filename
        path.parent.mkdir()
        path.write_text(submission_with(self._exercise, wrong), encoding="utf-8")
        self._students[wrong] = student = Student(path)
        return student

    def _ring(self, number: int, frame: FrameType | None) -> None:
        self._late = True
        raise OutOfTime


def _nothing_done(exercise: Exercise) -> Iterator[Misconception]:
    for task in exercise.tasks:
        for answer in NOTHING_DONE:
            source = f"def _fail(error):\n    raise error\n\ndef {task.name}(*args, **kwargs):\n    return {answer}\n"
            yield Misconception(task.name, answer, "", source)


def _arrays_of(item: pytest.Item) -> list[tuple[Any, Any]]:
    """Return the arrays that the tests of a file share, with copies: a misconception may change them."""
    import numpy as np

    shared = vars(item.module).values()  # type: ignore[attr-defined]
    return [(value, value.copy()) for value in shared if isinstance(value, np.ndarray)]


def _to_toml(salt: str, mistakes: list[KnownMistake]) -> str:
    return HEADER + tomli_w.dumps({"salt": salt, "mistakes": [asdict(mistake) for mistake in mistakes]})
