"""A lane grades one submission after the other: a grader process and a student's process, both forked from warm ones.

The grader child runs the hidden tests and tells verdict by verdict (`events`); when it is stopped in the middle, by a
student's model that is too large for it, say, the verdicts so far stand, the task that it was at is lost, and a new
child continues with the rest.
"""

import contextlib
import gc
import importlib
import os
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from grader.grading.events import RunState
from grader.grading.job import Job
from grader.grading.result import Result, TestResult
from grader.grading.warm_grader import CannotCollect, WarmGrader
from grader.kit.exercise import Exercise
from grader.kit.quiet import quiet
from grader.testing.scoring import score_exercise, without_tests
from grader.testing.verdict import NOT_RUN, Cause, Status
from grader.wall.warm import WarmSandboxes
from grader.wall.zygote import Zygote, ZygoteError

ATTEMPTS = 2  # with a sandbox that fails, for which nobody is to blame
# One lane for each processor keeps one process busy, rarely two.
OVERLOADED = 2.0
VERSIONED = ("keras", "tensorflow", "jax", "torch", "numpy", "scikit-learn", "gymnasium")
GRADER_IMPORTS = {
    "numpy": ("numpy", "sklearn.metrics"),
    "keras": ("keras", "gymnasium", "course_data", "sklearn.metrics"),
}


class Lane:
    """Grades one submission after the other in one process of its own, which imports the libraries once."""

    def __init__(
        self,
        level: str,
        secrets: tuple[Path, ...] = (),
        *,
        threads: int = 1,
        room: Path | None = None,
        bytecode: Path | None = None,
    ) -> None:
        """`bytecode` is a folder that keeps compiled hidden tests from one submission to the next."""
        self._level, self._bytecode = level, bytecode
        self._prepared: set[str] = set()
        self._graders: dict[Exercise, WarmGrader] = {}
        self.sandboxes = WarmSandboxes(level, secrets, threads=threads, room=room)

    def grade(self, job: Job) -> Result:
        """Run the hidden tests of one exercise on one file."""
        if job.source is None:
            status = Status.UNREADABLE if job.note else Status.MISSING
            scores = without_tests(job.exercise, status, job.note or "not submitted")
            if job.failed:
                return self._result(job, scores=scores, note=job.note)
            return self._result(job, scores=scores, content_hash=job.content_hash)
        started = time.monotonic()
        state = self._run(job)
        note = state.sandbox_failed or ("" if state.plan else "the hidden tests could not be collected")
        out_of_time = any(verdict.cause == Cause.TIME for verdict in state.verdicts.values())
        return self._result(
            job,
            scores=without_tests(job.exercise, Status.ERROR, note)
            if note
            else score_exercise(job.exercise, state.plan, state.verdicts),
            tests=[
                TestResult(test.id, test.task, verdict.status, verdict.message, test.title, verdict.cause)
                for test in state.plan
                for verdict in [state.verdicts.get(test.id, NOT_RUN)]
            ],
            note=note,
            wall_seconds=round(time.monotonic() - started - state.start_seconds, 3),
            student_cpu_seconds=round(state.cpu_seconds, 3),
            content_hash="" if note else job.content_hash,  # what could not be graded is due again
            recognised=[] if note else state.recognised,
            task_seconds={task: round(spent, 3) for task, spent in state.seconds.items() if task},
            overdue=out_of_time and _overloaded(),
        )

    def close(self) -> None:
        for exercise in list(self._graders):
            self._drop(exercise)
        self.sandboxes.close()

    def _run(self, job: Job) -> RunState:
        """Fork grader children until every test has a verdict; one that is stopped in a test costs that task."""
        state = RunState(job.exercise)
        failures = 0
        while not state.finished:
            settled, started = len(state.verdicts), time.monotonic()
            try:
                self.sandboxes.start(job.exercise.needs)  # imports the libraries while this process does
                self._prepare(job.exercise.needs)
                with self.sandboxes.borrow(job.exercise.needs) as zygote:
                    state.start_seconds += time.monotonic() - started
                    self._grade_in_a_fork(job, zygote, state)
                    if state.sandbox_failed:
                        raise ZygoteError(state.sandbox_failed)
            except ZygoteError as error:
                failures += 1
                if failures == ATTEMPTS:
                    state.sandbox_failed = str(error)
                    return state
                state.sandbox_failed, state.finished = "", False
                continue
            if not state.finished:
                state.lose_task()
                if len(state.verdicts) == settled:
                    return state
        return state

    def _grade_in_a_fork(self, job: Job, zygote: Zygote, state: RunState) -> None:
        started = time.monotonic()
        try:
            grader = self._warm_grader(job.exercise, zygote)
        except CannotCollect:
            state.finished = True  # without a plan
            return
        state.start_seconds += time.monotonic() - started
        try:
            grader.grade(job, state)
        except BaseException:
            self._drop(job.exercise)
            raise

    def _warm_grader(self, exercise: Exercise, zygote: Zygote) -> WarmGrader:
        """Return the one of the exercise; a new one with a new sandbox, since it speaks to that."""
        grader = self._graders.get(exercise)
        if grader is None or grader.zygote is not zygote:
            self._drop(exercise)
            grader = self._graders[exercise] = WarmGrader(exercise, zygote, self._bytecode)
        return grader

    def _drop(self, exercise: Exercise) -> None:
        grader = self._graders.pop(exercise, None)
        if grader is not None:
            grader.close()

    def _prepare(self, needs: str) -> None:
        """Import here, once, what the children need."""
        if needs in self._prepared:
            return
        with quiet():
            for name in GRADER_IMPORTS[needs]:
                importlib.import_module(name)
        # Collections in the children need not look at the libraries: pytest makes ten of them in a run.
        gc.freeze()
        self._prepared.add(needs)

    def _result(self, job: Job, **facts: Any) -> Result:
        uses_keras = job.exercise.needs == "keras"
        return Result(
            student=job.student,
            exercise=job.exercise.name,
            sandbox=self._level,
            profile=job.profile,
            device="gpu" if uses_keras and job.profile == "gpu" else "cpu",
            backend=os.environ.get("KERAS_BACKEND", "tensorflow") if uses_keras else "",
            versions=versions(),
            source_hash=job.source_hash,
            remarks=list(job.remarks),
            **facts,
        )


def _overloaded() -> bool:
    """Whether more wants to run on this machine than it has processors for."""
    return os.getloadavg()[0] > OVERLOADED * (os.cpu_count() or 1)


def versions() -> dict[str, str]:
    """Return the versions of the libraries that decide a result."""
    found = {}
    for name in VERSIONED:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
