"""What a grader child tells its lane as it happens, one JSON object a line: both ends of the pipe.

A child that dies in the middle takes no verdict with it: what it has told stands.
"""

import os
import select
import time
from dataclasses import dataclass, field

import msgspec

from grader.kit.exercise import Exercise
from grader.misconceptions.recognise import Recognised
from grader.testing.verdict import Cause, PlannedTest, Status, Verdict
from grader.wall.limits import CALLS_PER_TASK, GRADER_TASK_SECONDS, wall_limit

CRASHED = Verdict(Status.ERROR, "the grader was stopped while this test used the student's result", Cause.STOPPED)


class Planned(msgspec.Struct, tag=True):
    """The tests were collected."""

    tests: list[PlannedTest]


class Started(msgspec.Struct, tag=True):
    """A test has begun."""

    test: str


class Judged(msgspec.Struct, tag=True):
    """A test has come to its end."""

    test: str
    verdict: Verdict


class Ended(msgspec.Struct, tag=True):
    """All tests that were to run have run, unless the sandbox failed."""

    sandbox_failed: str
    cpu_seconds: float  # of the student's process


class Explained(msgspec.Struct, tag=True):
    """Misconceptions were recognised."""

    misconceptions: list[Recognised]


Event = Planned | Started | Judged | Ended | Explained
_decoder = msgspec.json.Decoder(Event)


def tell(pipe: int, *events: Event) -> None:
    """Write events, one a line; they are there at once."""
    os.write(pipe, b"".join(msgspec.json.encode(event) + b"\n" for event in events))


@dataclass
class RunState:
    """What is known of a run so far, from all its children together."""

    exercise: Exercise
    plan: list[PlannedTest] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    running: str = ""
    finished: bool = False
    seconds: dict[str, float] = field(default_factory=dict)  # by task
    start_seconds: float = 0.0  # of the lane and its sandbox, for whoever comes first: no part of the file's own
    sandbox_failed: str = ""
    cpu_seconds: float = 0.0
    recognised: list[Recognised] = field(default_factory=list)

    @property
    def running_task(self) -> str:
        """The task of the test that runs now; between tests, nothing."""
        return next((test.task for test in self.plan if test.id == self.running), "")

    def follow(self, pipe: int) -> bool:
        """Take in the events of one child; return whether it ended, and was not given up since it took too long."""
        self.running = ""
        buffer = b""
        while True:
            started = time.monotonic()
            ready, _, _ = select.select([pipe], [], [], self._seconds_left())
            chunk = os.read(pipe, 1 << 16) if ready else b""
            task = self.running_task
            self.seconds[task] = self.seconds.get(task, 0.0) + time.monotonic() - started
            if not chunk:
                return bool(ready)
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                self.take_in(_decoder.decode(line))

    def take_in(self, event: Event) -> None:
        match event:
            case Planned(tests):
                self.plan = tests
            case Started(test):
                self.running = test
            case Judged(test, verdict):
                self.verdicts[test], self.running = verdict, ""
            case Ended(sandbox_failed, cpu_seconds):
                self.finished, self.sandbox_failed = True, sandbox_failed
                self.cpu_seconds += cpu_seconds
            case Explained(misconceptions):
                self.recognised += misconceptions

    def lose_task(self) -> None:
        """Give up the test in which a child was stopped, and the rest of its task: it could take as long."""
        task = self.running_task
        for test in self.plan:
            if test.task == task:
                self.verdicts.setdefault(test.id, CRASHED)

    def _seconds_left(self) -> float:
        """How much longer the task that runs now may take; between tests, what starting and collecting may."""
        task = self.running_task
        calls = CALLS_PER_TASK * wall_limit(self.exercise.task(task).call_seconds) if task else 0.0
        return max(0.0, GRADER_TASK_SECONDS + calls - self.seconds.get(task, 0.0))
