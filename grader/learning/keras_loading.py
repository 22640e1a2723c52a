"""Loads Keras without what its backend and drivers write, and leaves its progress bars out of what students read."""

import logging
import os
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from grader.kit.exercise import EXERCISES, exercise_of_test
from grader.kit.quiet import quiet
from grader.learning.backends import BACKENDS, backend_of_kit, chosen_backend

# What a bar that moves leaves behind where nothing moves, and the line above it.
BAR = re.compile(r"[\r\b━]|Epoch \d+/\d+\s*$")


class KerasExercises:
    """The plugin that loads Keras for the first tests that need it; where that fails, they are left out with a note."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._problem: str | None = None  # why Keras cannot be loaded; None: nobody has tried

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> pytest.CollectReport | None:
        path = collector.path
        if not isinstance(collector, pytest.Module) or path.parent.parent.name != EXERCISES.name:
            return None
        exercise = exercise_of_test(path)
        if exercise is None or exercise.needs != "keras":
            return None
        if self._problem is None:
            if "keras" not in sys.modules:
                self._say(f"loading Keras with {chosen_backend()[0]} ...")
            self._problem = load_keras()
        if not self._problem:
            return None
        report: Any = pytest.CollectReport(collector.nodeid, "skipped", (str(path), 1, self._problem), [])
        report.exercise_note = (exercise.name, self._problem)
        return report


def load_keras() -> str:
    """Import Keras and let its backend compute once: drivers complain then. Returns why it cannot be, or ""."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for library in ("tensorflow", "jax"):  # traces that are made again, a GPU that might be there
        logging.getLogger(library).setLevel(logging.ERROR)
    try:
        with quiet():
            import keras

            keras.ops.ones(1)
    except Exception as error:
        return _problem(error)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # TensorFlow has set it
    return ""


def without_progress_bars(text: str) -> str:
    """Return captured output without the lines of progress bars; "" where nothing else was written."""
    lines = [line for line in re.split(r"(?<=\n)", text) if not BAR.search(line.removesuffix("\r\n"))]
    return "".join(lines) if any(line.strip() for line in lines) else ""


def _problem(error: Exception) -> str:
    missing = (error.name or "") if isinstance(error, ModuleNotFoundError) else ""
    chosen = os.environ.get("KERAS_BACKEND", "")
    if missing == "keras":
        return "Keras is not installed: run 'python -m pip install -e .' in the folder of the kit"
    if missing in BACKENDS and missing == chosen != backend_of_kit():
        return (
            f"KERAS_BACKEND is {chosen}, and {chosen} is not installed: run 'python -m pip install {chosen}', or remove"
            " KERAS_BACKEND"
        )
    if missing in BACKENDS:
        return f"Keras computes with {missing}, which is not installed: run 'python -m pip install {missing}'"
    if chosen and chosen not in BACKENDS:
        return f"KERAS_BACKEND is '{chosen}': Keras knows {', '.join(BACKENDS[:-1])} and {BACKENDS[-1]}"
    return f"Keras cannot be loaded: {type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
