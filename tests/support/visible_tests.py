"""Single visible tests, run with other files than the student's own, each in a process of its own.

As a program it reads `[[exercise, test, source], ...]` as JSON and writes, for each, the messages of what failed: more
than one where a test has parameters. It imports Keras once and computes nothing with it, so that it can be forked.
"""

import importlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from grader.kit.exercise import KIT, load_catalog
from grader.testing.session import Session, run_pytest
from grader.testing.student import Student
from grader.testing.verdict import Status

SECONDS = 1800  # on a machine that has much else to do


def failures_of(files: Iterable[tuple[str, str, str]]) -> list[list[str]]:
    """What a visible test says of each `(exercise, test, source)`; nothing when it passes."""
    command = [sys.executable, "-m", "tests.support.visible_tests"]
    asked = json.dumps(list(files))
    done = subprocess.run(command, input=asked, capture_output=True, text=True, cwd=KIT, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[list[str]] = json.loads(done.stdout)
    return answers


class _OneTest:
    def __init__(self, name: str) -> None:
        self._name = name

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.name.split("[")[0] == self._name]
        assert items, f"there is no test {self._name}"


def _failures(exercise_name: str, test: str, source: str) -> list[str]:
    exercise = load_catalog()[exercise_name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / exercise.filename
        path.write_text(source, encoding="utf-8")
        session = Session(lambda _: Student(path))
        run_pytest([exercise.visible_tests], session, _OneTest(test))
    assert session.verdicts, f"{test} of {exercise_name} did not run"
    return [verdict.message for verdict in session.verdicts.values() if verdict.status != Status.PASSED]


def _answer(file: tuple[str, str, str], pipe: Connection) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    pipe.send(_failures(*file))


def _in_a_process(file: tuple[str, str, str]) -> list[str]:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    child = fork.Process(target=_answer, args=(file, theirs))
    child.start()
    theirs.close()
    try:
        answer: list[str] = ours.recv()
    finally:
        child.join()
    return answer


def main() -> None:
    files = [tuple(file) for file in json.load(sys.stdin)]
    importlib.import_module("keras")
    json.dump([_in_a_process(file) for file in files], sys.stdout)


if __name__ == "__main__":
    main()
