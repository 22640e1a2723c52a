"""A pool of lanes: processes that grade one job after the other, each with warm processes of its own.

A lane that dies (killed, out of memory) costs its job one attempt; a job that takes two lanes with it gets no points
and a reason, and the others continue.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import cast

from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.grading.result import Result
from grader.wall import sandbox, system

ATTEMPTS = 2


@dataclass(frozen=True)
class LaneSettings:
    """What every lane is told: sandbox level, what no student may read, where compiled tests are kept."""

    level: str
    secrets: tuple[Path, ...]
    bytecode: Path
    room: Path | None = None  # where students' folders are made; the temporary folder by default


class LaneProcess:
    """One lane in a process of its own, from its start to its end; it ends with the thread that started it."""

    def __init__(self, settings: LaneSettings) -> None:
        self.connection, theirs = Pipe()
        path = os.pathsep.join([*map(str, sandbox.PYTHONPATH), *filter(None, [os.environ.get("PYTHONPATH")])])
        command = [sys.executable, "-c", f"from grader.class_run.pool import work; work({theirs.fileno()})"]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.DEVNULL
        )
        theirs.close()
        self.connection.send(settings)

    def grade(self, job: Job) -> Result:
        """Grade one job and wait for the result; `EOFError` when the lane dies over it."""
        try:
            self.connection.send(job)
            return self.connection.recv()
        except OSError:
            raise EOFError from None

    def close(self) -> None:
        """End the process."""
        self.connection.close()
        self._process.kill()
        self._process.wait()


def run_jobs(
    jobs: list[Job], workers: int, settings: LaneSettings, give_up: Callable[[Job], Result]
) -> Iterator[Result]:
    """Grade `jobs` in `workers` processes; results come as they are finished. `give_up` makes that of a lost job."""
    waiting = deque(jobs)
    lost: dict[int, int] = {}
    busy: dict[Connection, tuple[LaneProcess, Job]] = {}

    def hand_out(lane: LaneProcess) -> None:
        """Give the lane its next job, or end it."""
        if not waiting:
            lane.close()
            return
        job = waiting.popleft()
        busy[lane.connection] = (lane, job)
        with contextlib.suppress(OSError):  # it died; reading from it will tell
            lane.connection.send(job)

    try:
        for _ in range(min(workers, len(jobs))):
            hand_out(LaneProcess(settings))
        while busy:
            for connection in wait(list(busy)):
                lane, job = busy.pop(cast(Connection, connection))
                try:
                    result = lane.connection.recv()
                except (EOFError, OSError):
                    lane.close()
                    lost[id(job)] = lost.get(id(job), 0) + 1
                    if lost[id(job)] < ATTEMPTS:
                        waiting.appendleft(job)
                    else:
                        yield give_up(job)
                    if waiting:
                        hand_out(LaneProcess(settings))
                else:
                    hand_out(lane)
                    yield result
    finally:
        for lane, _ in busy.values():
            lane.close()


def work(fd: int) -> None:
    """Grade what comes through the pipe `fd`: this is the process of a lane."""
    system.die_with_parent()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # the GPU is shared with the students' processes
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    os.set_inheritable(fd, False)
    connection = Connection(fd)
    settings = connection.recv()
    lane = Lane(settings.level, settings.secrets, room=settings.room, bytecode=settings.bytecode)
    try:
        while True:
            connection.send(lane.grade(connection.recv()))
    except (EOFError, OSError):
        pass
    finally:
        lane.close()
