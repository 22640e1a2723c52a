"""Loads Keras in a process of its own and says how that went: for `doctor`.

`python -m grader.learning.keras_trial` is that process: it takes seconds, and a broken backend may end it.
"""

import json
import os
import subprocess
import sys
from glob import glob

SECONDS = 300  # the first time, on a slow disk, it takes a minute
DEVICES = ("/dev/nvidia[0-9]*", "/dev/kfd")


def load() -> tuple[str, list[str]]:
    """Return why Keras cannot be loaded and compute, or "", and the GPUs that it sees."""
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, timeout=SECONDS)
        problem, gpus = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        return f"it is not loaded after {SECONDS} s", []
    except (IndexError, ValueError):
        return f"it ended Python (exit status {done.returncode})", []
    return problem, gpus


def has_gpu() -> bool:
    """Whether there is a device that a backend for GPUs would use, on Linux."""
    return any(map(glob, DEVICES))


def in_a_line(error: BaseException) -> str:
    """Return the kind of an error and what it says first; some libraries begin with a whole traceback."""
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith((" ", "Traceback"))]
    return ": ".join([type(error).__name__, *(line.strip() for line in lines[:1])])


def _gpus() -> list[str]:
    import keras

    if keras.backend.backend() == "torch":
        import torch

        return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return [str(device) for device in keras.distribution.list_devices("gpu")]


def main() -> None:
    problem, gpus = "", []
    try:
        import keras

        keras.ops.convert_to_numpy(keras.ops.ones(1))
    except Exception as error:
        problem = in_a_line(error)
    else:
        try:
            gpus = _gpus()
        except Exception:  # JAX raises where there is none
            gpus = []
    print("\n" + json.dumps([problem, gpus]), flush=True)


if __name__ == "__main__":
    main()
