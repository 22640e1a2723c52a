"""The autograder for Gradescope: what is in the zip file, and what it does with submissions in the container."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.kit.errors import GraderError
from grader.kit.exercise import EXERCISES, SOLUTIONS, find_exercise
from grader.publishing.gradescope.autograder import make_autograder

EX01 = find_exercise("ex01")


@pytest.fixture(scope="module")
def autograder(grader, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("zip") / "autograder.zip"
    done = grader("gradescope", path, "--exercise", "ex01", "--level", "full")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("autograder for ex01 written to")
    return path


@pytest.fixture(scope="module")
def container(autograder: Path, tmp_path_factory) -> Path:
    """Gradescope's folder as its harness makes it: the zip file unpacked, `run_autograder` beside it, Python."""
    root = tmp_path_factory.mktemp("container")
    with zipfile.ZipFile(autograder) as archive:
        archive.extractall(root / "source")
    (root / "results").mkdir()
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    (root / "run_autograder").chmod(0o755)
    python = root / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return root


def test_a_kit_without_the_hidden_tests_makes_no_autograder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder may be left behind with nothing in it but bytecode."""
    (tmp_path / EX01.name / "__pycache__").mkdir(parents=True)
    monkeypatch.setattr("grader.kit.exercise.HIDDEN", tmp_path)
    with pytest.raises(GraderError, match="hidden grader missing"):
        make_autograder(tmp_path / "autograder.zip", [EX01], "none")
    assert not (tmp_path / "autograder.zip").exists()


def run(root: Path, submission: Path | None, **variables: str) -> tuple[subprocess.CompletedProcess[str], dict | None]:
    """Run the autograder as Gradescope does; the results, if it wrote any."""
    shutil.rmtree(root / "submission", ignore_errors=True)
    if submission is not None:
        shutil.copytree(submission, root / "submission")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [root / "run_autograder"], cwd=root, capture_output=True, text=True, timeout=300,
        env=environment | {"AUTOGRADER_ROOT": str(root)} | variables,
    )  # fmt: skip
    results = root / "results" / "results.json"
    return done, json.loads(results.read_text("utf-8")) if results.exists() else None


def test_the_zip_has_what_gradescope_runs_and_nothing_that_only_instructors_need(autograder):
    with zipfile.ZipFile(autograder) as archive:
        names = set(archive.namelist())
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    assert {"setup.sh", "run_autograder", "course.key"} <= names
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert {
        "kit/pyproject.toml",
        "kit/grader/hidden/returned_models.py",
        "kit/datasets/course_data/__init__.py",
    } <= names
    assert f"kit/grader/hidden/{EX01.name}/test_regression.py" in names
    assert f"kit/exercises/{EX01.name}/exercise.toml" in names
    parts = {part for name in names for part in Path(name).parts}
    assert not {"solutions", "tests", "__pycache__", ".git"} & parts
    assert not [name for name in names if "ex02" in name], "another exercise's grader is none of this assignment's"


def test_the_scripts_are_valid_and_name_what_is_in_the_zip(autograder):
    with zipfile.ZipFile(autograder) as archive:
        for name in ("setup.sh", "run_autograder"):
            script = archive.read(name).decode()
            assert script.startswith("#!/usr/bin/env bash\n")
            subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        assert "--editable /autograder/source/kit" in archive.read("setup.sh").decode()
        assert "--level full --sandbox auto" in archive.read("run_autograder").decode()


def test_an_autograder_that_is_made_again_keeps_its_key(autograder, grader, tmp_path):
    again = tmp_path / "again.zip"
    shutil.copy(autograder, again)
    assert grader("gradescope", again, "--exercise", "ex01", "--level", "full").returncode == 0
    assert again.read_bytes() == autograder.read_bytes()
    fresh = tmp_path / "fresh.zip"
    assert grader("gradescope", fresh, "--exercise", "ex01").returncode == 0
    with zipfile.ZipFile(fresh) as one, zipfile.ZipFile(autograder) as other:
        assert one.read("course.key") != other.read("course.key")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("{tmp}/notes.zip",), "is there and no autograder of this kit: choose another name"),
        (("{tmp}/autograder",), "does not end with .zip"),
        (("{tmp}/a.zip", "-e", "ex99"), "there is no exercise 'ex99'"),
        (("{tmp}/a.zip", "--level", "all"), "there is no feedback level 'all'"),
        (
            ("{tmp}/a.zip", "--sandbox", "none"),
            "there is no sandbox 'none' for an autograder; choose from",
        ),
        (("{tmp}/notes.zip/a.zip",), "cannot write"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(grader, tmp_path, words, error):
    (tmp_path / "notes.zip").write_text("my own notes")
    done = grader("gradescope", *[word.format(tmp=tmp_path) for word in words])
    assert done.returncode == 2
    assert error in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["notes.zip"]
    assert (tmp_path / "notes.zip").read_text() == "my own notes"


@pytest.mark.parametrize(
    ("place", "points", "status", "told"),
    [(SOLUTIONS, 100, "passed", "right"), (EXERCISES, 0, "failed", "to do")],
)
def test_a_submission_is_graded_in_the_container(container, place, points, status, told):
    done, results = run(container, place / EX01.name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results is not None
    assert sum(test["score"] for test in results["tests"]) == pytest.approx(points)
    assert [test["name"] for test in results["tests"]] == [f"ex01 {task.name}" for task in EX01.tasks]
    assert {test["status"] for test in results["tests"]} == {status}
    assert all(test["output"].splitlines()[0] == told for test in results["tests"])
    assert f"ex01 Metrics: {points} of 100" in results["output"]
    assert "Graded in the sandbox: " in results["output"]
    assert "sandbox: " in done.stdout


def test_an_empty_submission_is_told_that_the_file_is_missing(container, tmp_path):
    done, results = run(container, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results is not None
    assert {(test["score"], test["output"]) for test in results["tests"]} == {(0.0, "not handed in\nnot submitted")}


def test_an_autograder_that_fails_writes_no_results_and_no_points(container):
    (container / "results" / "results.json").write_text('{"score": 100}')
    done, results = run(container, None)
    assert done.returncode != 0
    assert results is None, "the results of the run before are still there"
    assert "the autograder failed, and the submission has no points" in done.stdout


@pytest.fixture
def bare(container: Path, tmp_path: Path) -> dict[str, str]:
    """The variables that make the container one in which Docker allows neither namespaces nor Landlock."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "sys.path.insert(0, '')\n"
        "from grader.wall import sandbox\n"
        "sandbox.missing = lambda level: '' if level == 'process' else f'{level} is not allowed here'\n"
    )
    return {"PYTHONPATH": str(tmp_path)}


def test_without_a_sandbox_nothing_is_graded_and_the_instructor_is_told(container, bare):
    """With limits alone, a submission that is made for it reads the hidden tests and writes its own points."""
    done, results = run(container, SOLUTIONS / EX01.name, **bare)
    assert done.returncode != 0
    assert results is None
    assert done.stdout.startswith(
        "the autograder failed, and the submission has no points: this container has no sandbox"
    )
    assert "bubblewrap is not allowed here; landlock is not allowed here" in done.stdout
    assert "make the autograder again with --sandbox process" in done.stdout
    assert "Traceback" not in done.stderr


def test_limits_alone_are_what_an_instructor_has_asked_for(container, bare, grader, tmp_path):
    asked = tmp_path / "asked.zip"
    made = grader("gradescope", asked, "--exercise", "ex01", "--sandbox", "process")
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(asked) as archive:
        script = archive.read("run_autograder")
    before = (container / "run_autograder").read_bytes()
    (container / "run_autograder").write_bytes(script)
    try:
        done, results = run(container, SOLUTIONS / EX01.name, **bare)
    finally:
        (container / "run_autograder").write_bytes(before)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results is not None
    assert sum(test["score"] for test in results["tests"]) == 100
    assert results["output"].endswith("Graded in the sandbox: process")
    assert "sandbox: process\nThat is limits alone" in done.stdout
