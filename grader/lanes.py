"""A pool of lanes: processes that grade one job after the other, each with warm processes of its own.

A lane that dies (killed, out of memory) costs its job one attempt; a job that takes two lanes with it gets no points
and a reason, and the others go on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from grader.grade import Job, Lane
from grader.records import Result
from grader.wall import system

ATTEMPTS = 2


@dataclass
class _Worker:
    process: Any
    connection: Connection
    job: Job | None = None


@dataclass(frozen=True)
class LaneSettings:
    """What every lane is told: sandbox level, what no student may read, where compiled tests are kept."""

    level: str
    secrets: tuple[Path, ...]
    bytecode: Path
    room: Path | None = None  # where students' folders are made; the temporary folder by default


def run_jobs(
    jobs: list[Job], workers: int, settings: LaneSettings, give_up: Callable[[Job], Result]
) -> Iterator[Result]:
    """Grade `jobs` in `workers` processes; results come as they are finished. `give_up` makes that of a lost job."""
    context = multiprocessing.get_context("spawn")
    waiting = deque(jobs)
    attempts: dict[int, int] = {}
    crew: list[_Worker] = []

    def start() -> _Worker:
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, settings), daemon=False)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def hand_out(worker: _Worker) -> None:
        worker.job = waiting.popleft() if waiting else None
        if worker.job is not None:
            worker.connection.send(worker.job)

    try:
        crew = [start() for _ in range(min(workers, len(jobs)))]
        for worker in crew:
            hand_out(worker)
        while busy := [worker for worker in crew if worker.job is not None]:
            ready = wait([worker.connection for worker in busy])
            for worker in busy:
                if worker.connection not in ready:
                    continue
                job = worker.job
                assert job is not None
                try:
                    yield worker.connection.recv()
                except (EOFError, OSError):
                    attempts[id(job)] = attempts.get(id(job), 0) + 1
                    crew[crew.index(worker)] = worker = _replace(worker, start)
                    if attempts[id(job)] < ATTEMPTS:
                        waiting.appendleft(job)
                    else:
                        yield give_up(job)
                hand_out(worker)
    finally:
        for worker in crew:
            worker.connection.close()
            worker.process.kill()
            worker.process.join()


def _replace(worker: _Worker, start: Callable[[], _Worker]) -> _Worker:
    worker.connection.close()
    worker.process.kill()
    worker.process.join()
    return start()


def _work(connection: Connection, settings: LaneSettings) -> None:
    """One lane's process: it ends with the process that started it, however that ends."""
    system.die_with_parent()
    # Every grader child imports its hidden tests anew; compiling them each time would take half of its time.
    sys.dont_write_bytecode = False
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # the GPU is shared with the students' processes
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    sys.pycache_prefix = str(settings.bytecode)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    lane = Lane(settings.level, settings.secrets, room=settings.room)
    try:
        while True:
            connection.send(lane.grade(connection.recv()))
    except (EOFError, OSError):
        pass
    finally:
        lane.close()
