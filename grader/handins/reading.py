"""Reads the hand-ins of a class in a process of its own, so that what one student handed in costs that student at most.

The reader is forked: it knows the students already, and a class takes hardly longer. It may compute and fill memory up
to the limits of one student, read the submissions (Landlock, where the kernel has it) and write nothing; plain data
comes back. A reader that ends over a student, however it does, is replaced by one that continues with the next.
"""

import os
import resource
import signal
import socket
import sysconfig
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import msgspec

from grader.handins.archives import BudgetEndedError
from grader.handins.choosing import ALL, Selection
from grader.handins.cpu_limit import cpu_limit
from grader.handins.hand_ins import Submitter, Work, look_through, unread
from grader.kit.errors import GraderError
from grader.kit.exercise import EXERCISES, Exercise
from grader.kit.handin_limits import (
    READING_CPU_SECONDS,
    READING_GRACE_SECONDS,
    READING_MEMORY,
    READING_WALL_SECONDS,
)
from grader.wall import landlock, system
from grader.wall.channel import Channel, ChannelError
from grader.wall.confine import limit
from grader.wall.limits import MAX_TEXT

ATTEMPTS = 2  # where the reader was killed from outside
OPEN_FILES = 512  # one for every folder on the way to a file
# A reader that has grown by more ends after its student: what it still holds would count for the next one.
MAX_GROWTH = 64 * 2**20
TOO_SLOW = f"it needs more than {READING_CPU_SECONDS:g} s"
# What no student is to blame for
KILLED = "the process that read it was killed (out of memory?)"
FAILED = "reading it failed"


def read_class(
    students: dict[str, Submitter], exercises: list[Exercise], place: Path, selection: Selection = ALL
) -> dict[str, Work]:
    """Return what every student handed in, by name (`hand_ins.look_through`); `place` holds all of it.

    What cannot be read, or needs more than one student may use, is a note in place of that student's files.
    """
    found: dict[str, Work] = {}
    names, killed = list(students), 0
    while len(found) < len(names):
        left = names[len(found) :]
        reader = _Reader([students[name] for name in left], exercises, place, selection)
        try:
            read = dict(zip(left, reader.results(), strict=False))
        finally:
            reason = reader.end()
        found |= read
        killed = (0 if read else killed) + (reason == KILLED)
        if len(read) < len(left) and reason and not 0 < killed < ATTEMPTS:
            name = left[len(read)]
            found[name] = unread(name, exercises, reason, failed=reason in (KILLED, FAILED))
            killed = 0
    return found


class _OverTime(Exception):
    """The reader has not answered for too long."""


class _Reader:
    """The process that reads, as the one that started it sees it."""

    def __init__(self, students: list[Submitter], exercises: list[Exercise], place: Path, selection: Selection) -> None:
        ours, theirs = socket.socketpair()
        with warnings.catch_warnings():
            # Python warns of a fork beside threads; the reader uses nothing that they could hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            _serve(theirs, students, exercises, place, selection)
        theirs.close()
        self._deadline, self._late = time.monotonic() + READING_WALL_SECONDS, False
        self._channel = Channel(ours, self._check)
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        try:
            greeting, _ = self._channel.receive()
        except (ChannelError, _OverTime) as error:
            greeting = str(error)
        if greeting is not None:
            self.end()
            raise GraderError(f"the process that reads what was handed in cannot be started: {greeting}")

    def results(self) -> Iterator[Work]:
        """Yield what each student handed in, for as long as the reader lives."""
        while True:
            self._deadline = time.monotonic() + READING_WALL_SECONDS
            try:
                _, [content] = self._channel.receive()
                work = msgspec.msgpack.decode(content, type=Work)
            except _OverTime:
                self._late = True
                return
            except (ChannelError, ValueError):
                return
            yield work

    def end(self) -> str:
        """End it; return what is to say of the student whose turn it was, nothing where it ended by itself."""
        self._channel.close()
        os.kill(self._pid, signal.SIGKILL)  # one that is ending already ends as it was to
        _, status = os.waitpid(self._pid, 0)
        if self._late:
            return f"it takes more than {READING_WALL_SECONDS:g} s"
        if not os.WIFSIGNALED(status):
            return FAILED if os.waitstatus_to_exitcode(status) else ""
        number = signal.Signals(os.WTERMSIG(status))
        return {signal.SIGXCPU: TOO_SLOW, signal.SIGKILL: KILLED}.get(number, f"reading it crashed ({number.name})")

    def _check(self) -> None:
        if time.monotonic() > self._deadline:
            raise _OverTime


def _serve(
    sock: socket.socket, students: list[Submitter], exercises: list[Exercise], place: Path, selection: Selection
) -> NoReturn:
    """Be the reader: hand over what each student handed in, in their order."""
    code = 1
    try:
        channel = Channel(sock)
        try:
            _confine(place)
        except Exception as error:
            channel.send(f"{type(error).__name__}: {error}"[:MAX_TEXT])
            os._exit(code)
        channel.send(None)
        size = _peak()
        for student in students:
            channel.send(None, [msgspec.msgpack.encode(_read(student, exercises, selection))])
            if _peak() - size > MAX_GROWTH:
                break
        code = 0
    finally:
        os._exit(code)  # whatever happened: there is one coordinator


def _confine(place: Path) -> None:
    """Give up what reading does not need; it is final."""
    system.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    limit(resource.RLIMIT_DATA, _data_bytes() + READING_MEMORY)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    limit(resource.RLIMIT_CORE, 0)
    if landlock.version():
        system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
        # A notebook is completed by what the stub gives; Python still has to find its encodings.
        landlock.restrict([str(place), str(EXERCISES), sysconfig.get_path("stdlib")], [])


def _read(student: Submitter, exercises: list[Exercise], selection: Selection) -> Work:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(used.ru_utime + used.ru_stime + READING_CPU_SECONDS + READING_GRACE_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        # An exception leaves what has been read; where none gets through, the kernel ends the process a little later.
        with cpu_limit(READING_CPU_SECONDS, lambda: BudgetEndedError(TOO_SLOW)):
            return look_through(student, exercises, selection)
    except BudgetEndedError as error:
        return unread(student.name, exercises, str(error))
    except Exception as error:
        return unread(student.name, exercises, f"{FAILED} ({type(error).__name__})", failed=True)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _data_bytes() -> int:
    """Return how much of what the limit counts this process has; a forked one starts with what its parent has."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
