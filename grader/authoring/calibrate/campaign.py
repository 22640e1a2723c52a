"""Many seeds of many exercises in parallel processes; what is measured already is not measured again."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from grader.authoring.calibrate.measurements import (
    Measurement,
    Setting,
    budget_hash,
    read_measurements,
    write_measurements,
)
from grader.authoring.calibrate.one_run import Measured, Run, measure_plainly, prepare_process
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise

# Libraries keep some memory of every network; a new process now and then has none.
RUNS_PER_PROCESS = 10
# One thread per process: the processes are the parallelism. The GPU is shared.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}


def setting_of(exercise: Exercise, profile: str, gpu: bool) -> Setting:
    """Where `exercise` is measured now; `gpu` says whether Keras sees one."""
    if exercise.needs == "numpy":
        return Setting(profile, "numpy", "cpu")
    return Setting(profile, os.environ.get("KERAS_BACKEND", "tensorflow"), "gpu" if gpu else "cpu")


def calibrate(
    exercise: Exercise, setting: Setting, seeds: int, workers: int, on_seed: Callable[[Measured], None]
) -> None:
    """Measure the seeds up to `seeds` that are missing; each is kept as soon as those before it are.

    Raises:
        GraderError: a test failed before it could measure anything, or a process was killed.
    """
    everything = read_measurements(exercise)
    names = {measurement.threshold for measurement in everything}
    budget = budget_hash(exercise, setting.profile, names)
    others = [m for m in everything if m.setting != setting]
    mine = [m for m in everything if m.setting == setting and m.budget == budget]
    done = min((len(measurement.values) for measurement in mine), default=0)
    runs = [Run(exercise, setting.profile, seed) for seed in range(done, seeds)]
    for measured in _measure_all(runs, workers):
        mine = _with(mine, measured, exercise, setting)
        write_measurements(exercise, others + mine)
        on_seed(measured)


def _with(known: list[Measurement], measured: Measured, exercise: Exercise, setting: Setting) -> list[Measurement]:
    """`known` and one more seed."""
    names = {threshold for threshold, _ in measured.learned}
    budget = budget_hash(exercise, setting.profile, names)
    by_key = {(m.threshold, m.test): m for m in known}
    kept = []
    for key, value in measured.learned.items():
        measurement = by_key.get(key, Measurement(*key, setting, budget))
        if len(measurement.values) == measured.seed:
            measurement.add(value, measured.unlearned[key], measured.seconds[key[1]])
        kept.append(measurement)
    return kept


def _measure_all(runs: list[Run], workers: int) -> Iterator[Measured]:
    """Yield what `runs` measure, in their order."""
    batch = RUNS_PER_PROCESS * workers
    for start in range(0, len(runs), batch):
        yield from _measure_batch(runs[start : start + batch], workers)


def _measure_batch(runs: list[Run], workers: int) -> Iterator[Measured]:
    """Yield the same in new processes, which end with it."""
    fresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(runs)), fresh, prepare_process, (ENVIRONMENT,))
    try:
        for answer in pool.map(measure_plainly, runs):
            if isinstance(answer, str):
                raise GraderError(answer)
            yield answer
    except BrokenProcessPool:
        raise GraderError("a process that measured was killed (out of memory?); try fewer --workers") from None
    except BaseException:
        for process in multiprocessing.active_children():
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
