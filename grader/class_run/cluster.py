"""Grades on a Dask cluster: the same jobs, in lanes of its workers.

A worker process never holds a student's code: it starts a lane, a process of its own, as a run on one machine does.
What travels to a worker is a job in plain data; what comes back is a record in JSON. A worker that is lost costs its
jobs a retry on another one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.class_run.already_graded import kit_hash
from grader.class_run.pool import ATTEMPTS, LaneProcess, LaneSettings
from grader.grading.job import Job
from grader.grading.result import Result, from_json, to_json
from grader.kit.errors import GraderError
from grader.wall import sandbox

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
CONNECT_SECONDS = 20
# The lanes of a worker process, one for each of its threads.
_lanes = threading.local()


@contextmanager
def connect(address: str, workers: int) -> Iterator[Client]:
    """Open a client of the scheduler at `address`, or of a cluster on this machine for "local"."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise GraderError("--dask needs Dask: pip install 'deep-learning-with-keras-exercises[cluster]'") from None
    if address == LOCAL:
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise GraderError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        yield client


def run_jobs(
    client: Client, jobs: list[Job], level: str, workers: int, give_up: Callable[[Job], Result]
) -> Iterator[Result]:
    """Grade `jobs` on the cluster, at most one at a time when `workers` is 1; results come as they are finished."""
    from distributed import as_completed

    left = iter(jobs)
    running = {}

    def submit() -> None:
        job = next(left, None)
        if job is not None:
            words = msgspec.msgpack.encode(job), level, kit_hash().hex()
            future = client.submit(_grade, *words, pure=False, retries=ATTEMPTS - 1)
            running[future.key] = job
            pool.add(future)

    pool = as_completed(with_results=False)
    # Enough to keep every thread of the cluster busy, whatever joins later; the rest waits here, not there.
    ahead = 1 if workers == 1 else 2 * max(sum(client.nthreads().values()), workers)
    for _ in range(min(ahead, len(jobs))):
        submit()
    for future in pool:
        job = running.pop(future.key)
        yield _result(future, job, give_up)
        submit()


def _result(future, job: Job, give_up: Callable[[Job], Result]) -> Result:  # type: ignore[no-untyped-def]
    error = future.exception()
    if error is None:
        return from_json(future.result())
    if isinstance(error, UnfitWorkerError):
        raise GraderError(str(error))
    return give_up(job)


class UnfitWorkerError(Exception):
    """A worker that cannot grade: another version of the kit or of its libraries, no sandbox."""


def _grade(plain: bytes, level: str, kit: str) -> str:
    """Grade one job, on a worker of the cluster."""
    if kit_hash().hex() != kit:
        raise UnfitWorkerError("a worker of the cluster has another version of the kit or its libraries")
    job = msgspec.msgpack.decode(plain, type=Job)
    try:
        sandbox.choose(level)
    except sandbox.SandboxError as error:
        raise UnfitWorkerError(f"a worker of the cluster cannot grade: {error}") from None
    try:
        return to_json(_lane(level).grade(job))
    except EOFError:
        _lanes.lane.close()
        del _lanes.lane
        raise RuntimeError("the lane died") from None


def _lane(level: str) -> LaneProcess:
    if not hasattr(_lanes, "lane"):
        from distributed import get_worker

        # Dask removes a worker's folder with the worker, and that of a worker that was killed with the next one.
        room = Path(get_worker().local_directory) / f"lane-{threading.get_ident()}"
        room.mkdir(exist_ok=True)
        _lanes.lane = LaneProcess(LaneSettings(level, (), room / "bytecode", room))
    return _lanes.lane
