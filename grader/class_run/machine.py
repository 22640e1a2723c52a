"""What this machine can do: the strongest sandbox, the profile of budgets and thresholds, how many lanes."""

import os
import subprocess
import sys
from collections.abc import Iterable
from glob import glob

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.wall import sandbox

PROFILES = ("auto", "cpu", "gpu")
GPU_QUESTION = """
import keras
if keras.backend.backend() == "torch":
    import torch
    print(torch.cuda.is_available())
else:
    print(bool(keras.distribution.list_devices("gpu")))
"""


def choose_profile(wanted: str, exercises: Iterable[Exercise]) -> str:
    """`gpu` where Keras sees one, else `cpu`; a GPU that was asked for must be there."""
    if wanted not in PROFILES:
        raise GraderError(f"there is no profile '{wanted}'; choose from {', '.join(PROFILES)}")
    uses_keras = any(exercise.needs == "keras" for exercise in exercises)
    if wanted == "cpu" or not uses_keras:
        return "cpu"
    if keras_sees_a_gpu():
        return "gpu"
    if wanted == "gpu":
        raise GraderError("--profile gpu: Keras sees no GPU on this machine; use --profile cpu")
    return "cpu"


def keras_sees_a_gpu() -> bool:
    """Ask Keras in a process of its own, and only where there is a device: importing it takes seconds."""
    if not glob("/dev/nvidia[0-9]*") + glob("/dev/kfd"):
        return False
    answer = subprocess.run([sys.executable, "-c", GPU_QUESTION], capture_output=True, text=True)
    return answer.stdout.strip() == "True"


def choose_level(wanted: str) -> str:
    """Return the sandbox level for `--sandbox wanted` on this machine."""
    try:
        return sandbox.choose(wanted)
    except sandbox.SandboxError as error:
        raise GraderError(str(error)) from None


def default_workers() -> int:
    """One lane for each processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
