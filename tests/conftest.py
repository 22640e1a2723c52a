"""What the kit's own tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="grade every misconception whole, training included")


KIT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def grader() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the `grader` command in a process of its own, as a person would."""

    def run(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader", *map(str, words)]
        environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1"}
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, **options)

    return run
