"""What the kit's own tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="what takes most of an hour, too")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: only with --whole or -k")
    config.addinivalue_line("markers", "minutes: takes some, and so begins first: other workers do the rest meanwhile")
    config.addinivalue_line(
        "markers",
        "computes_here: computes with Keras in the tests' own process. What is forked from it afterwards could wait "
        "without end for a lock of the backend's threads, so these come last",
    )
    config.addinivalue_line("markers", "sampled(n): of what takes Keras, every nth is enough without --whole or -k")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put into order; leave out what is long, and of what is sampled all but every nth."""
    items.sort(key=_turn)
    if config.getoption("whole") or config.option.keyword:
        return
    left_out = {item for item in items if item.get_closest_marker("long")}
    sampled: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sampled") and _takes_keras(item):
            sampled.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for alike in sampled.values():
        every = alike[0].get_closest_marker("sampled").args[0]
        left_out |= set(alike) - set(alike[::every])
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def _takes_keras(item: pytest.Item) -> bool:
    case = item.callspec.params.get("case")
    return case is None or case.exercise.needs == "keras"


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("minutes"):
        return 0
    return 2 if item.get_closest_marker("computes_here") else 1


KIT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def grader() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the `grader` command in a process of its own, as a person would."""

    def run(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader", *map(str, words)]
        environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1"}
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, **options)

    return run


@pytest.fixture(scope="module")
def own_kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kit that a test may change: all of the grader, and the exercises ex05 and ex07."""
    root = tmp_path_factory.mktemp("kit")
    shutil.copytree(KIT / "grader", root / "grader", ignore=shutil.ignore_patterns("__pycache__", "measured.toml"))
    for folder in ("exercises", "solutions"):
        for name in ("ex05_activations", "ex07_backprop"):
            shutil.copytree(KIT / folder / name, root / folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(KIT / name, root)
    (root / "datasets").symlink_to(KIT / "datasets")
    return root


@pytest.fixture(scope="module")
def run_in_own_kit(own_kit: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a module of Python, such as `grader`, in that copy."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(own_kit), "COLUMNS": "200", "NO_COLOR": "1"}
        command = [sys.executable, "-m", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, cwd=own_kit, env=environment, timeout=600)

    return run
