"""Every deep-learning environment has Hugging Face's package `datasets`: the kit and it leave each other alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.kit.exercise import KIT, SOLUTIONS, find_exercise

THEIRS = "import datasets; print(datasets.Dataset.from_dict({'x': [1, 2]}).num_rows)"
OURS = "import course_data; print(len(course_data.load('iris').x_train))"
BOTH = """
import datasets, course_data, gymnasium, course_data.games
print(datasets.Dataset.from_dict({'x': [1, 2]}).num_rows, gymnasium.make('Catch-v0').reset(seed=1)[0].shape)
"""
CHECK = """
from grader.notebooks.check import Check
exec(open({solution!r}, encoding="utf-8").read())
Check("ex09_ocr", globals())("shift")
"""
PLACES = [KIT, KIT / "datasets", KIT / "exercises" / "ex09_ocr", Path("/")]


def run(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `python WORDS` as a person would who has installed both."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600)


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize(("code", "printed"), [(THEIRS, "2"), (OURS, "112"), (BOTH, "2 (10, 10)")])
def test_each_name_means_one_package_from_everywhere(place: Path, code: str, printed: str):
    done = run("-c", code, cwd=place)
    assert done.stdout.strip() == printed, done.stderr


@pytest.mark.parametrize("place", [KIT, Path("/")], ids=str)
def test_a_demo_is_drawn(place: Path, tmp_path: Path):
    out = tmp_path / "ex07.png"
    done = run("-m", "grader", "demo", "ex07", "--submission", SOLUTIONS, "--out", out, cwd=place)
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 10_000


def test_pytest_and_a_cell_that_checks_use_the_data_of_the_course(tmp_path: Path):
    exercise = find_exercise("ex09")
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--submission", SOLUTIONS, "-k", "shift", exercise.folder]
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    done = run("-c", CHECK.format(solution=str(exercise.solution)), cwd=tmp_path)
    assert "shift: right" in done.stdout, done.stderr


def test_grading_uses_the_data_of_the_course(tmp_path: Path):
    """ex14's hidden tests and the student's process both play the games of the course."""
    exercise = find_exercise("ex14")
    folder = tmp_path / "class" / "ada" / exercise.name
    folder.mkdir(parents=True)
    source = exercise.stub.read_text(encoding="utf-8")
    (folder / exercise.filename).write_text(source + "\nimport course_data.games\n", encoding="utf-8")
    words = ["-m", "grader", "grade", "class", "--out", "results", "--exercise", "ex14", "--workers", "1"]
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    exported = run("-m", "grader", "export", "results", "--out", "grades.csv", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    rows = (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(",todo," in row for row in rows), rows
