"""The reference under one seed: the hidden tests that compare with a threshold are run in this process, no wall.

Such a test says what it measured with pytest's own `record_property("wine_accuracy", accuracy)`, before it compares.
"""

import contextlib
import io
import os
import random
import signal
from dataclasses import dataclass, field

import pytest

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.testing.seeds import derive_seed
from grader.testing.session import Session, run_pytest
from grader.testing.student import Student
from grader.testing.thresholds import look_up, read_unlearned
from grader.testing.trainings import Trainings

RECORDS = "record_property"


@dataclass(frozen=True)
class Run:
    """What decides one run."""

    exercise: Exercise
    profile: str
    seed: int


@dataclass
class Measured:
    """What one run measured: values by (threshold, test), and the seconds of each test."""

    seed: int
    learned: dict[tuple[str, str], float] = field(default_factory=dict)
    unlearned: dict[tuple[str, str], float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class _Recorder:
    """A pytest plugin: the reference in the student's place, only the tests that measure, what they recorded."""

    def __init__(self, run: Run, unlearned: bool) -> None:
        key = f"calibration, seed {run.seed}".encode()
        student = Student(run.exercise.solution)
        trainings = Trainings(to_the_end=True)
        self.session = Session(lambda _: student, key, "", run.profile, unlearned, trainings)
        self.values: dict[tuple[str, str], float] = {}
        self.seconds: dict[str, float] = {}
        self.tests: set[str] = set()
        self.problems: dict[str, str] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if RECORDS in getattr(item, "fixturenames", ())]
        self.tests = {item.name for item in items}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("::")[-1]
        self.seconds[name] = self.seconds.get(name, 0.0) + report.duration
        if report.failed:
            self.problems[name] = " ".join(report.longreprtext.split())
        if report.when == "call":
            self.values |= {(threshold, name): float(value) for threshold, value in report.user_properties}  # type: ignore[arg-type]


def measure(run: Run) -> Measured:
    """Run the tests of one seed twice: as they are, and so that nothing is learned.

    Raises:
        GraderError: a test recorded nothing, since it failed before it could.
    """
    learned = _record(run, unlearned=False)
    measured = Measured(run.seed, learned.values, {}, learned.seconds)
    known = read_unlearned(run.exercise)
    if not known:
        raise GraderError(f"{run.exercise.thresholds} has no table [unlearned]: how is a run made that learns nothing?")
    measured.unlearned = {key: look_up(known, key[0]) for key in learned.values}
    if None in measured.unlearned.values():
        reached = _record(run, unlearned=True).values
        measured.unlearned = {
            key: reached[key] if value is None else value for key, value in measured.unlearned.items()
        }
    return measured


def _record(run: Run, unlearned: bool) -> _Recorder:
    recorder = _Recorder(run, unlearned)
    _seed_everything(run)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        run_pytest([run.exercise.hidden], recorder.session, recorder)
    missing = sorted(recorder.tests - {test for _, test in recorder.values})
    if missing:
        what = "a run that learns nothing" if unlearned else "the reference"
        reason = recorder.problems.get(missing[0], "it never called record_property")
        raise GraderError(f"{run.exercise.name}, seed {run.seed}: {missing[0]} measured nothing of {what}: {reason}")
    return recorder


def _seed_everything(run: Run) -> None:
    seed = derive_seed(b"calibration", run.exercise.name, str(run.seed)) % 2**32
    if run.exercise.needs == "keras":
        import keras

        keras.utils.set_random_seed(seed)
        return
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)


def prepare_process(environment: dict[str, str]) -> None:
    """Prepare a process before its first run: it leaves Ctrl-C to its parent, which ends it, and is silent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for name, value in environment.items():
        os.environ.setdefault(name, value)


def measure_plainly(run: Run) -> Measured | str:
    """`measure`, its error as text: what a process answers must be plain data."""
    try:
        return measure(run)
    except GraderError as error:
        return str(error)
