"""Grades one submission: a grader process and a student's process, both forked from warm ones.

A lane keeps what is warm. Its grader child runs the hidden tests and reports verdict by verdict; when it is stopped in
the middle, by a student's model that is too large for it, say, the verdicts so far stand, the task that it was at is
lost, and a new child goes on with the rest.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.grading.hidden_run import CRASHED, GradingRun, read_plan, read_verdict, run_hidden_tests
from grader.grading.result import Recognised, Result, TestResult
from grader.kit.exercise import Exercise
from grader.kit.quiet import quiet
from grader.testing.scoring import ERROR, MISSING, NOT_RUN, PlannedTest, Verdict, score_exercise, without_tests
from grader.testing.seeds import derive_seed
from grader.wall import system
from grader.wall.client import CALLS_PER_TASK, RemoteStudent, Submission
from grader.wall.usage import wall_limit
from grader.wall.zygote import Zygote, ZygoteError

# The grader's own computations for one task may take this long, beside the calls of the student's functions.
TASK_SECONDS = 120
# One lane for each processor keeps one process busy, rarely two.
OVERLOADED = 2.0
GRADER_DATA_BYTES = 6 * 2**30
VERSIONED = ("keras", "tensorflow", "jax", "torch", "numpy", "scikit-learn", "gymnasium")
GRADER_IMPORTS = {
    "numpy": ("numpy", "sklearn.metrics"),
    "keras": ("keras", "gymnasium", "course_data", "sklearn.metrics"),
}


@dataclass(frozen=True)
class Job:
    """Everything that grading one file needs, in plain data."""

    student: str
    exercise: Exercise
    source: bytes | None  # None: not handed in
    note: str  # why there is no file, or ""
    course_key: bytes
    profile: str
    content_hash: str
    quick_for: str = ""  # a quick look at a grader, no grade: only this task's tests may train networks
    until_failure: bool = False  # nor is this one: this task's tests first, and no more after the first that fails

    @property
    def source_hash(self) -> str:
        """SHA-256 of the file; what hidden tests draw is drawn from it, so that equal files are graded alike."""
        return "" if self.source is None else hashlib.sha256(self.source).hexdigest()


@dataclass
class Progress:
    """What is known of a run so far."""

    plan: list[PlannedTest] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    running: str = ""
    finished: bool = False
    seconds: dict[str, float] = field(default_factory=dict)  # by task
    sandbox_failed: str = ""
    cpu_seconds: float = 0.0
    recognised: list[Recognised] = field(default_factory=list)


class Lane:
    """Grades one submission after the other in one process of its own, which imports the libraries once."""

    def __init__(
        self,
        level: str,
        secrets: tuple[Path, ...] = (),
        threads: int = 1,
        room: Path | None = None,
        bytecode: Path | None = None,
    ) -> None:
        """`bytecode` is a folder that keeps compiled hidden tests from one submission to the next."""
        self._level, self._secrets, self._threads, self._room = level, secrets, threads, room
        self._bytecode = bytecode
        self._zygotes: dict[str, Zygote] = {}

    def grade(self, job: Job) -> Result:
        """Run the hidden tests of one exercise on one file."""
        started = time.monotonic()
        if job.source is None:
            scores = without_tests(job.exercise, MISSING, job.note or "not submitted")
            return self._result(job, scores, [], "", 0.0, 0.0)
        progress = self._run(job, job.source)
        note = ""
        if not progress.plan:
            note = "the hidden tests could not be collected"
        if progress.sandbox_failed:
            note = progress.sandbox_failed
        if note:
            scores = without_tests(job.exercise, ERROR, note)
        else:
            scores = score_exercise(job.exercise, progress.plan, progress.verdicts)
        tests = [
            TestResult(test.id, test.task, verdict.status, verdict.message, test.title)
            for test in progress.plan
            for verdict in [progress.verdicts.get(test.id, NOT_RUN)]
        ]
        overdue = _overloaded() and any(verdict.out_of_time for verdict in progress.verdicts.values())
        seconds = time.monotonic() - started
        result = self._result(job, scores, tests, note, seconds, progress.cpu_seconds, overdue)
        by_task = {task: round(spent, 3) for task, spent in progress.seconds.items() if task}
        return replace(result, task_seconds=by_task, recognised=[] if note else progress.recognised)

    def close(self) -> None:
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()

    def _run(self, job: Job, source: bytes) -> Progress:
        """Fork grader children until every test has a verdict; one that is stopped in a test costs that task."""
        progress = Progress()
        sandbox_failures = 0
        while not progress.finished:
            settled = len(progress.verdicts)
            try:
                zygote = self._zygote(job.exercise.needs)
                self._run_child(job, source, zygote, progress)
                self._reset(job.exercise.needs, zygote)
            except ZygoteError as error:
                progress.sandbox_failed = str(error)
            if progress.sandbox_failed:
                # Nothing that the student is to blame for: once more with a new one.
                self._drop_zygote(job.exercise.needs)
                sandbox_failures += 1
                if sandbox_failures > 1:
                    return progress
                progress.sandbox_failed, progress.finished = "", False
            elif not progress.finished:
                _lose_task(progress)
                if len(progress.verdicts) == settled:
                    return progress
        return progress

    def _run_child(self, job: Job, source: bytes, zygote: Zygote, progress: Progress) -> None:
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(read_end)
                system.die_with_parent()
                resource.setrlimit(resource.RLIMIT_DATA, (GRADER_DATA_BYTES, GRADER_DATA_BYTES))
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                if self._bytecode is not None:
                    # Each child imports its hidden tests anew; compiling them would take half of its time.
                    sys.dont_write_bytecode, sys.pycache_prefix = False, str(self._bytecode)
                seed = derive_seed(job.course_key, job.source_hash, job.exercise.name) % 2**32
                student = RemoteStudent(zygote, Submission(job.exercise.filename, source, seed))
                done = frozenset(progress.verdicts)
                run = GradingRun(job.exercise, student, job.course_key, job.source_hash, job.profile, done, write_end)
                run.quick_for, run.until_failure = job.quick_for, job.until_failure
                run_hidden_tests(run)
                status = 0
            finally:
                os._exit(status)
        os.close(write_end)
        try:
            _follow(read_end, job.exercise, progress)
        finally:
            os.close(read_end)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _zygote(self, needs: str) -> Zygote:
        if needs not in self._zygotes:
            with quiet():
                for name in GRADER_IMPORTS[needs]:
                    importlib.import_module(name)
            self._zygotes[needs] = Zygote(needs, self._level, self._secrets, self._threads, self._room)
            # Collections in the children need not look at the libraries: pytest makes ten of them in a run.
            gc.freeze()
        return self._zygotes[needs]

    def _reset(self, needs: str, zygote: Zygote) -> None:
        """End what the submission left behind; a sandbox that does not come clean is replaced, at nobody's cost."""
        try:
            zygote.reset()
        except ZygoteError:
            self._drop_zygote(needs)

    def _drop_zygote(self, needs: str) -> None:
        zygote = self._zygotes.pop(needs, None)
        if zygote is not None:
            zygote.close()

    def _result(
        self, job: Job, scores: list, tests: list, note: str, wall: float, cpu: float, overdue: bool = False
    ) -> Result:
        uses_keras = job.exercise.needs == "keras"
        return Result(
            student=job.student,
            exercise=job.exercise.name,
            scores=scores,
            tests=tests,
            note=note,
            sandbox=self._level,
            profile=job.profile,
            device="gpu" if uses_keras and job.profile == "gpu" else "cpu",
            backend=os.environ.get("KERAS_BACKEND", "tensorflow") if uses_keras else "",
            versions=versions(),
            wall_seconds=round(wall, 3),
            student_cpu_seconds=round(cpu, 3),
            content_hash="" if note else job.content_hash,  # what could not be graded is due again
            source_hash=job.source_hash,
            overdue=overdue,
        )


def _overloaded() -> bool:
    """Whether more wants to run on this machine than it has processors for."""
    return os.getloadavg()[0] > OVERLOADED * (os.cpu_count() or 1)


def versions() -> dict[str, str]:
    """The versions of the libraries that decide a result."""
    found = {}
    for name in VERSIONED:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _follow(read_end: int, exercise: Exercise, progress: Progress) -> None:
    """Take in the events of a grader child until it ends, or its task has taken too long."""
    progress.running = ""
    buffer = b""
    while True:
        started, allowed = time.monotonic(), _seconds_left(exercise, progress)
        ready, _, _ = select.select([read_end], [], [], allowed)
        chunk = os.read(read_end, 1 << 16) if ready else b""
        task = _running_task(progress)
        progress.seconds[task] = progress.seconds.get(task, 0.0) + time.monotonic() - started
        if not chunk:
            return
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            _take_in(json.loads(line), progress)


def _lose_task(progress: Progress) -> None:
    """The test in which a grader child was stopped is lost, and so is the rest of its task: it could take as long."""
    task = _running_task(progress)
    for test in progress.plan:
        if test.task == task:
            progress.verdicts.setdefault(test.id, CRASHED)


def _take_in(event: dict, progress: Progress) -> None:
    if "plan" in event:
        progress.plan = read_plan(event)
    elif "start" in event:
        progress.running = event["start"]
    elif "test" in event:
        progress.verdicts[event["test"]] = read_verdict(event)
        progress.running = ""
    elif "end" in event:
        progress.finished = True
        progress.sandbox_failed = event["end"]
        progress.cpu_seconds += event["cpu_seconds"]
    elif "recognised" in event:
        progress.recognised += [Recognised(**misconception) for misconception in event["recognised"]]


def _running_task(progress: Progress) -> str:
    return next((test.task for test in progress.plan if test.id == progress.running), "")


def _seconds_left(exercise: Exercise, progress: Progress) -> float:
    """How much longer the task that runs now may take; between tests, what starting and collecting may."""
    task = _running_task(progress)
    calls = CALLS_PER_TASK * wall_limit(exercise.task(task).call_seconds) if task else 0.0
    return max(0.0, TASK_SECONDS + calls - progress.seconds.get(task, 0.0))
