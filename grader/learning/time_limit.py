"""A limit of time for each visible test: a loop that does not end costs its test, and the next one follows.

pytest-timeout cannot go on with the next test on Windows. Here another thread has the test's own raise an exception,
the same on every system. It is raised in the next line of Python: what runs in C, or sleeps, comes to its end first.
"""

import _thread
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from grader.kit.exercise import Exercise
from grader.testing.session import SESSION, TEST
from grader.testing.student import CannotImport, Student

SECONDS = {"numpy": 20.0, "keras": 60.0}  # by what an exercise needs
# A machine that is busy with something else is not the student's fault: there the seconds are those that were computed,
# and the clock only counts when it shows so many times as much.
CLOCK = 10
AGAIN_AFTER = 1.0  # where the student's code has caught the exception
ATTEMPTS = 10  # before code that catches everything, and goes on, ends the whole run
LOOP = "is there a loop that does not end?"


class TimeIsUp(BaseException):
    """Raised in a test whose time is up. It is no `Exception`, so that students' code rarely catches it."""


class Limit:
    """As a context: after `seconds` what runs in it is stopped and `error` is raised, saying where it was.

    A debugger that is at work switches it off. 0 seconds are no limit. Code that catches everything and goes on can
    only be ended with its process: `give_up` is called with the place.
    """

    def __init__(
        self, seconds: float, filename: str, error: Callable[[str], Exception], give_up: Callable[[str], None]
    ) -> None:
        self._seconds, self._filename, self._error, self._give_up = seconds, filename, error, give_up
        self._alarm: _Alarm | None = None
        self._late, self._place = False, ""

    def __enter__(self) -> None:
        if self._seconds and not _is_debugged():
            self._alarm = _Alarm(self._seconds, self._time_is_up, lambda: self._give_up(self._place or self._filename))

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.lift()
        if self._late and not isinstance(error, KeyboardInterrupt):
            raise self._error(f"stopped after {self._seconds:g} s{self._where()}") from None

    def lift(self) -> None:
        """From here on there is no limit: a person looks at what runs."""
        while self._alarm is not None:
            try:
                self._alarm.cancel()
                self._alarm = None
            except TimeIsUp:  # it came in this moment
                continue

    def _time_is_up(self, frame: FrameType | None) -> bool:
        """Remember where the student's code is; whether the test is to be stopped."""
        if _is_debugged():
            return False
        self._place = self._place or _place_in(self._filename, frame)
        self._late = True
        return True

    def _where(self) -> str:
        if self._place:
            return f" at {self._place}: {LOOP}"
        return ", while the test used what you returned: is that too large, or too slow?"


class TimeLimits:
    """The plugin that gives every visible test its limit."""

    def __init__(self, seconds: float | None) -> None:
        """`seconds` stand for the usual ones of every exercise, where they are given."""
        self._seconds = seconds
        self._current: Limit | None = None
        self._capture: Any = None
        self._late: set[tuple[str, str]] = set()  # the exercise and task of tests that were stopped

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """What a file does when it is imported is limited, too; all its tests are told then, and wait no more."""
        self._capture = session.config.pluginmanager.get_plugin("capturemanager")
        mine = session.config.stash[SESSION]
        open_student = mine.open_student

        def open_in_time(exercise: Exercise) -> Student:
            with Limit(self._seconds_of(exercise), exercise.filename, CannotImport, self._end_run):
                return open_student(exercise)

        mine.open_student = open_in_time

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Iterator[None]:
        """Stop a test whose time is up; further tests of its task would most likely wait as long for the same loop."""
        if TEST not in pyfuncitem.stash:
            return (yield)
        exercise, test = pyfuncitem.stash[TEST]
        key = exercise.name, test.task
        if key in self._late:
            raise AssertionError(f"not run: an earlier test of {test.task} ran out of time")

        def too_late(message: str) -> AssertionError:
            self._late.add(key)
            return AssertionError(message)

        self._current = Limit(self._seconds_of(exercise), exercise.filename, too_late, self._end_run)
        try:
            with self._current:
                return (yield)
        finally:
            self._current.lift()  # should the time have been up before the way out began

    def pytest_enter_pdb(self) -> None:
        if self._current is not None:
            self._current.lift()

    def _end_run(self, place: str) -> None:
        """End this process, with a line that says why."""
        if self._capture is not None:
            self._capture.suspend(in_=True)
        print(
            f"\nthe run was ended at {place}: the code there catches everything that is to stop it; "
            "write `except Exception:` in place of `except:`",
            file=sys.__stderr__,
            flush=True,
        )
        os._exit(pytest.ExitCode.INTERRUPTED)

    def _seconds_of(self, exercise: Exercise) -> float:
        return SECONDS[exercise.needs] if self._seconds is None else self._seconds


class _Alarm:
    """Asks `is_up` after some seconds, and where it says so raises `TimeIsUp` in the thread that has made this.

    `give_up` is called when that was caught again and again.
    """

    def __init__(self, seconds: float, is_up: Callable[[FrameType | None], bool], give_up: Callable[[], None]) -> None:
        self._is_up, self._give_up, self._target = is_up, give_up, threading.get_ident()
        self._over, self._lock, self._sent = threading.Event(), threading.Lock(), False
        _thread.start_new_thread(self._watch, (seconds,))  # `threading.Thread` waits until it has started

    def cancel(self) -> None:
        self._over.set()
        with self._lock:
            if self._sent:  # if it has not come yet, it is taken back
                self._send(None)

    def _watch(self, seconds: float) -> None:
        clock, computed = time.monotonic(), time.process_time()
        left = seconds
        while left > 0 and not self._over.wait(left):
            passed = time.monotonic() - clock
            left = min(seconds - min(passed, time.process_time() - computed), CLOCK * seconds - passed)
        attempts, places = 0, set()
        while not self._over.is_set():
            frame = sys._current_frames().get(self._target)
            with self._lock:
                if not self._over.is_set() and self._is_up(frame):
                    self._sent = True
                    self._send(TimeIsUp)
                    attempts += 1
                    places.add((id(frame), frame.f_lasti if frame else -1))
            # What stays in one place, in a long computation of a library, has not caught anything yet.
            if attempts >= ATTEMPTS and len(places) > 1 and not self._over.is_set():
                self._give_up()
            del frame
            self._over.wait(AGAIN_AFTER)

    def _send(self, error: type[BaseException] | None) -> None:
        import ctypes  # here: this takes longer than most tests

        sent = None if error is None else ctypes.py_object(error)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._target), sent)


def _place_in(filename: str, frame: FrameType | None) -> str:
    """Return the line of the student's file that is being computed, whatever it has called; or ""."""
    while frame is not None:
        if Path(frame.f_code.co_filename).name == filename:
            return f"{filename}, line {frame.f_lineno}"
        frame = frame.f_back
    return ""


def _is_debugged() -> bool:
    monitoring = getattr(sys, "monitoring", None)  # what debuggers use since Python 3.12
    return sys.gettrace() is not None or (monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID))
