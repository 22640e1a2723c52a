"""A student's own `pytest` on a solution with mistakes in it, and what it says of each test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from grader.kit.exercise import KIT, find_exercise


def messages(folder: Path, number: str, changes: dict[str, str], tests: str) -> dict[str, str]:
    """Run the visible `tests` of an exercise (as after `-k`) on the solution with `changes`; returns texts by test.

    Runs of spaces and line breaks in a text are one space.
    """
    exercise = find_exercise(number)
    source = exercise.solution.read_text(encoding="utf-8")
    for right, wrong in changes.items():
        assert right in source, f"the solution has no {right!r}"
        source = source.replace(right, wrong)
    (folder / exercise.name).mkdir(parents=True)
    (folder / exercise.name / exercise.filename).write_text(source, encoding="utf-8")
    unwanted = ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PY_COLORS", "FORCE_COLOR")
    environment = {key: value for key, value in os.environ.items() if key not in unwanted}
    environment |= {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"exercises/{exercise.name}"]
    command += ["--submission", str(folder), "-k", tests]
    done = subprocess.run(command, cwd=KIT, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    return _by_test(done.stdout)


def _by_test(output: str) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in output.splitlines():
        if line.startswith("____") and line.endswith("____"):
            lines = texts.setdefault(line.strip("_ "), [])
        elif line.startswith("===="):
            lines = []
        else:
            lines.append(line)
    return {name: " ".join(" ".join(text).split()) for name, text in texts.items()}
