"""A made-up student kit of two small exercises, and pytest in it as a student runs it."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from grader.kit.exercise import KIT

MANIFEST = """
title = "{name}"
module = "{name}"
slides = []
needs = "numpy"
call_seconds = 1

[[tasks]]
name = "double"
points = 60

[[tasks]]
name = "halve"
points = 40
"""

TESTS = '''
import pytest
from grader.testing.compare import close, exactly

@pytest.mark.task("double")
def test_double_of_a_number(student):
    """Twice three is six"""
    assert student.double(3) == exactly(6)

@pytest.mark.task("double")
def test_double_of_a_list(student):
    """Every element is doubled"""
    assert student.double([1, 2], by=2) == exactly([2, 4])

@pytest.mark.task("halve")
def test_halve(student):
    """Half of three is one and a half"""
    assert student.halve(3) == close(1.5)

@pytest.mark.task("halve", edge=True)
def test_halve_refuses_text(student):
    """Text cannot be halved"""
    with pytest.raises(TypeError):
        student.halve("3")
'''

STUB = '''
def double(x, by=2):
    """Twice x."""
    raise NotImplementedError("ex01 double")


def halve(x):
    """Half of x."""
    raise NotImplementedError("ex01 halve")
'''

RIGHT = """
def double(x, by=2):
    return [by * value for value in x] if isinstance(x, list) else by * x


def halve(x):
    return x / 2
"""


class MadeUpKit:
    """A student's kit with the exercises ex01_alpha and ex02_beta, both to do."""

    def __init__(self, root: Path) -> None:
        self.root = root
        ignored = shutil.ignore_patterns("hidden", "misconceptions", "wall", "__pycache__")
        shutil.copytree(KIT / "grader", root / "grader", ignore=ignored)
        (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n')
        for folder, name in (("ex01_alpha", "alpha"), ("ex02_beta", "beta")):
            (root / "exercises" / folder).mkdir(parents=True)
            (root / "exercises" / folder / "exercise.toml").write_text(MANIFEST.format(name=name))
            (root / "exercises" / folder / f"test_{name}.py").write_text(TESTS)
            self.write(f"{folder}/{name}.py", STUB)

    def write(self, path: str, text: str) -> None:
        (self.root / "exercises" / path).write_text(text, encoding="utf-8")

    def remembered(self, exercise: str) -> dict[str, str]:
        """The statuses by task that the kit remembers of an exercise."""
        file = self.root / ".progress.json"
        tasks = json.loads(file.read_text(encoding="utf-8"))["exercises"][exercise]["tasks"] if file.exists() else {}
        return {task: known["status"] for task, known in tasks.items()}

    def pytest(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return run_pytest(self.root, *words, PYTHONPATH=str(self.root), **variables)


def run_pytest(
    folder: Path, *words: str, python: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m pytest` in `folder` as a student would, with the plugin that is installed."""
    command = [sys.executable, *python, "-m", "pytest", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=folder, env=environment(**variables), capture_output=True, encoding="utf-8", timeout=300
    )


def environment(**variables: str) -> dict[str, str]:
    """What a student's shell says: nothing of the shell that runs the tests changes what they see."""
    unwanted = ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PY_COLORS", "FORCE_COLOR")
    kept = {key: value for key, value in os.environ.items() if key not in unwanted}
    return kept | {"COLUMNS": "120", "PYTHONIOENCODING": "utf-8"} | variables


def board_of(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of the score board, with single spaces, without what is said below it."""
    lines = iter(done.stdout.splitlines())
    for line in lines:
        if line.startswith("=") and " score board " in line:
            break
    board = itertools.takewhile(lambda line: not line.startswith(("=", "right =", "next: ")), lines)
    return [" ".join(line.split()) for line in board if line]
