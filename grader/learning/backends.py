"""Which backend Keras computes with, without importing it, and which of them are installed."""

import contextlib
import json
import os
from importlib.util import find_spec
from pathlib import Path

import grader

BACKENDS = ("tensorflow", "jax", "torch")  # those that train; the first is what Keras takes by itself


def chosen_backend() -> tuple[str, str]:
    """Return the backend that Keras takes, and what says so: this kit, a variable, a file, or "" where nothing does."""
    if name := os.environ.get("KERAS_BACKEND"):
        return name, "this kit's own" if name == backend_of_kit() else "KERAS_BACKEND"
    file = _configuration()
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(told, dict) and told.get("backend"):
            return str(told["backend"]), str(file)
    return BACKENDS[0], ""


def backend_of_kit() -> str:
    """Return the backend that the kit was made for with `grader release --backend`, or "" where it is Keras' choice."""
    return getattr(grader, "KERAS_BACKEND", "")


def installed_backends() -> list[str]:
    """Return the backends that Python finds."""
    return [name for name in BACKENDS if is_installed(name)]


def is_installed(name: str) -> bool:
    """Whether Python finds a library; it is not imported."""
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # something has put itself into the way of imports
        return False


def _configuration() -> Path:
    """Return the file that Keras reads when it is imported, found as Keras finds it."""
    home = os.path.expanduser("~")
    folder = os.environ.get("KERAS_HOME", os.path.join(home if os.access(home, os.W_OK) else "/tmp", ".keras"))
    return Path(os.path.expanduser(folder), "keras.json")
